/* table.js: the connections. Up to SMALL rows are all there, for finding in the page and for print; of more only
 * those in view exist, with rooms of the right height before and behind them. */

const ROW_PX = 28;
const HEAD_PX = 44;
const SMALL = 400;

/* key, heading, unit, classes; `of` what it is sorted by, `fill` how a cell shows it. Others are figures as
 * their column shows them. */
const TABLE = [
    { key: 'id', heading: '#', unit: '', name: '' },
    { key: 'src', heading: 'connection', unit: '', name: 'left ends', fill: fillEnds, ascends: true },
    { key: 'spark', heading: 'rate', unit: 'over time', name: 'left narrow', of: (row) => row.bytes, fill: fillSpark },
    { key: 'start_ns', heading: 'start', unit: 's', name: 'wide', ascends: true, fill: (cell, row, clock) => cell.append(startText(row, clock)) },
    { key: 'duration_ns', heading: 'lasted', unit: 's', name: 'wider' },
    { key: 'acked_bytes', heading: 'acked', unit: 'B', name: '' },
    { key: 'goodput_bps', heading: 'goodput', unit: 'bit/s', name: '' },
    { key: 'rtt_p50_us', heading: 'RTT p50', unit: 'ms', name: 'narrow' },
    { key: 'rtt_p95_us', heading: 'p95', unit: 'ms', name: 'wide' },
    { key: 'retransmitted', heading: 'resent', unit: '', name: '', of: resentOf, fill: (cell, row) => fillCount(cell, resentOf(row)) },
    { key: 'retransmit_share', heading: '', unit: '%', name: 'wide', fill: (cell, row) => cell.append(percent(row.retransmit_share)) },
    { key: 'recoveries', heading: 'recoveries', unit: '', name: 'wide' },
    { key: 'timeouts', heading: 'RTOs', unit: '', name: 'narrow', fill: (cell, row) => fillCount(cell, row.timeouts) },
    { key: 'waited_for', heading: 'waits for', unit: 'most of the time', name: 'left', fill: fillWait },
    { key: 'tcp_state', heading: 'state', unit: '', name: 'left wider', fill: (cell, row) => cell.append(stateWords(row.tcp_state) || ABSENT) },
];

/* Of what goes on, what is carried now stands in place of when it began; both ways. */
const LIVE_TABLE = TABLE.flatMap((column) => {
    if (column.key === 'spark') return [{ ...column, of: (row) => row.rate_bps, unit: 'by the second', fill: fillRates }];
    if (column.key === 'start_ns')
        return [{ key: 'rate_bps', heading: 'now →', unit: 'bit/s', name: '', fill: (cell, row) => cell.append(si(row.rate_bps)) },
            { key: 'peer_rate_bps', heading: 'now ←', unit: 'bit/s', name: 'narrow', fill: (cell, row) => cell.append(si(row.peer_rate_bps)) }];
    if (column.key === 'acked_bytes') return [column, { key: 'peer_acked_bytes', heading: '← acked', unit: 'B', name: 'wide' }];
    return column.key === 'recoveries' || column.key === 'rtt_p95_us' ? [] : [column];
});

function startText(row, clock) {
    return row.start_ns == null ? ABSENT : momentText(clock, row.start_ns / 1e3, 3);
}

function fillRates(cell, row) {
    fillSpark(cell, { spark: sparkOf(row.rates) });
}

function fillEnds(cell, row) {
    cell.append(make('span', '', row.src), make('span', 'arrow', '→'), make('span', '', row.dst));
    if (row.owner) cell.append(make('span', 'faint', ' ' + row.owner));
}

/* A count that should be 0. */
function fillCount(cell, count) {
    cell.append(count ?? ABSENT);
    if (count) cell.classList.add('alert');
}

function fillWait(cell, row) {
    if (!row.waited_for) {
        cell.append(ABSENT);
        return;
    }
    const chip = make('span', 'chip', waitName(row.waited_for));
    chip.style.background = `var(--${waitInk(row.waited_for)})`;
    cell.append(chip, make('span', 'faint', ` ${percent(row.waited_share)} %`));
}

function sparkPath(spark) {
    const x = (i) => (i * 96 / spark.length).toFixed(1), y = (value) => (17 - value / 99 * 15).toFixed(1);
    return 'M0 18' + spark.map((value, i) => `L${x(i)} ${y(value)}L${x(i + 1)} ${y(value)}`).join('') + 'L96 18Z';
}

function fillSpark(cell, row) {
    if (!row.spark) return;
    cell.append(makeSvg('svg', { class: 'spark', width: 96, height: 18, 'aria-hidden': 'true' },
        makeSvg('path', { d: sparkPath(row.spark) })));
}

class Table {
    /* index: the data's; choose: called with a row's id; live: it goes on. */
    constructor(index, choose, live) {
        this.index = index;
        this.rows = index.connections;
        this.shown = live ? LIVE_TABLE : TABLE;
        this.columns = index.columns;
        this.choose = choose;
        this.sort = { key: 'bytes', ascending: false };
        this.text = '';
        this.chosen = null;
        this.with = new Set();
        this.host = byId('rows');
        this.body = byId('table').tBodies[0];
        this.makeHead();
        this.host.addEventListener('scroll', () => this.fill(false));
        this.body.addEventListener('click', (event) => {
            const row = event.target.closest('tr[data-id]');
            if (row) this.choose(Number(row.dataset.id));
        });
    }

