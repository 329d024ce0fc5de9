'use strict';
// One snapshot as it stands, and what changes in it: reads with fetch, follows with the browser's own EventSource.

const API = '/api/v1/aggregated-report-data';
const LIT_MILLIS = 4000;
const $ = id => document.getElementById(id);
const names = fetch('/_local/watch-names.json').then(answer => answer.json());
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
    this.reads = 0;
    this.changedAt = new Map();
    this.explained = new Set();
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
      throw new Error(response.status + ' ' + (body.message ?? response.statusText));
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
        setTimeout(() => this.read().then(() => this.connect(this.lastEventId))
          .catch(problem => live('off', problem.message)), 3000);
      }
    };
    source.addEventListener('data_updated', event => {
      this.lastEventId = event.lastEventId;
      const data = JSON.parse(event.data);
      data.changed_field_keys.forEach(key => this.changedAt.set(key, Date.now()));
      names.then(words => this.enter(data, words));
      this.read(data.snapshot_id).catch(problem => live('off', problem.message));
    });
    source.addEventListener('resync', event => {
      this.lastEventId = event.lastEventId;
      this.read().catch(problem => live('off', problem.message));
    });
  }

  async read(snapshotId) {
    const turn = ++this.reads;
    let id = snapshotId;
    if (!id) {
      const list = await this.call('?' + new URLSearchParams({organization_id: this.organization,
        period_id: this.period, limit: 20}));
      id = (list.data.find(item => item.aggregated_at) ?? list.data[0])?.snapshot_id;
    }
    const snapshot = id && await this.call('/' + id);
    if (this.stopped || turn < this.reads) {
      return; // a later answer knows more
    }
    $('about').hidden = false;
    if (snapshot) {
      this.show(snapshot, await names);
    } else {
      $('name').textContent = this.organization;
      $('state').textContent = `No figures of ${this.period} yet.`;
    }
  }

  /// Asks for new figures and says how that ends: where none has changed, the stream says nothing.
  async aggregate() {
    try {
      const {snapshot_id: id} = await this.post('',
        {organization_id: this.organization, period_id: this.period, force_reaggregate: true});
      $('state').textContent = 'Aggregating …';
      while (!this.stopped && (await this.call('/' + id)).snapshot_status === 'processing') {
        await new Promise(later => setTimeout(later, 500));
      }
      await this.read(id);
    } catch (problem) {
      $('state').textContent = problem.message;
    }
  }

  show(snapshot, words) {
    $('name').textContent = snapshot.organization_name;
    this.notComparable = new Set(snapshot.prior_period?.not_comparable ?? []);
    $('state').textContent = [
      snapshot.period_id,
      snapshot.snapshot_status,
      snapshot.cache_valid ? 'up to date' : 'the source has changed',
      `${snapshot.populated_field_count} of ${snapshot.field_count} figures`,
      snapshot.aggregated_at && 'as of ' + new Date(snapshot.aggregated_at).toLocaleString('nb-NO'),
      snapshot.prior_period ? 'beside ' + snapshot.prior_period.period_id : 'no prior period',
      snapshot.prior_period?.comparability_reason && '* not comparable: ' + snapshot.prior_period.comparability_reason,
    ].filter(Boolean).join(' · ');
    this.snapshotId = snapshot.snapshot_id;
    const focused = document.activeElement?.getAttribute('aria-controls');
    $('sections').replaceChildren(...snapshot.sections.map(section => this.section(section, words)));
    this.explained.forEach(key => this.explain(key));
    document.querySelector(`[aria-controls="${focused}"]`)?.focus(); // the table was drawn again
  }

  section(section, words) {
    const table = element('table', {}, element('thead', {}, element('tr', {},
      ...['', 'Value', 'Last year', 'Difference', 'Source'].map(title => element('th', {scope: 'col'}, title)))));
    table.append(element('tbody', {}, ...section.fields.map(field => this.row(field, words[field.field_key]))));
    return element('section', {id: section.section_id}, element('h2', {}, section.section_title), table);
  }

  row(field, {label, unit, decimals} = {label: field.field_key}) {
    const number = value => value === null ? '–'
      : value.toLocaleString('nb-NO', {minimumFractionDigits: decimals, maximumFractionDigits: decimals});
    const comparable = !this.notComparable.has(field.field_key);
    const difference = field.value === null || field.prior_period_value === null || !comparable ? null
      : Math.round((field.value - field.prior_period_value) * 10) / 10;
    const row = element('tr', {id: field.field_key, title: field.field_key},
      element('td', {}, this.why(field.field_key, label), element('small', {}, unit ?? '')),
      element('td', {className: field.value === null ? 'none' : 'value'}, number(field.value)),
      element('td', {className: 'prior'}, number(field.prior_period_value) + (comparable ? '' : '\u00A0*')),
      element('td', {className: difference ? 'moved' : 'none'},
        difference === null ? '' : (difference > 0 ? '+' : '') + number(difference)),
      element('td', {className: 'source'}, field.data_source));
    const age = Date.now() - (this.changedAt.get(field.field_key) ?? -Infinity);
    if (age < LIT_MILLIS) {
      row.className = 'lit';
      row.style.setProperty('--age', -age + 'ms'); // a row that is drawn again fades on from where it was
    }
    return row;
  }

  /// The figure's name as a button that shows or hides how it was made.
  why(key, label) {
    const button = element('button', {type: 'button', className: 'why'}, label);
    button.setAttribute('aria-expanded', this.explained.has(key));
    button.setAttribute('aria-controls', 'why-' + key);
    button.addEventListener('click', () => {
      if (this.explained.delete(key)) {
        button.setAttribute('aria-expanded', false);
        $('why-' + key)?.remove();
      } else {
        this.explained.add(key);
        button.setAttribute('aria-expanded', true);
        this.explain(key);
      }
    });
    return button;
  }

  /// Reads how a figure was made and shows it below the figure.
  async explain(key) {
    const cell = element('td', {colSpan: 5}, '…');
    cell.setAttribute('aria-live', 'polite');
    $('why-' + key)?.remove();
    $(key)?.after(element('tr', {id: 'why-' + key, className: 'explanation'}, cell));
    try {
      const made = await this.call(`/${this.snapshotId}/fields/${key}?locale=nb-NO`);
      const number = value => value.toLocaleString('nb-NO');
      cell.replaceChildren(element('p', {lang: 'nb'}, made.rule ?? 'The rules of this snapshot are not known.'));
      if (made.numerator !== null) {
        cell.append(element('p', {}, (made.denominator === null ? number(made.numerator)
          : `${number(made.numerator)} of ${number(made.denominator)}`)
          + `, from ${number(made.records_considered)} records, rule set ${made.rule_version}`));
        cell.append(element('ul', {lang: 'nb'}, ...made.excluded.map(reason =>
          element('li', {}, `${reason.text}: ${number(reason.count)}`))));
      } else {
        cell.append(element('p', {}, 'No counts: ' + made.absent.reason.replaceAll('_', ' ')));
      }
      if (made.comparability && made.comparability !== 'same') {
        cell.append(element('p', {}, '* not comparable with last year: ' + made.comparability.replaceAll('_', ' ')));
      }
    } catch (problem) {
      cell.replaceChildren(problem.message);
    }
  }

  enter(data, words) {
    $('log').hidden = false;
    $('events').prepend(element('li', {},
      element('time', {dateTime: data.updated_at}, new Date(data.updated_at).toLocaleTimeString('nb-NO')),
      data.changed_field_keys.map(key => words[key]?.label ?? key).join(', ')));
    while ($('events').children.length > 50) {
      $('events').lastChild.remove();
    }
  }
}

function live(state, text) {
  $('live').className = state;
  $('live').textContent = text;
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
