/* log.js: packets and kernel events in time order, each with what is said of it. Only the rows in view exist. */

const LINE_PX = 20;

const LOG_HEAD = [['time s', 'right'], ['', ''], ['flags', ''], ['seq', 'right'], ['len', 'right'], ['ack', 'right'],
    ['window', 'right'], ['in flight', 'right'], ['what it is', '']];

class Log {
    /* hooks: onHover(t), onPick(t) */
    constructor(hooks) {
        this.host = byId('lines');
        this.here = null;
        const draw = onNextFrame(() => this.draw());
        const rowOf = (event) => event.target.closest('.line[data-row]');
        this.host.addEventListener('scroll', draw);
        this.host.addEventListener('mousemove', (event) => {
            const row = rowOf(event);
            if (row) hooks.onHover(this.log.t[row.dataset.row]);
        });
        this.host.addEventListener('click', (event) => {
            const row = rowOf(event);
            if (!row) return;
            this.here = Number(row.dataset.row);
            this.draw();
            hooks.onPick(this.log.t[this.here]);
        });
    }

    /* log: see data.js; null hides it. episodes: those whose rows have an edge. clock: of its timeline. */
    show(log, episodes, clock) {
        this.log = log;
        this.clock = clock;
        this.episodes = episodes;
        this.here = null;
        byId('log').hidden = !log;
        if (!log) return;
        byId('log-count').textContent = log.rows < log.of
            ? `${log.rows} of ${log.of} rows: the first, the last and those around losses` : `${log.rows} rows`;
        this.whole = make('div', 'whole');
        this.whole.style.height = log.rows * LINE_PX + 'px';
        this.host.replaceChildren(make('div', 'line head', ...LOG_HEAD.map(([title, name], i) => make('span', name, i === 0 && clock.time === 'wall' ? 'time UTC' : title))), this.whole);
        this.host.scrollTop = 0;
        this.draw();
    }

    isAtEnd() {
        return this.host.scrollTop + this.host.clientHeight >= this.host.scrollHeight - 2 * LINE_PX;
    }

    scrollTo(top) {
        if (!this.log) return;
        this.host.scrollTop = Math.min(top, this.host.scrollHeight);
        this.draw();
    }

    draw() {
        const from = Math.max(0, Math.floor(this.host.scrollTop / LINE_PX) - 4);
        const until = Math.min(this.log.rows, from + Math.ceil(this.host.clientHeight / LINE_PX) + 10);
        const lines = [];
        for (let row = from; row < until; row++) lines.push(this.makeLine(row));
        this.whole.replaceChildren(...lines);
    }

    makeLine(row) {
        const { log } = this, event = logText(log, 'event', row), t = log.t[row];
        const line = make('div', 'line', make('span', 'right', momentText(this.clock, t)), make('span', '', logNumber(log, 'end', row) ? '<' : '>'));
        line.dataset.row = row;
        line.style.top = row * LINE_PX + 'px';
        line.classList.toggle('here', row === this.here);
        line.classList.toggle('inside', this.episodes.some((episode) => t >= episode.begin && t <= episode.end));
        if (event === 'packet') {
            line.classList.toggle('again', logText(log, 'findings', row).includes('retransmission'));
            line.append(...packetCells(log, row));
        } else {
            line.classList.add('kernel');
            line.append(make('span', 'event', eventWords(log, row)));
        }
        return line;
    }

    /* Scrolls to what happened at that time. */
    reveal(t) {
        if (!this.log) return;
        this.here = Math.min(lowerBound(this.log.t, t), this.log.rows - 1);
        this.host.scrollTop = Math.max(0, this.here * LINE_PX - 120);
        this.draw();
    }

    /* Marks what is nearest to that time, if it is near. */
    mark(t, near) {
        if (!this.log || t === null) return;
        const row = lowerBound(this.log.t, t);
        if (row === this.here || !(Math.abs(this.log.t[row] - t) < near)) return;
        this.here = row;
        for (const line of this.whole.children) line.classList.toggle('here', Number(line.dataset.row) === row);
    }
}

function numberCell(value, dashed) {
    return make('span', 'right', Number.isNaN(value) || dashed && !value ? '' : value);
}

function packetCells(log, row) {
    const number = (name) => logNumber(log, name, row);
    return [make('span', '', logText(log, 'flags', row)), numberCell(number('seq')), numberCell(number('payload_bytes'), true),
        numberCell(number('ack')), numberCell(number('window_bytes')), numberCell(number('in_flight_bytes')),
        make('span', '', verdictWords(log, row))];
}

/* What the analysis says of a packet, with cause, evidence and how sure that is. */
function verdictWords(log, row) {
    const text = (name) => logText(log, name, row), number = (name) => logNumber(log, name, row);
    const cause = [text('cause'), text('evidence'), text('confidence')].filter(Boolean).join(', ');
    const rtt = ['rtt_ack_ns', 'rtt_sack_ns', 'rtt_ts_ns'].find((name) => number(name) > 0);
    return [text('findings').replace(/\|/g, ', '), cause && `(${cause})`,
        number('of_frame') > 0 && `of packet ${number('of_frame')}`, text('sack') && `sack ${text('sack')}`,
        rtt && `${rtt.replace(/_ns$/, '').replace(/_/g, ' ')} ${duration(number(rtt))}`].filter(Boolean).join('  ');
}

function eventWords(log, row) {
    const number = (name) => logNumber(log, name, row);
    const said = (name, words) => Number.isNaN(number(name)) ? '' : words(number(name));
    return [logText(log, 'event', row), stateWords(logText(log, 'state', row)), logText(log, 'cong_state', row),
        said('snd_cwnd_segs', (n) => `cwnd ${n}`), said('ssthresh_segs', (n) => n >= 0x7fffffff ? 'ssthresh infinite' : `ssthresh ${n}`),
        said('srtt_us', (n) => `srtt ${milliseconds(n)} ms`)].filter(Boolean).join('  ');
}