    makeHead() {
        const head = byId('table').tHead.rows[0];
        for (const column of this.shown) {
            const unit = column.key === 'start_ns' && this.index.time === 'wall' ? 'UTC' : column.unit;
            const button = make('button', '', column.heading || unit);
            const cell = make('th', column.name, button, make('small', '', column.heading && unit || '\u00a0'));
            cell.scope = 'col';
            cell.dataset.key = column.key;
            button.addEventListener('click', () => this.sortBy(column));
            head.append(cell);
        }
    }

    sortBy(column) {
        const again = this.sort.key === column.key;
        this.sort = { key: column.key, ascending: again ? !this.sort.ascending : Boolean(column.ascends) };
        this.refresh();
    }

    /* Filters and sorts anew. */
    refresh() {
        const column = this.shown.find(({ key }) => key === this.sort.key);
        const of = column && column.of || ((row) => row[this.sort.key]);
        this.list = sortedBy(this.rows.filter(filterOf(this.text)), of, this.sort.ascending);
        for (const cell of byId('table').tHead.rows[0].cells) {
            if (cell.dataset.key !== this.sort.key) cell.removeAttribute('aria-sort');
            else cell.setAttribute('aria-sort', this.sort.ascending ? 'ascending' : 'descending');
        }
        byId('table').setAttribute('aria-rowcount', this.list.length + 1);
        this.fill(true);
        const all = this.rows.length, shownRows = this.list.length;
        byId('count').textContent = `${shownRows === all ? '' : shownRows + ' of '}${all} connection${all === 1 ? '' : 's'}`;
    }

    /* The same rows in the same order with what they say now; those that are gone go, new ones wait. */
    keepOrder() {
        const now = new Map(this.rows.map((row) => [row.id, row]));
        this.list = this.list.map((row) => now.get(row.id)).filter(Boolean);
        this.fill(true);
    }

    /* The rows in view, and some around them. */
    fill(anew) {
        const count = this.list.length, few = count <= SMALL;
        const from = few ? 0 : Math.max(0, Math.floor(this.host.scrollTop / ROW_PX) - 10);
        const until = few ? count : Math.min(count, from + Math.ceil(this.host.clientHeight / ROW_PX) + 24);
        if (!anew && (few || from === this.from)) return;
        const focused = this.body.contains(document.activeElement) ? document.activeElement.dataset.id : null;
        this.from = from;
        this.body.replaceChildren(this.room(from), ...this.list.slice(from, until).map((row, i) => this.makeRow(row, from + i)),
            this.room(count - until));
        this.mark();
        if (focused) this.body.querySelector(`[data-id="${focused}"]`)?.focus({ preventScroll: true });
    }

    room(count) {
        const cell = make('td'), row = make('tr', 'room', cell);
        cell.colSpan = this.shown.length;
        cell.style.height = count * ROW_PX + 'px';
        row.style.height = count * ROW_PX + 'px';
        row.hidden = !count;
        row.setAttribute('aria-hidden', 'true');
        return row;
    }

    makeRow(row, index) {
        const line = make('tr');
        line.dataset.id = row.id;
        line.setAttribute('aria-rowindex', index + 2);
        for (const column of this.shown) {
            const cell = make('td', column.name), meaning = this.columns[column.key];
            if (column.fill) column.fill(cell, row, clockOf(this.index, row.timeline));
            else cell.append(shown(row[column.key], meaning && meaning.show));
            cell.dataset.figure = column.key;
            line.append(cell);
        }
        return line;
    }

    /* Which one is chosen, and which stand beside it. */
    mark() {
        let first = null;
        for (const row of this.body.querySelectorAll('tr[data-id]')) {
            const id = Number(row.dataset.id);
            row.setAttribute('aria-selected', id === this.chosen);
            row.classList.toggle('with', this.with.has(id));
            row.tabIndex = id === this.chosen ? 0 : -1;
            first = first || row;
        }
        if (first && !this.body.querySelector('[tabindex="0"]')) first.tabIndex = 0;
    }

    /* Scrolls until the chosen row is seen. */
    reveal() {
        const index = this.list.findIndex((row) => row.id === this.chosen), top = index * ROW_PX;
        if (index < 0) return;
        if (top < this.host.scrollTop) this.host.scrollTop = top;
        else if (top + ROW_PX + HEAD_PX > this.host.scrollTop + this.host.clientHeight)
            this.host.scrollTop = top + ROW_PX + HEAD_PX - this.host.clientHeight;
        this.fill(false);
    }

    /* The id so many rows from the chosen one; null beyond the ends. */
    neighbour(step) {
        const index = this.list.findIndex((row) => row.id === this.chosen) + step;
        return this.list[index] ? this.list[index].id : null;
    }

    /* Keys of a row that has the focus; true if it was one. */
    key(event) {
        if (!event.target.closest || !event.target.closest('#table tbody tr')) return false;
        const steps = { ArrowDown: 1, ArrowUp: -1 };
        const ends = { Home: this.list[0], End: this.list[this.list.length - 1] };
        const id = steps[event.key] ? this.neighbour(steps[event.key]) : ends[event.key] ? ends[event.key].id : null;
        if (id === null) return false;
        this.choose(id);
        this.body.querySelector(`[data-id="${id}"]`)?.focus({ preventScroll: true });
        return true;
    }
}
