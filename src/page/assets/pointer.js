/* pointer.js: what a mouse or a finger does to the panels: drag zooms, Shift-drag pans, Ctrl-wheel zooms at the
 * pointer (a bare wheel scrolls the page), a double click shows the whole, a click picks the packet there. */

const DRAG_PX = 4;

class ChartPointer {
    constructor(chart) {
        this.chart = chart;
        this.begin = null; /* where the button went down */
        const on = (name, action, options) => chart.host.addEventListener(name, action, options);
        on('pointermove', (event) => this.move(event));
        on('pointerdown', (event) => this.down(event));
        on('pointerup', (event) => this.up(event));
        on('pointercancel', () => this.cancel());
        on('pointerleave', () => { if (this.begin === null) chart.setCursor(null); });
        on('dblclick', () => chart.setRange(...chart.whole));
        on('wheel', (event) => this.wheel(event), { passive: false });
    }

    x(event) {
        return event.clientX - this.chart.host.getBoundingClientRect().left;
    }

    inside(x) {
        return x >= LEFT_PX && x <= LEFT_PX + this.chart.plotWidth;
    }

    clamped(x) {
        return Math.max(LEFT_PX, Math.min(x, LEFT_PX + this.chart.plotWidth));
    }

    move(event) {
        const x = this.x(event), chart = this.chart;
        if (this.begin === null) {
            chart.setCursor(this.inside(x) ? chart.timeAt(x) : null);
        } else if (this.pans) {
            const by = (this.begin - x) / chart.plotWidth * (this.base[1] - this.base[0]);
            chart.setRange(this.base[0] + by, this.base[1] + by);
        } else {
            chart.selection = [this.begin, this.clamped(x)];
            chart.drawOver();
        }
    }

    down(event) {
        const x = this.x(event);
        if (event.button || !this.inside(x)) return;
        this.begin = x;
        this.pans = event.shiftKey;
        this.base = [...this.chart.range];
        try {
            this.chart.host.setPointerCapture(event.pointerId);
        } catch (_) {
            /* a pointer that is gone already */
        }
    }

    up(event) {
        const chart = this.chart, x = this.clamped(this.x(event)), begin = this.begin;
        if (begin === null) return;
        this.cancel();
        if (this.pans) return;
        if (Math.abs(x - begin) > DRAG_PX) chart.setRange(chart.timeAt(Math.min(x, begin)), chart.timeAt(Math.max(x, begin)));
        else chart.hooks.onPick(chart.timeAt(x));
    }

    cancel() {
        this.begin = null;
        this.chart.selection = null;
        this.chart.drawOver();
    }

    wheel(event) {
        if (!event.ctrlKey && !event.metaKey && !event.altKey) return;
        event.preventDefault();
        this.chart.zoom(Math.pow(1.0016, event.deltaY), this.chart.timeAt(this.x(event)));
    }
}
