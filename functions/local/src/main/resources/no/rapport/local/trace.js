"use strict";
// Everything from outside reaches the page as text, never as markup.

const SVG = "http://www.w3.org/2000/svg";
const view = {arn: null, job: "", state: null, run: 0, executions: [], execution: null, drawn: ""};
const byId = id => document.getElementById(id);

function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value !== null && value !== undefined) element.setAttribute(key, value);
  }
  fill(element, ...children);
  return element;
}

// What is null or undefined is left out.
function fill(element, ...children) {
  element.replaceChildren(...children.filter(child => child !== null && child !== undefined));
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
  if (answer.status === 404) return null;
  if (!answer.ok) throw new Error(path + ": " + answer.status);
  return answer.json();
}

// ---- the list -------------------------------------------------------------------------------------------------

function showList() {
  const items = view.executions.map(execution => make("button",
      {type: "button", class: execution.status, "data-arn": execution.arn,
        "aria-current": String(execution.arn === view.arn), onclick: () => choose(execution.arn)},
      make("span", {class: "dot " + execution.status}),
      make("span", {class: "name"}, execution.name),
      make("span", {}, lasted(execution.started, execution.stopped)),
      make("span", {class: "more"}, execution.machine, " · ", time(execution.started), " · ",
          make("span", {class: "word"}, execution.status.toLowerCase().replace("_", " ")))));
  const focused = document.activeElement && document.activeElement.dataset.arn;
  byId("list").replaceChildren(...(items.length ? items
      : [make("p", {class: "empty"}, byId("filter").value || byId("status").value ? "No such execution."
          : "No executions yet.")]));
  if (focused) {
    for (const item of items) if (item.dataset.arn === focused) item.focus({preventScroll: true});
  }
}

// A link to the page may name an execution's ARN or a job's id; of a job it shows the newest execution.
function fromAddress() {
  let wanted = location.hash.slice(1);
  try {
    wanted = decodeURIComponent(wanted);
  } catch {
    // Not encoded: as it stands.
  }
  if (wanted === view.arn || !wanted) return;
  Object.assign(view, {arn: wanted.startsWith("arn:") ? wanted : null, job: wanted, state: null, run: 0, drawn: ""});
  refresh();
}

function choose(arn) {
  view.arn = arn;
  view.job = "";
  view.state = null;
  view.run = 0;
  view.drawn = "";
  history.replaceState(null, "", "#" + encodeURIComponent(arn));
  showList();
  refresh();
}

// ---- the graph ------------------------------------------------------------------------------------------------

const NODE = {width: 190, height: 44, gapX: 34, gapY: 36, pad: 18};

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

// Puts each state one layer below the deepest state that leads to it, leaving out edges that lead back. What only a
// Catch leads to stands to the right of the way that is hoped for.
function layout(machine) {
  const states = machine.States;
  const depth = {};
  const visit = (name, level, path) => {
    if (!states[name] || path.has(name) || (depth[name] !== undefined && depth[name] >= level)) return;
    depth[name] = level;
    path.add(name);
    for (const edge of targets(states[name])) if (!edge.caught) visit(edge.to, level + 1, path);
    path.delete(name);
  };
  visit(machine.StartAt, 0, new Set());
  const aside = new Set();
  for (let found = true; found;) {
    found = false;
    for (const from of Object.keys(depth)) {
      for (const edge of targets(states[from])) {
        if (depth[edge.to] === undefined && states[edge.to]) {
          depth[edge.to] = depth[from] + (edge.caught ? 0 : 1);
          aside.add(edge.to);
          found = true;
        }
      }
    }
  }
  const boxes = {};
  for (const name of Object.keys(depth)) {
    const parts = inner(states[name]).map(layout);
    const width = parts.reduce((sum, part) => sum + part.width + NODE.gapX, -NODE.gapX) + 2 * NODE.pad;
    boxes[name] = {
      name, parts, state: states[name], depth: depth[name],
      width: parts.length ? Math.max(NODE.width, width) : NODE.width,
      height: parts.length ? Math.max(...parts.map(part => part.height)) + 2 * NODE.pad + 22 : NODE.height,
    };
  }
  const layers = [];
  for (const name of Object.keys(depth)) (layers[depth[name]] ||= []).push(name);
  let y = 0, left = 0, right = 0;
  for (const layer of layers.filter(Boolean)) {
    const hoped = layer.filter(name => !aside.has(name));
    const row = hoped.reduce((sum, name) => sum + boxes[name].width + NODE.gapX, -NODE.gapX);
    let x = -Math.max(row, 0) / 2;
    for (const name of hoped.concat(layer.filter(each => aside.has(each)))) {
      if (aside.has(name)) x = Math.max(x, NODE.width / 2 + 2 * NODE.gapX);
      boxes[name].x = x;
      boxes[name].y = y;
      left = Math.min(left, x);
      right = Math.max(right, x + boxes[name].width);
      x += boxes[name].width + NODE.gapX;
    }
    y += Math.max(...layer.map(name => boxes[name].height)) + NODE.gapY;
  }
  for (const box of Object.values(boxes)) box.x -= left;
  return {boxes, width: right - left, height: y - NODE.gapY, machine};
}

