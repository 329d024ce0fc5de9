'use strict';
// One snapshot as it stands, and what changes in it: reads with fetch, follows with the browser's own EventSource.

const API = '/api/v1/aggregated-report-data';
const $ = id => document.getElementById(id);
let following;

$('what').addEventListener('submit', event => {
  event.preventDefault();
  const form = new FormData(event.target);
  following?.stop();
  following = new Following(form.get('organization'), form.get('period'), form.get('key'));
  following.start();
});

$('aggregate').addEventListener('click', () => following?.aggregate());

class Following {

  constructor(organization, period, key) {
    this.organization = organization;
    this.period = period;
    this.key = key;
    this.stopped = false;
    this.shown = null;
  }

  async start() {
    live('', 'connecting');
    for (const id of ['sections', 'events']) {
      $(id).replaceChildren();
    }
    try {
      await this.connect();
      await this.read();
    } catch (problem) {
      live('off', problem.message);
    }
  }

  stop() {
    this.stopped = true;
    this.source?.close();
  }

  async call(path, options = {}) {
    const headers = {...options.headers};
    if (this.key) {
      headers['x-api-key'] = this.key;
    }
    const response = await fetch(API + path, {...options, headers});
    const text = await response.text();
    const body = text ? JSON.parse(text) : {};
    if (!response.ok) {
      throw new Error(response.status + ' ' + (body.message ?? 'no answer'));
    }
    return body;
  }

  post(path, body) {
    return this.call(path, {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)});
  }

  /// An EventSource sends no key: where there is one, it is exchanged for a ticket first.
  async connect(lastEventId) {
    const query = new URLSearchParams({organization_id: this.organization, period_id: this.period});
    if (this.key) {
      const {ticket} = await this.post('/watch', {organization_id: this.organization, period_id: this.period});
      query.set('ticket', ticket);
    }
    if (lastEventId) {
      query.set('last_event_id', lastEventId);
    }
    if (this.stopped) {
      return;
    }
    const source = new EventSource(API + '/watch?' + query);
    this.source = source;
    source.onopen = () => live('on', 'following');
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED && !this.stopped) {
        // Refused, as after the ticket's hour: come again with a new one from where we are.
        live('off', 'connecting again');
        setTimeout(() => this.connect(this.lastEventId).catch(problem => live('off', problem.message)), 3000);
      }
    };
    source.addEventListener('data_updated', event => {
      this.lastEventId = event.lastEventId;
      const data = JSON.parse(event.data);
      this.enter(data);
      this.read(data.snapshot_id, data.changed_field_keys).catch(problem => live('off', problem.message));
    });
    source.addEventListener('resync', event => {
      this.lastEventId = event.lastEventId;
      this.read().catch(problem => live('off', problem.message));
    });
  }

  async read(snapshotId, changed = []) {
    let id = snapshotId;
    if (!id) {
      const list = await this.call('?' + new URLSearchParams({organization_id: this.organization,
        period_id: this.period, limit: 20}));
      id = (list.data.find(item => item.aggregated_at) ?? list.data[0])?.snapshot_id;
    }
    $('about').hidden = false;
    if (!id) {
      $('name').textContent = this.organization;
      $('state').textContent = `No figures of ${this.period} yet.`;
      return;
    }
    const snapshot = await this.call('/' + id);
    if (!this.stopped) {
      this.show(snapshot, new Set(changed));
    }
  }

  async aggregate() {
    try {
      await this.post('', {organization_id: this.organization, period_id: this.period, force_reaggregate: true});
      $('state').textContent = 'Aggregating …';
    } catch (problem) {
      $('state').textContent = problem.message;
    }
  }

  show(snapshot, changed) {
    $('name').textContent = snapshot.organization_name;
    $('state').textContent = [
      snapshot.period_id,
      snapshot.snapshot_status,
      snapshot.cache_valid ? 'up to date' : 'the source has changed',
      `${snapshot.populated_field_count} of ${snapshot.field_count} figures`,
      snapshot.aggregated_at && 'as of ' + new Date(snapshot.aggregated_at).toLocaleString(),
      snapshot.prior_period ? 'beside ' + snapshot.prior_period.period_id : 'no prior period',
    ].filter(Boolean).join(' · ');
    $('sections').replaceChildren(...snapshot.sections.map(section => this.section(section, changed)));
  }

  section(section, changed) {
    const box = element('section', {id: section.section_id}, element('h2', {}, section.section_title));
    const table = element('table', {}, element('thead', {}, element('tr', {},
      ...['', 'Value', 'Last year', 'Difference', 'Source'].map(title => element('th', {scope: 'col'}, title)))));
    const rows = section.fields.map(field => {
      const difference = field.value === null || field.prior_period_value === null ? null
        : Math.round((field.value - field.prior_period_value) * 10) / 10;
      return element('tr', {id: field.field_key, className: changed.has(field.field_key) ? 'lit' : ''},
        element('td', {}, field.field_key.replaceAll('_', ' ')),
        element('td', {className: field.value === null ? 'none' : 'value'}, number(field.value)),
        element('td', {className: 'prior'}, number(field.prior_period_value)),
        element('td', {className: difference > 0 ? 'up' : difference < 0 ? 'down' : 'none'},
          difference === null ? '' : (difference > 0 ? '+' : '') + number(difference)),
        element('td', {className: 'source'}, field.data_source));
    });
    table.append(element('tbody', {}, ...rows));
    box.append(table);
    return box;
  }

  enter(data) {
    $('log').hidden = false;
    $('events').prepend(element('li', {},
      element('time', {dateTime: data.updated_at}, new Date(data.updated_at).toLocaleTimeString()),
      data.changed_field_keys.join(', ').replaceAll('_', ' ')));
    while ($('events').children.length > 50) {
      $('events').lastChild.remove();
    }
  }
}

function live(state, text) {
  $('live').className = state;
  $('live').textContent = text;
}

function number(value) {
  return value === null ? '–' : value.toLocaleString('nb-NO');
}

/// Text is always text: what comes from the API is never read as markup.
function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

// An address that names both follows at once: /_local/watch?organization_id=org-1042&period_id=2024
const address = new URLSearchParams(location.search);
if (address.has('organization_id') && address.has('period_id')) {
  $('what').elements.organization.value = address.get('organization_id');
  $('what').elements.period.value = address.get('period_id');
  $('what').requestSubmit();
}
