/* main.js: puts the page together. */

const PAGE_VERSION = 1;

function showHead(index) {
    const { total = {} } = index, say = [];
    byId('title').textContent = visible(index.title);
    if (total.flows != null) say.push([total.flows, total.flows === 1 ? 'connection' : 'connections']);
    if (total.acked_bytes != null) say.push([(total.acked_at_least ? '≥ ' : '') + withUnit(total.acked_bytes, 'B'), 'acknowledged']);
    if (total.wire_resent_segs != null) say.push([total.wire_resent_segs, 'segments sent again']);
    else if (total.retransmits != null) say.push([total.retransmits, 'skbs sent again']);
    if (total.events) say.push([total.lost_events == null ? 'an unknown number of' : total.lost_events || 'no', 'events lost']);
    say.forEach(([number, words], i) => byId('sums').append(i ? ' · ' : '', make('b', '', number), ' ' + words));
    byId('footer').textContent = visible(`tcpprobe ${index.tcpprobe} · ${index.inputs.map((input) => `${input.name} (${input.format}, ${input.records} records)`).join(', ')}`)
        + (index.anonymized ? ' · addresses and names are made up' : '');
}

function showNotes(index) {
    const notes = [...index.notes], host = byId('notes');
    if (index.connections_left_out) notes.push(`${index.connections_left_out} connections that carried less are not in this page`);
    if (!index.live && index.details_of.length < index.connections.length)
        notes.push(`panels, figures and packets are those of the ${index.details_of.length} connections that carried most, of ${index.connections.length}`);
    host.hidden = !notes.length;
    host.open = notes.length < 3;
    host.replaceChildren(make('summary', '', `${notes.length} note${notes.length === 1 ? '' : 's'}`), ...notes.map((note) => make('div', 'note', note)));
}

class Page {
    constructor(index, source) {
        this.index = index;
        this.table = new Table(index, (id) => this.choose(id), source.live);
        this.view = new View(index, source, () => this.rememberSoon());
        this.live = source.live ? new Live(this) : null;
        this.listen();
    }

    async start() {
        const place = placeOf(location.hash);
        if (this.live && !/[#&]sort=/.test(location.hash)) place.sort = '-rate_bps';
        if (this.live && place.range) this.live.follow(false);
        this.table.text = byId('filter').value = place.filter;
        this.table.sort = { key: place.sort.replace(/^-/, ''), ascending: place.sort[0] !== '-' };
        this.table.refresh();
        this.view.with = place.with;
        const first = this.table.list[0] || this.index.connections[0];
        const id = this.view.rows.has(place.flow) ? place.flow : first && first.id;
        if (id != null) await this.choose(id, place);
    }

    async choose(id, place) {
        this.table.chosen = id;
        this.table.with = new Set(this.view.with);
        this.table.mark();
        this.table.reveal();
        if (await this.view.choose(id, place)) this.rememberSoon();
    }

    rememberSoon() {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.remember(), 150);
    }

    remember() {
        const { view, table } = this, chart = view.chart;
        table.with = new Set(view.with);
        table.mark();
        history.replaceState(null, '', placeText({
            flow: view.id, end: view.end, with: view.with, filter: table.text, sort: (table.sort.ascending ? '' : '-') + table.sort.key,
            range: view.current && !chart.isWhole() && !(this.live && this.live.follows) ? chart.range : null,
        }));
    }

    /* --- what is pressed --------------------------------------------------------------------------- */

    listen() {
        const { view } = this, chart = view.chart;
        const buttons = {
            theme: () => this.otherTheme(), 'help-open': () => byId('help').showModal(), 'help-close': () => byId('help').close(),
            swap: () => view.swap(), with: () => view.keep(), 'zoom-in': () => chart.zoom(0.5), 'zoom-out': () => chart.zoom(2),
            whole: () => this.whole(), previous: () => view.step(-1), next: () => view.step(1),
        };
        for (const [id, action] of Object.entries(buttons)) byId(id).addEventListener('click', action);
        byId('filter').addEventListener('input', () => {
            this.table.text = byId('filter').value;
            this.table.refresh();
            this.rememberSoon();
        });
        byId('table').tHead.addEventListener('click', () => this.rememberSoon());
        document.addEventListener('keydown', (event) => this.key(event));
        matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.setTheme(usualTheme()));
        addEventListener('beforeprint', () => this.beforePrint());
        addEventListener('afterprint', () => this.afterPrint());
    }

    /* Which is not followed: it would shrink. */
    whole() {
        if (this.live) this.live.follow(false);
        this.view.chart.setRange(...this.view.chart.whole);
    }

    key(event) {
        const typing = event.target.matches('input, textarea, select');
        if (typing && event.key === 'Escape') event.target.blur();
        if (typing || event.ctrlKey || event.metaKey || event.altKey || byId('help').open) return;
        const { view } = this, chart = view.chart, go = (step) => {
            const id = this.table.neighbour(step);
            if (id !== null) this.choose(id);
        };
        const actions = {
            '/': () => byId('filter').focus(), '?': () => byId('help').showModal(), t: () => this.otherTheme(),
            n: () => view.step(1), p: () => view.step(-1), j: () => go(1), k: () => go(-1), d: () => view.swap(), c: () => view.keep(),
            0: () => this.whole(), f: () => this.live && this.live.follow(!this.live.follows), '+': () => chart.zoom(0.5), '=': () => chart.zoom(0.5), '-': () => chart.zoom(2),
            ArrowLeft: () => chart.pan(-0.2), ArrowRight: () => chart.pan(0.2), ',': () => view.moveCursor(-1), '.': () => view.moveCursor(1),
        };
        if (this.table.key(event)) {
            event.preventDefault();
        } else if (Object.hasOwn(actions, event.key) && (view.current || '/?tjk'.includes(event.key))) {
            actions[event.key]();
            event.preventDefault();
        }
    }

    otherTheme() {
        this.setTheme(document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark');
    }

    setTheme(theme) {
        document.documentElement.dataset.theme = theme;
        this.view.redraw();
    }

    beforePrint() {
        this.themeBefore = document.documentElement.dataset.theme;
        document.documentElement.dataset.theme = 'light';
        this.view.chart.draw();
        this.view.chart.freeze();
    }

    afterPrint() {
        this.view.chart.thaw();
        document.documentElement.dataset.theme = this.themeBefore;
        this.view.chart.draw();
    }
}

function usualTheme() {
    return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

async function start() {
    document.documentElement.dataset.theme = usualTheme();
    const source = document.body.dataset.live ? serverSource : documentSource;
    const index = await source.index();
    if (index.version !== PAGE_VERSION) throw new Error(`the data is of version ${index.version}, not ${PAGE_VERSION}`);
    showHead(index);
    showNotes(index);
    showComparisons(index.comparisons);
    byId('main').hidden = !index.connections.length && index.comparisons.length > 0;
    const page = new Page(index, source);
    await page.start();
    return page;
}