// Straight down to the next layer; round the side where states lie between.
function course(from, to, caught) {
  const x1 = from.x + from.width / 2, x2 = to.x + to.width / 2;
  const middle1 = from.y + from.height / 2, middle2 = to.y + to.height / 2;
  if (caught && to.x > from.x + from.width) {
    const start = from.x + from.width, bend = (start + to.x) / 2;
    return to.y > from.y + from.height
        ? `M${start} ${middle1} C${bend} ${middle1} ${x2} ${middle1} ${x2} ${to.y - 7}`
        : `M${start} ${middle1} C${bend} ${middle1} ${bend} ${middle2} ${to.x - 7} ${middle2}`;
  }
  if (to.depth === from.depth + 1) {
    const y1 = from.y + from.height, middle = (y1 + to.y) / 2;
    return `M${x1} ${y1} C${x1} ${middle} ${x2} ${middle} ${x2} ${to.y - 7}`;
  }
  if (to.depth > from.depth && from.x > to.x + to.width) {
    return `M${x1} ${from.y + from.height} C${x1} ${middle2} ${x1} ${middle2} ${to.x + to.width + 7} ${middle2}`;
  }
  if (to.depth > from.depth) {
    const bow = Math.min(from.x, to.x) - 34;
    return `M${from.x} ${middle1} C${bow} ${middle1} ${bow} ${middle2} ${to.x - 7} ${middle2}`;
  }
  const bow = Math.max(from.x + from.width, to.x + to.width) + 44;
  return `M${from.x + from.width} ${middle1} C${bow} ${middle1} ${bow} ${middle2} ${to.x + to.width + 7} ${middle2}`;
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
      const path = course(box, to, edge.caught);
      const taken = (view.execution.runs[edge.to] || []).some(run => run.from === box.name);
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
      pickState(box.name);
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
  const width = plan.width + 108, height = plan.height + 56;
  const svg = draw("svg", {width, height, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": "State graph"});
  svg.append(draw("defs", {}, draw("marker", {id: "arrow", viewBox: "0 0 8 8", refX: 1, refY: 4, markerWidth: 7,
    markerHeight: 7, orient: "auto"}, draw("path", {d: "M0 0 L8 4 L0 8 z", class: "arrow"}))));
  const start = plan.boxes[plan.machine.StartAt];
  svg.append(draw("circle", {cx: 54 + start.x + start.width / 2, cy: 10, r: 5, class: "end start"}));
  svg.append(draw("path", {class: "edge taken", "marker-end": "url(#arrow)",
    d: `M${54 + start.x + start.width / 2} 15 V27`}));
  svg.append(paint(plan, 54, 34));
  return svg;
}

function legend() {
  return make("p", {class: "facts legend", "aria-label": "Colours"},
      ...["succeeded", "running", "retrying", "caught", "failed", "aborted"].map(status =>
          make("span", {class: status}, make("span", {class: "dot"}), status)),
      make("span", {}, make("span", {class: "dot"}), "not reached"),
      make("span", {}, make("span", {class: "dash"}), "on error"));
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

// Iterations that run side by side start in any order; a reader looks for their numbers.
function inOrder(runs) {
  return runs.map((run, index) => [run, index]).sort(([a], [b]) => (a.iteration ?? -1) - (b.iteration ?? -1));
}

// The run to look at first is one that did not go well.
function pickState(name, index = (view.execution.runs[name] || []).findIndex(run => run.status !== "succeeded")) {
  view.state = name;
  view.run = Math.max(index, 0);
  view.drawn = "";
  showExecution();
  if (matchMedia("(max-width: 88rem)").matches) byId("state").scrollIntoView();
}

function executionLink(execution) {
  return make("a", {href: "#" + encodeURIComponent(execution.arn), class: execution.status},
      make("span", {class: "dot " + execution.status}), execution.machine, " ", execution.name);
}

// One bar for each run of a state, on the time from the execution's start to its end, or to now.
function timeline(execution) {
  const start = new Date(execution.started), end = execution.stopped ? new Date(execution.stopped) : new Date();
  const share = at => 100 * ((at ? new Date(at) : end) - start) / Math.max(1, end - start);
  const rows = Object.entries(execution.runs).flatMap(([name, runs]) => runs.map((run, index) => ({name, run, index})))
      .sort((a, b) => a.run.entered < b.run.entered ? -1 : 1);
  return make("ol", {class: "timeline", "aria-label": "Timeline"}, ...rows.map(({name, run, index}) => {
    const bar = make("i", {class: run.status});
    bar.style.marginLeft = Math.min(share(run.entered), 99.5) + "%";
    bar.style.width = Math.max(0.5, share(run.exited) - share(run.entered)) + "%";
    return make("li", {}, make("button", {type: "button", "data-row": name + " " + index,
      onclick: () => pickState(name, index)},
        make("span", {}, name, run.iteration === null ? null : " #" + run.iteration),
        make("span", {class: "track"}, bar),
        make("span", {}, lasted(run.entered, run.exited))));
  }));
}

// The last run that failed with an error; without one, the last that failed otherwise or was cut off.
function openWhereItFailed(execution) {
  const rank = run => run.status === "succeeded" ? 3 : run.errors.length ? 0 : run.status === "failed" ? 1 : 2;
  const runs = Object.entries(execution.runs).flatMap(([name, each]) => each.map((run, index) => ({name, run, index})));
  runs.sort((a, b) => rank(a.run) - rank(b.run) || (a.run.entered < b.run.entered ? 1 : -1));
  if (runs.length && rank(runs[0].run) < 3) {
    view.state = runs[0].name;
    view.run = runs[0].index;
  }
}

function showExecution() {
  const execution = view.execution;
  if (!execution) return;
  if (!view.state && ["FAILED", "TIMED_OUT"].includes(execution.status)) openWhereItFailed(execution);
  const same = view.shown === execution.arn;
  if (view.drawn && execution.status === "RUNNING" && same && !getSelection().isCollapsed) return;
  const drawn = JSON.stringify([execution.status, execution.events, view.state, view.run]);
  if (drawn === view.drawn && execution.status !== "RUNNING") return;
  view.drawn = drawn;
  const scrolled = document.querySelector(".graph");
  const rows = document.querySelector(".timeline");
  const row = rows && same ? rows.scrollTop : 0;
  const place = scrolled && same ? [scrolled.scrollLeft, scrolled.scrollTop] : null;
  view.shown = execution.arn;
  const focused = Object.entries(document.activeElement?.dataset || {})[0];
  const pane = make("div", {class: "graph"}, graph(execution));
  fill(byId("execution"),
      make("h2", {class: "mono"}, execution.name),
      make("p", {class: "facts"},
          make("span", {class: execution.status}, make("span", {class: "word"}, execution.status)),
          make("span", {}, execution.machine),
          make("span", {}, "started ", make("b", {}, time(execution.started))),
          make("span", {}, "took ", make("b", {}, lasted(execution.started, execution.stopped))),
          make("span", {}, make("b", {}, String(execution.events)), " events")),
      execution.related.length
          ? make("p", {class: "facts related"}, "Same job:", ...execution.related.map(executionLink)) : null,
      ...block("Error", execution.error), ...block("Cause", execution.cause && cause(execution.cause)),
      pane, legend(),
      make("p", {class: "label"}, "Timeline"), timeline(execution),
      ...block("Input", execution.input), ...block("Output", execution.output));
  if (place) pane.scrollTo(...place);
  else center(pane, pane.querySelector(".node.chosen > rect") || pane.querySelector(".start"));
  document.querySelector(".timeline").scrollTop = row;
  if (focused) {
    const again = [...byId("execution").querySelectorAll(`[data-${focused[0]}]`)]
        .find(node => node.dataset[focused[0]] === focused[1]);
    if (again) again.focus({preventScroll: true});
  }
  showState();
}

function center(pane, element) {
  const frame = pane.getBoundingClientRect(), place = element.getBoundingClientRect();
  pane.scrollTo(pane.scrollLeft + place.x + place.width / 2 - frame.x - pane.clientWidth / 2,
      pane.scrollTop + place.y + place.height / 2 - frame.y - pane.clientHeight / 2);
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
  const inRuns = document.activeElement && document.activeElement.closest(".runs");
  const child = run.output && run.output.ExecutionArn;
  fill(section,
      make("h2", {}, view.state),
      runs.length < 2 ? null : make("p", {class: "runs"}, ...inOrder(runs).map(([each, index]) => make("button",
          {type: "button", class: each.status, "aria-pressed": String(each === run),
            "aria-label": (each.iteration === null ? `Run ${index + 1}` : `Iteration ${each.iteration}`)
                + ", " + each.status,
            onclick: () => {
            view.run = index;
            showState();
          }}, each.iteration === null ? String(index + 1) : "#" + each.iteration))),
      make("p", {class: "facts"},
          make("span", {class: run.status}, make("span", {class: "word"}, run.status)),
          make("span", {}, "entered ", make("b", {}, time(run.entered))),
          make("span", {}, "took ", make("b", {}, lasted(run.entered, run.exited))),
          make("span", {}, make("b", {}, String(run.retries)), run.retries === 1 ? " retry" : " retries"),
          run.iterations ? make("span", {}, make("b", {}, String(run.iterations)), " iterations") : null,
          run.iteration === null ? null : make("span", {}, "iteration ", make("b", {}, String(run.iteration)))),
      child ? make("p", {class: "facts related"}, "Started:",
          ...view.execution.related.filter(each => each.arn === child).map(executionLink)) : null,
      ...run.errors.flatMap(error => block(error.error, cause(error.cause))),
      ...block("Input", run.input), ...block("Output", run.output));
  if (inRuns) section.querySelector("[aria-pressed=true]")?.focus({preventScroll: true});
}

function showNotifications(list) {
  byId("notifications").replaceChildren(...(list.length ? list.map(notification => make("li", {},
      make("time", {datetime: notification.at}, time(notification.at)),
      make("b", {}, notification.subject || notification.topic.split(":").pop()),
      make("pre", {}, text(cause(notification.message)))))
      : [make("li", {class: "empty"}, "None sent yet.")]));
}

// ---- live -----------------------------------------------------------------------------------------------------

let busy = false, again = false;

async function refresh() {
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  try {
    const query = new URLSearchParams({id: byId("filter").value.trim(), status: byId("status").value});
    const [executions, notifications] = await Promise.all([get("executions?" + query), get("notifications")]);
    view.executions = executions;
    showList();
    const known = JSON.stringify(notifications);
    if (known !== view.notifications) {
      view.notifications = known;
      showNotifications(notifications);
    }
    if (!view.arn && !view.job && executions.length) {
      view.arn = executions[0].arn;
      showList();
    }
    const {arn, job} = view;
    if (arn || job) {
      const execution = await get("execution?" + new URLSearchParams(arn ? {arn} : {name: job}));
      if (arn === view.arn && job === view.job) {
        view.execution = execution;
        if (execution) {
          view.arn = execution.arn;
          if (!arn) showList();
          showExecution();
        } else {
          byId("execution").replaceChildren(make("p", {class: "empty"}, `No execution of ${job || arn} yet.`));
          byId("state").replaceChildren();
        }
      }
    }
    byId("live").textContent = "live";
    byId("live").className = "on";
  } catch (error) {
    byId("live").textContent = "no answer; trying again";
    byId("live").className = "";
  } finally {
    busy = false;
    if (again) {
      again = false;
      refresh();
    }
  }
}

byId("filter").addEventListener("input", refresh);
byId("filter").addEventListener("keydown", event => {
  if (event.key === "Enter" && view.executions.length) choose(view.executions[0].arn);
});
byId("status").addEventListener("change", refresh);
addEventListener("hashchange", fromAddress);
fromAddress();
refresh();
setInterval(() => document.hidden || refresh(), 1000);
