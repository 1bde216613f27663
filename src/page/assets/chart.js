/* chart.js: panels above each other with one time axis. Each panel has a canvas of its own, over all of them
 * lies one more for the cursor and the selection: to move the cursor draws no curve again.
 *
 * A panel is { title, unit, note, height, curves, strips, marks, log, levels }: see panels.js, which makes them. */

const LEFT_PX = 56;
const TIMES_PX = 22;
const LEAST_US = 100; /* the shortest time that can be looked at */

class Chart {
    /* hooks: onRange(), onCursor(t), onPick(t) */
    constructor(host, hooks) {
        this.host = host;
        this.hooks = hooks;
        this.panels = [];
        this.bands = [];
        this.whole = [0, 1];
        this.range = [0, 1];
        this.cursor = null;
        this.selection = null;
        this.over = make('canvas', 'over');
        this.over.setAttribute('aria-hidden', 'true');
        this.drawSoon = onNextFrame(() => this.draw());
        this.cursorSoon = onNextFrame(() => this.drawCursor());
        new ChartPointer(this);
        new ResizeObserver(() => this.layout()).observe(host);
    }

    show({ panels, bands, gaps, whole, range, ticks, clock, several }) {
        this.panels = panels;
        this.several = several;
        this.bands = bands;
        this.gaps = gaps;
        this.ticks = ticks;
        this.clock = clock;
        this.whole = whole;
        this.range = range || [...whole];
        this.host.replaceChildren(...panels.map((panel) => this.makeFigure(panel)), this.over);
        this.layout();
    }

    makeFigure(panel) {
        panel.canvas = make('canvas');
        panel.canvas.setAttribute('role', 'img');
        panel.canvas.setAttribute('aria-label', `${panel.title}: ${panel.spoken || panel.note || ''}`);
        panel.noteElement = make('span', '', panel.note);
        return make('figure', '', make('figcaption', '', make('b', '', panel.title), panel.noteElement), panel.canvas);
    }

    layout() {
        const width = this.host.clientWidth;
        if (!width || !this.panels.length) return;
        this.width = width;
        this.right = width < 760 ? 100 : 132;
        this.plotWidth = Math.max(50, width - LEFT_PX - this.right);
        this.ratio = window.devicePixelRatio || 1;
        for (const panel of this.panels)
            this.resize(panel.canvas, panel.height + (panel === this.panels.at(-1) ? TIMES_PX : 6));
        this.resize(this.over, 0);
        this.resize(this.over, this.host.scrollHeight);
        this.draw();
    }

    resize(canvas, height) {
        canvas.width = Math.round(this.width * this.ratio);
        canvas.height = Math.round(height * this.ratio);
        canvas.style.width = this.width + 'px';
        canvas.style.height = height + 'px';
    }

    /* A canvas to draw on, in CSS pixels. */
    begin(canvas) {
        const to = canvas.getContext('2d');
        to.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
        to.font = '12px ' + themed('sans');
        to.textBaseline = 'middle';
        return to;
    }

    /* --- time ------------------------------------------------------------------------------------ */

    x(t) {
        return LEFT_PX + (t - this.range[0]) / (this.range[1] - this.range[0]) * this.plotWidth;
    }

    timeAt(x) {
        return this.range[0] + (x - LEFT_PX) / this.plotWidth * (this.range[1] - this.range[0]);
    }

    timeText(t, step) {
        return this.ticks ? `${si(t)} ticks` : axisMoment(this.clock, t, step);
    }

    isWhole() {
        return this.range[0] <= this.whole[0] && this.range[1] >= this.whole[1];
    }

    setRange(from, until) {
        const middle = (from + until) / 2, most = this.whole[1] - this.whole[0];
        const width = Math.min(Math.max(until - from, LEAST_US), most);
        const begin = Math.max(this.whole[0], Math.min(middle - width / 2, this.whole[1] - width));
        this.range = [begin, begin + width];
        this.hooks.onRange();
        this.drawSoon();
    }

    zoom(factor, at) {
        const [from, until] = this.range, middle = at ?? this.cursor ?? (from + until) / 2;
        this.setRange(middle - (middle - from) * factor, middle + (until - middle) * factor);
    }

    pan(share) {
        const by = (this.range[1] - this.range[0]) * share;
        this.setRange(this.range[0] + by, this.range[1] + by);
    }

    setCursor(t) {
        this.cursor = t;
        this.cursorSoon();
    }

    /* --- drawing --------------------------------------------------------------------------------- */

    draw() {
        if (!this.width) return;
        const view = { chart: this, from: this.range[0], until: this.range[1], width: this.plotWidth };
        view.step = niceStep((view.until - view.from) / Math.max(3, this.plotWidth / 90));
        view.times = axisTicks(this.clock, view.from, view.until, view.step);
        this.view = view;
        for (const panel of this.panels) drawPanel(this, panel, view, panel === this.panels.at(-1));
        this.drawOver();
    }

    drawCursor() {
        this.drawOver();
        for (const panel of this.panels) if (panel.seen) drawLabels(this, panel, this.begin(panel.canvas));
        this.hooks.onCursor(this.cursor);
    }

    drawOver() {
        const to = this.begin(this.over), height = this.host.scrollHeight;
        to.clearRect(0, 0, this.width, height);
        if (this.selection) {
            const [from, until] = this.selection;
            to.fillStyle = themed('selection');
            to.fillRect(Math.min(from, until), 0, Math.abs(until - from), height - TIMES_PX - 2);
        }
        if (this.cursor === null) return;
        const x = Math.round(this.x(this.cursor)) + 0.5;
        if (x < LEFT_PX || x > LEFT_PX + this.plotWidth) return;
        to.strokeStyle = themed('cursor');
        to.beginPath();
        to.moveTo(x, 16);
        to.lineTo(x, height - TIMES_PX);
        to.stroke();
        this.drawCursorTime(to, x, height);
    }

    drawCursorTime(to, x, height) {
        to.font = '600 11px ' + themed('sans');
        const text = this.timeText(this.cursor, (this.range[1] - this.range[0]) / 1000);
        const width = to.measureText(text).width + 10, left = Math.min(Math.max(0, x - width / 2), this.width - width);
        to.fillStyle = themed('ink');
        to.fillRect(left, height - TIMES_PX + 1, width, 17);
        to.fillStyle = themed('page');
        to.textAlign = 'left';
        to.fillText(text, left + 5, height - TIMES_PX + 10);
    }

    /* What the curves are at the cursor, in words. */
    readout() {
        if (this.cursor === null) return '';
        const values = this.panels.flatMap((panel) => (panel.seen || []).filter((curve) => curve.name && curve.style !== 'bars')
            .map((curve) => `${curve.name} ${labelValue(this, panel, curve)}`));
        return `${this.timeText(this.cursor, 10)}: ${values.join(', ')}`;
    }

    /* For print: pictures in place of the canvases, and back. */
    freeze() {
        for (const panel of this.panels) {
            const image = make('img', 'printed');
            image.src = panel.canvas.toDataURL();
            image.alt = panel.canvas.getAttribute('aria-label');
            panel.canvas.after(image);
        }
    }

    thaw() {
        this.host.querySelectorAll('.printed').forEach((image) => image.remove());
    }
}
