/* live.js: a page of what happens: the server's ticks, the table and the panels that follow them, and a stream of
 * packets. A page that nobody sees asks for nothing; who missed a tick asks for the whole again. */

const FOLLOWED_S = 60; /* so much is seen of what goes on */
const CALM_MS = 400; /* so long after the pointer moved over the table its rows stay where they are */

async function ask(what) {
    const answer = await fetch(what, { cache: 'no-store' });
    if (answer.status === 404) return null;
    if (!answer.ok) throw new Error(`the server says ${answer.status}: ${(await answer.text()).trim()}`);
    return answer.json();
}

const serverSource = {
    live: true,
    index: () => ask('api/traffic'),
    detail: (id) => ask('api/flow/' + id),
};

class Live {
    /* page: a Page whose index came from the server. */
    constructor(page) {
        this.page = page;
        this.follows = true;
        this.stream = new Stream((id) => page.choose(id));
        this.drawSoon = onNextFrame(() => this.draw());
        byId('rows').addEventListener('pointermove', () => { this.moved = performance.now(); });
        byId('rows').addEventListener('pointerleave', () => { this.moved = 0; });
        byId('follow').addEventListener('click', () => this.follow(!this.follows));
        document.addEventListener('visibilitychange', () => document.hidden ? this.close() : this.open());
        for (const element of document.querySelectorAll('.live-only')) element.hidden = false;
        this.take(page.index);
        this.open();
    }

    /* --- what the server says ---------------------------------------------------------------------- */

    /* The whole, in place of all that was known. */
    take(index) {
        const { live } = index, before = this.rows;
        this.rows = new Map(index.connections.map((row) => [row.id, liveRow(row)]));
        this.changing = live.changing;
        this.tick = live.tick;
        this.state = live;
        for (const [id, row] of this.rows) if (before && before.has(id)) row.rates = before.get(id).rates;
        takeRates(this.rows, live.rates);
        this.page.table.rows = [...this.rows.values()];
        this.page.view.rows = this.rows;
        this.stream.replace(streamLines(live.packets));
        this.drawSoon();
    }

    open() {
        if (document.hidden || this.events) return;
        this.events = new EventSource('api/events?after=' + this.tick);
        this.events.addEventListener('tick', (event) => this.takeTick(JSON.parse(event.data)));
        this.events.addEventListener('missed', () => this.again());
        this.events.addEventListener('open', () => this.say(''));
        this.events.addEventListener('error', () => {
            this.say('connection lost, trying again');
            if (this.events && this.events.readyState === EventSource.CLOSED) this.reopenSoon();
        });
    }

    close() {
        if (this.events) this.events.close();
        this.events = null;
    }

    /* A server that is gone, or has too many viewers. */
    reopenSoon() {
        this.close();
        clearTimeout(this.reopening);
        this.reopening = setTimeout(() => this.open(), 2000);
    }

    takeTick(tick) {
        takeTick(this.rows, tick, this.changing);
        this.tick = tick.tick;
        this.state = tick;
        this.stream.add(streamLines(tick.packets), tick.packets.of);
        this.ticks = (this.ticks || 0) + 1;
        this.say('');
        this.drawSoon();
        this.refreshDetail();
    }

    async again() {
        try {
            this.page.index = await ask('api/traffic');
            this.take(this.page.index);
            this.refreshDetail();
        } catch (error) {
            this.say(String(error));
        }
    }

    /* --- what is seen ------------------------------------------------------------------------------ */

    say(trouble) {
        this.trouble = trouble;
        const words = trouble || (this.state.ended ? 'all was shown' : this.page.index.live.recorded ? 'replay' : 'live');
        byId('live').textContent = `${trouble ? '○' : '●'} ${words} · ${exactTime(this.state.now).slice(0, -5)} s`;
        byId('live').classList.toggle('failed', Boolean(trouble));
    }

    draw() {
        const { page } = this, sums = sumsOf(this.rows);
        this.say(this.trouble || '');
        byId('sums').replaceChildren(make('b', '', sums.open), ' of ', make('b', '', sums.connections), ' connections open · ',
            make('b', '', withUnit(sums.rate_bps, 'bit/s')), ' now · ', make('b', '', sums.resent), ' sent again');
        page.table.rows = [...this.rows.values()];
        if (performance.now() - (this.moved || -CALM_MS) < CALM_MS) page.table.keepOrder();
        else page.table.refresh();
        if (page.view.id == null && page.table.list.length) page.choose(page.table.list[0].id);
        this.stream.draw(this.rows);
    }

    follow(follows) {
        this.follows = follows;
        byId('follow').setAttribute('aria-pressed', follows);
        if (follows) this.page.view.follow(FOLLOWED_S);
    }

    /* One question at a time; the newest answer is what is shown. */
    async refreshDetail() {
        const { view } = this.page, id = view.id;
        if (id == null || this.asking) return;
        this.asking = true;
        try {
            await view.update(id, this.follows ? FOLLOWED_S : 0);
        } catch (error) {
            this.say(String(error));
        } finally {
            this.asking = false;
        }
    }
}

/* Packets and kernel events of all connections, the newest last. */
class Stream {
    constructor(onChoose) {
        this.lines = [];
        this.host = byId('stream-lines');
        this.host.addEventListener('click', (event) => {
            const line = event.target.closest('[data-flow]');
            if (line) onChoose(Number(line.dataset.flow));
        });
    }

    replace(lines) {
        this.lines = lines;
        this.fresh = lines.length;
        this.skipped = 0;
    }

    add(lines, of) {
        this.lines = [...this.lines, ...lines].slice(-STREAM_KEPT);
        this.fresh = of;
        this.skipped = of - lines.length;
    }

    draw(rows) {
        const end = this.host.scrollTop + this.host.clientHeight >= this.host.scrollHeight - 2 * LINE_PX;
        byId('stream').hidden = !this.lines.length;
        byId('stream-count').textContent = `${this.fresh} in the last second` + (this.skipped > 0 ? `, of which ${this.skipped} are not shown` : '');
        this.host.replaceChildren(...this.lines.slice(-200).map((line) => this.makeLine(line, rows)));
        if (end) this.host.scrollTop = this.host.scrollHeight;
    }

    makeLine({ log, row, t, flow, end }, rows) {
        const of = rows.get(flow), packet = logText(log, 'event', row) === 'packet';
        const ends = of ? (end ? [of.dst, of.src] : [of.src, of.dst]).join(' → ') : '';
        const line = make('div', 'line streamed', make('span', 'right', exactTime(t)), make('span', '', '#' + flow), make('span', '', ends),
            make('span', packet ? '' : 'event', packet ? packetWords(log, row) : eventWords(log, row)));
        line.dataset.flow = flow;
        line.classList.toggle('again', logText(log, 'findings', row).includes('retransmission'));
        line.classList.toggle('kernel', !packet);
        return line;
    }
}

/* A packet in one line. */
function packetWords(log, row) {
    const said = (name, word) => Number.isNaN(logNumber(log, name, row)) ? '' : `${word} ${logNumber(log, name, row)}`;
    return [logText(log, 'flags', row), said('seq', 'seq'), said('payload_bytes', 'len'), said('ack', 'ack'), said('window_bytes', 'win'), verdictWords(log, row)]
        .filter(Boolean).join('  ');
}
