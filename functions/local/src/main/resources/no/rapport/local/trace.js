"use strict";
// Everything from outside reaches the page as text, never as markup.

const SVG = "http://www.w3.org/2000/svg";
const view = {arn: null, state: null, run: 0, executions: [], execution: null, drawn: ""};
const byId = id => document.getElementById(id);

function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value !== null && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children.filter(child => child !== null && child !== undefined));
  return element;
}

function draw(name, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

const clock = new Intl.DateTimeFormat("en-GB", {hour: "2-digit", minute: "2-digit", second: "2-digit"});
const time = text => clock.format(new Date(text));

function lasted(from, to) {
  const ms = (to ? new Date(to) : new Date()) - new Date(from);
  if (ms < 1000) return Math.max(0, ms) + " ms";
  if (ms < 60000) return (ms / 1000).toFixed(1) + " s";
  return Math.floor(ms / 60000) + " min " + Math.round(ms % 60000 / 1000) + " s";
}

async function get(path) {
  const answer = await fetch("/_local/api/" + path, {cache: "no-store"});
  if (!answer.ok) throw new Error(path + ": " + answer.status);
  return answer.json();
}

// ---- the list -------------------------------------------------------------------------------------------------

function showList() {
  const wanted = byId("filter").value.trim();
  const shown = view.executions.filter(execution => execution.name.includes(wanted));
  const items = shown.map(execution => make("button",
      {type: "button", class: execution.status, "data-arn": execution.arn,
        "aria-current": String(execution.arn === view.arn), onclick: () => choose(execution.arn)},
      make("span", {class: "dot " + execution.status}),
      make("span", {class: "name"}, execution.name),
      make("span", {}, lasted(execution.started, execution.stopped)),
      make("span", {class: "more"}, execution.machine, " · ", time(execution.started), " · ",
          make("span", {class: "word"}, execution.status.toLowerCase().replace("_", " ")))));
  const focused = document.activeElement && document.activeElement.dataset.arn;
  byId("list").replaceChildren(...(items.length ? items
      : [make("p", {class: "empty"}, wanted ? "No execution by that id." : "No executions yet.")]));
  if (focused) {
    for (const item of items) if (item.dataset.arn === focused) item.focus({preventScroll: true});
  }
}

function choose(arn) {
  view.arn = arn;
  view.state = null;
  view.run = 0;
  view.drawn = "";
  history.replaceState(null, "", "#" + encodeURIComponent(arn));
  showList();
  refresh();
}

// ---- the graph ------------------------------------------------------------------------------------------------

const NODE = {width: 190, height: 44, gapX: 34, gapY: 46, pad: 18};

function targets(state) {
  const next = [];
  for (const choice of state.Choices || []) if (choice.Next) next.push({to: choice.Next});
  if (state.Default) next.push({to: state.Default});
  if (state.Next) next.push({to: state.Next});
  for (const caught of state.Catch || []) if (caught.Next) next.push({to: caught.Next, caught: true});
  const seen = new Set();
  return next.filter(edge => !seen.has(edge.to) && seen.add(edge.to));
}

function inner(state) {
  if (state.Type === "Map") return [state.ItemProcessor || state.Iterator].filter(Boolean);
  if (state.Type === "Parallel") return state.Branches || [];
  return [];
}

// Puts each state one layer below the deepest state that leads to it, leaving out edges that lead back.
function layout(machine) {
  const states = machine.States;
  const depth = {};
  const visit = (name, level, path) => {
    if (!states[name] || path.has(name) || (depth[name] !== undefined && depth[name] >= level)) return;
    depth[name] = level;
    path.add(name);
    for (const edge of targets(states[name])) visit(edge.to, level + 1, path);
    path.delete(name);
  };
  visit(machine.StartAt, 0, new Set());
  for (const name of Object.keys(states)) if (depth[name] === undefined) depth[name] = 0;
  const layers = [];
  for (const name of Object.keys(states)) (layers[depth[name]] ||= []).push(name);
  const boxes = {};
  for (const name of Object.keys(states)) {
    const parts = inner(states[name]).map(layout);
    const width = parts.reduce((sum, part) => sum + part.width + NODE.gapX, -NODE.gapX) + 2 * NODE.pad;
    boxes[name] = {
      name, parts, state: states[name],
      width: parts.length ? Math.max(NODE.width, width) : NODE.width,
      height: parts.length ? Math.max(...parts.map(part => part.height)) + 2 * NODE.pad + 22 : NODE.height,
    };
  }
  let y = 0;
  let width = 0;
  const present = layers.filter(Boolean);
  for (const layer of present) {
    const row = layer.reduce((sum, name) => sum + boxes[name].width + NODE.gapX, -NODE.gapX);
    width = Math.max(width, row);
    let x = -row / 2;
    for (const name of layer) {
      boxes[name].x = x;
      boxes[name].y = y;
      x += boxes[name].width + NODE.gapX;
    }
    y += Math.max(...layer.map(name => boxes[name].height)) + NODE.gapY;
  }
  for (const box of Object.values(boxes)) box.x += width / 2;
  return {boxes, width, height: y - NODE.gapY, machine};
}

function statusOf(name) {
  const runs = view.execution.runs[name];
  if (!runs) return "";
  for (const status of ["running", "retrying", "failed", "aborted", "caught"]) {
    if (runs.some(run => run.status === status)) return status;
  }
  return "succeeded";
}

function paint(plan, dx, dy) {
  const group = draw("g", {transform: `translate(${dx} ${dy})`});
  for (const box of Object.values(plan.boxes)) {
    for (const edge of targets(box.state)) {
      const to = plan.boxes[edge.to];
      if (!to) continue;
      const x1 = box.x + box.width / 2, y1 = box.y + box.height, x2 = to.x + to.width / 2, y2 = to.y;
      const middle = (y1 + y2) / 2;
      const path = y2 > y1 ? `M${x1} ${y1} C${x1} ${middle} ${x2} ${middle} ${x2} ${y2 - 7}`
          : `M${box.x + box.width} ${y1 - 20} C${box.x + box.width + 60} ${y1} ${to.x + to.width + 60} ${y2} ${to.x + to.width + 7} ${y2 + 20}`;
      const taken = view.execution.runs[box.name] && view.execution.runs[edge.to];
      group.append(draw("path", {d: path, "marker-end": "url(#arrow)",
        class: "edge" + (edge.caught ? " catch" : "") + (taken ? " taken" : "")}));
    }
  }
  for (const box of Object.values(plan.boxes)) {
    const status = statusOf(box.name);
    const runs = view.execution.runs[box.name] || [];
    const node = draw("g", {
      class: ["node", box.parts.length ? "group" : "", status, status ? "seen" : "",
        view.state === box.name ? "chosen" : ""].join(" "),
      transform: `translate(${box.x} ${box.y})`, tabindex: "0", role: "button",
      "aria-label": `${box.name}, ${box.state.Type}, ${status || "not reached"}`, "data-state": box.name,
    });
    node.append(draw("rect", {width: box.width, height: box.height, rx: 9}));
    const several = runs.length > 1 ? ` ×${runs.length}` : "";
    const retries = runs.reduce((sum, run) => sum + run.retries, 0);
    const label = draw("text", {x: box.width / 2, y: box.parts.length ? 20 : 19}, box.name + several);
    const details = box.state.Type + (retries ? ` · ${retries} ${retries === 1 ? "retry" : "retries"}` : "")
        + (runs.length === 1 ? " · " + lasted(runs[0].entered, runs[0].exited) : "");
    node.append(label, draw("text", {x: box.width / 2, y: box.parts.length ? 34 : 34, class: "kind"}, details));
    const pick = event => {
      event.stopPropagation();
      view.state = box.name;
      view.run = 0;
      view.drawn = "";
      showExecution();
    };
    node.addEventListener("click", pick);
    node.addEventListener("keydown", event => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        pick(event);
      }
    });
    let x = NODE.pad;
    for (const part of box.parts) {
      node.append(paint(part, x, NODE.pad + 22));
      x += part.width + NODE.gapX;
    }
    group.append(node);
  }
  return group;
}

function graph(execution) {
  const plan = layout(execution.definition);
  const width = plan.width + 140, height = plan.height + 56;
  const svg = draw("svg", {width, height, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": "State graph"});
  svg.append(draw("defs", {}, draw("marker", {id: "arrow", viewBox: "0 0 8 8", refX: 1, refY: 4, markerWidth: 7,
    markerHeight: 7, orient: "auto"}, draw("path", {d: "M0 0 L8 4 L0 8 z", class: "arrow"}))));
  const start = plan.boxes[plan.machine.StartAt];
  svg.append(draw("circle", {cx: 70 + start.x + start.width / 2, cy: 10, r: 5, class: "end"}));
  svg.append(draw("path", {class: "edge taken", "marker-end": "url(#arrow)",
    d: `M${70 + start.x + start.width / 2} 15 V27`}));
  svg.append(paint(plan, 70, 34));
  return svg;
}

// ---- one execution --------------------------------------------------------------------------------------------

const text = value => typeof value === "string" ? value : JSON.stringify(value, null, 2);

function block(label, value) {
  if (value === null || value === undefined || value === "") return [];
  return [make("p", {class: "label"}, label), make("pre", {}, text(value))];
}

function cause(value) {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function showExecution() {
  const execution = view.execution;
  if (!execution) return;
  const drawn = JSON.stringify([execution.status, execution.events, view.state, view.run]);
  if (drawn === view.drawn && execution.status !== "RUNNING") return;
  view.drawn = drawn;
  const scrolled = document.querySelector(".graph");
  const place = scrolled ? [scrolled.scrollLeft, scrolled.scrollTop] : [0, 0];
  const focused = document.activeElement && document.activeElement.dataset && document.activeElement.dataset.state;
  const pane = make("div", {class: "graph"}, graph(execution));
  byId("execution").replaceChildren(
      make("h2", {class: "mono"}, execution.name),
      make("p", {class: "facts"},
          make("span", {class: execution.status}, make("span", {class: "word"}, execution.status)),
          make("span", {}, execution.machine),
          make("span", {}, "started ", make("b", {}, time(execution.started))),
          make("span", {}, "took ", make("b", {}, lasted(execution.started, execution.stopped))),
          make("span", {}, make("b", {}, String(execution.events)), " events")),
      pane,
      ...block("Error", execution.error), ...block("Cause", execution.cause && cause(execution.cause)),
      ...block("Input", execution.input), ...block("Output", execution.output));
  pane.scrollTo(...place);
  if (focused) {
    const again = [...pane.querySelectorAll("[data-state]")].find(node => node.dataset.state === focused);
    if (again) again.focus({preventScroll: true});
  }
  showState();
}

function showState() {
  const runs = view.state && view.execution.runs[view.state];
  const section = byId("state");
  if (!view.state) {
    section.replaceChildren();
    return;
  }
  if (!runs) {
    section.replaceChildren(make("h2", {}, view.state), make("p", {class: "empty"}, "Not reached."));
    return;
  }
  const run = runs[Math.min(view.run, runs.length - 1)];
  section.replaceChildren(
      make("h2", {}, view.state),
      runs.length < 2 ? null : make("p", {class: "runs"}, ...runs.map((each, index) => make("button",
          {type: "button", class: each.status, "aria-pressed": String(each === run), onclick: () => {
            view.run = index;
            showState();
          }}, String(index + 1)))),
      make("p", {class: "facts"},
          make("span", {class: run.status}, make("span", {class: "word"}, run.status)),
          make("span", {}, "entered ", make("b", {}, time(run.entered))),
          make("span", {}, "took ", make("b", {}, lasted(run.entered, run.exited))),
          make("span", {}, make("b", {}, String(run.retries)), run.retries === 1 ? " retry" : " retries"),
          run.iterations ? make("span", {}, make("b", {}, String(run.iterations)), " iterations") : null),
      ...run.errors.flatMap(error => block(error.error, cause(error.cause))),
      ...block("Input", run.input), ...block("Output", run.output));
}

function showNotifications(list) {
  byId("notifications").replaceChildren(...(list.length ? list.map(notification => make("li", {},
      make("time", {datetime: notification.at}, time(notification.at)),
      make("b", {}, notification.subject || notification.topic.split(":").pop()),
      make("pre", {}, text(cause(notification.message)))))
      : [make("li", {class: "empty"}, "None sent yet.")]));
}

// ---- live -----------------------------------------------------------------------------------------------------

let busy = false;

async function refresh() {
  if (busy) return;
  busy = true;
  try {
    const wanted = view.arn;
    const [executions, notifications] = await Promise.all([get("executions"), get("notifications")]);
    view.executions = executions;
    showList();
    const known = JSON.stringify(notifications);
    if (known !== view.notifications) {
      view.notifications = known;
      showNotifications(notifications);
    }
    if (!view.arn && executions.length) {
      view.arn = executions[0].arn;
      showList();
    }
    const arn = wanted || view.arn;
    if (arn) {
      const execution = await get("execution?arn=" + encodeURIComponent(arn));
      if (arn === view.arn) {
        view.execution = execution;
        showExecution();
      }
    }
    byId("live").textContent = "live";
    byId("live").className = "on";
  } catch (error) {
    byId("live").textContent = "no answer; trying again";
    byId("live").className = "";
  } finally {
    busy = false;
  }
}

byId("filter").addEventListener("input", showList);
if (location.hash.length > 1) {
  const wanted = decodeURIComponent(location.hash.slice(1));
  if (wanted.startsWith("arn:")) view.arn = wanted;
  else byId("filter").value = wanted;
}
refresh();
setInterval(() => document.hidden || refresh(), 1000);
