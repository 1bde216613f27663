/* draw.js: one panel on its canvas: bands, grid, curves, strips, axes, and the labels right of it, which say
 * the value at the cursor, or else the last one. No box hides the data, and no legend is apart from it. */

const LOG_LEAST = 0.7; /* lower end of a logarithmic axis: a count of 1 has a height */
const LABEL_PX = 29;

function drawPanel(chart, panel, view, last) {
    const to = chart.begin(panel.canvas);
    to.clearRect(0, 0, chart.width, panel.height + TIMES_PX + 8);
    panel.seen = panel.curves ? panel.curves(view) : [];
    for (const curve of panel.seen) curve.columns = columnsSeen(curve, view);
    setScale(panel, view);
    to.save();
    to.beginPath();
    to.rect(LEFT_PX, 0, view.width, panel.height);
    to.clip();
    drawBands(chart, panel, to);
    drawGrid(chart, panel, view, to);
    if (panel.strips) drawStrips(chart, panel, view, to);
    for (const curve of panel.seen) drawCurve(chart, panel, curve, view, to);
    if (panel.paint) panel.paint(chart, panel, view, to);
    to.restore();
    drawAxes(chart, panel, view, to, last);
    drawLabels(chart, panel, to);
}

/* --- scale ----------------------------------------------------------------------------------------- */

const POINTS = new Set(['bars', 'dots']); /* styles that are no line */

function columnsSeen(curve, view) {
    return POINTS.has(curve.style) || curve.style === 'level' ? null : pixelColumns(curve, view.from, view.until, view.width);
}

function highestOf(curve, view) {
    if (curve.aside) return 0; /* it may leave the panel */
    if (curve.style === 'level') return curve.value;
    if (curve.columns) return highest(curve.columns);
    let high = 0;
    for (let i = lowerBound(curve.t, view.from); i < curve.t.length && curve.t[i] <= view.until; i++)
        if (curve.last[i] > high) high = curve.last[i];
    return high;
}

const logOfCount = (value) => Math.log10(Math.max(value, LOG_LEAST));

/* panel.y(value) in pixels, and its ticks. */
function setScale(panel, view) {
    const high = panel.seen.reduce((most, curve) => Math.max(most, highestOf(curve, view)), 0);
    const height = panel.height;
    if (panel.strips) {
        panel.ticks = [];
        return;
    }
    if (panel.log) {
        const top = logOfCount(Math.max(high * 1.5, 7)), bottom = logOfCount(0);
        panel.y = (value) => height - (logOfCount(value) - bottom) / (top - bottom) * (height - 4);
        panel.ticks = logTicks(Math.pow(10, top));
        panel.unitText = panel.unit;
        panel.tickText = String;
        return;
    }
    const [low, up] = panel.limits ? panel.limits(view) : [0, (high || 1) * 1.06];
    panel.y = (value) => height - (value - low) / (up - low) * (height - 4);
    panel.step = niceStep((up - low) / Math.max(2, height / 30));
    panel.ticks = ticksIn(low, up, panel.step);
    const [letter, factor] = panel.plain ? ['', panel.plain] : prefixFor(Math.max(Math.abs(low), up) / 2);
    const decimals = Math.max(0, -Math.floor(Math.log10(panel.step / factor) + 1e-9));
    panel.unitText = letter + panel.unit;
    panel.tickText = (value) => (value / factor).toFixed(decimals);
}

/* --- parts ----------------------------------------------------------------------------------------- */

function drawBands(chart, panel, to) {
    for (const band of chart.bands) {
        const left = chart.x(band.begin), right = Math.max(chart.x(band.end), left + 2);
        to.fillStyle = themed(band.ink);
        to.fillRect(left, 0, right - left, panel.height);
    }
    const gaps = chart.gaps;
    for (let i = 0; gaps && i < gaps.begin.length; i++) {
        const left = chart.x(gaps.begin[i]), right = Math.max(chart.x(gaps.end[i]), left + 2);
        to.fillStyle = themed('gap');
        to.fillRect(left, 0, right - left, panel.height);
        hatch(to, left, 0, right - left, panel.height, themed('axis'));
    }
}

function drawGrid(chart, panel, view, to) {
    to.strokeStyle = themed('grid');
    to.lineWidth = 1;
    to.beginPath();
    for (const t of view.times) {
        const x = Math.floor(chart.x(t)) + 0.5;
        to.moveTo(x, 0);
        to.lineTo(x, panel.height);
    }
    for (const value of panel.ticks) {
        const y = Math.floor(panel.y(value)) + 0.5;
        to.moveTo(LEFT_PX, y);
        to.lineTo(LEFT_PX + view.width, y);
    }
    to.stroke();
}

function drawAxes(chart, panel, view, to, last) {
    const note = typeof panel.note === 'function' ? panel.note(view) : panel.note;
    panel.noteElement.textContent = [panel.unitText, note].filter(Boolean).join(', ');
    to.strokeStyle = themed('axis');
    to.beginPath();
    to.moveTo(LEFT_PX, panel.height + 0.5);
    to.lineTo(LEFT_PX + view.width, panel.height + 0.5);
    to.stroke();
    to.fillStyle = themed('ink-faint');
    to.textAlign = 'right';
    for (const value of panel.ticks) {
        const y = panel.y(value);
        if (y > 3) to.fillText(panel.tickText(value), LEFT_PX - 8, Math.min(y, panel.height - 4));
    }
    to.textAlign = 'center';
    if (last) for (const t of view.times) to.fillText(chart.timeText(t, view.step), chart.x(t), panel.height + 14);
}

/* --- curves ---------------------------------------------------------------------------------------- */

function drawCurve(chart, panel, curve, view, to) {
    to.strokeStyle = to.fillStyle = themed(curve.ink);
    to.lineWidth = curve.width || 1.5;
    to.lineJoin = 'round';
    to.setLineDash(curve.dash || []);
    if (curve.style === 'level') drawLevel(panel, curve, view, to);
    else if (curve.style === 'dots') drawDots(chart, panel, curve, view, to);
    else if (curve.style === 'bars') drawBars(chart, panel, curve, view, to);
    else drawLine(chart, panel, curve, view, to);
    to.setLineDash([]);
}

function drawLevel(panel, curve, view, to) {
    const y = Math.round(panel.y(curve.value)) + 0.5;
    to.beginPath();
    to.moveTo(LEFT_PX, y);
    to.lineTo(LEFT_PX + view.width, y);
    to.stroke();
}

/* A dot a pixel, however many measurements lie there. */
function drawDots(chart, panel, curve, view, to) {
    const taken = new Set();
    to.globalAlpha = 0.35;
    for (let i = lowerBound(curve.t, view.from); i < curve.t.length && curve.t[i] <= view.until; i++)
        for (const value of curve.min[i] === curve.max[i] ? [curve.first[i]] : [curve.min[i], curve.max[i]]) {
            const x = Math.round(chart.x(curve.t[i])), y = Math.round(panel.y(value)), place = x * 4096 + y;
            if (taken.has(place)) continue;
            taken.add(place);
            to.fillRect(x - 1, y - 1, 2, 2);
        }
    to.globalAlpha = 1;
}

/* Counts in bins, on those of the curve below. */
function drawBars(chart, panel, curve, view, to) {
    const width = Math.max(2, curve.bin / (view.until - view.from) * view.width - 1);
    for (let i = 0; i < curve.t.length; i++) {
        if (!curve.counts[i]) continue;
        const bottom = curve.below && curve.below[i] ? panel.y(curve.below[i]) : panel.height;
        const top = Math.min(panel.y(curve.last[i]), bottom - 2);
        to.fillRect(chart.x(curve.t[i]), top, width, bottom - top);
    }
}

/* Traces the curve, in pieces where it is not known meanwhile; with `down` each piece begins and ends on the
 * axis: an area. */
function trace(chart, panel, curve, view, to, down) {
    const columns = curve.columns, steps = curve.style !== 'line', bottom = panel.height;
    let before = null, x = LEFT_PX;
    const end = (at) => {
        if (steps) to.lineTo(at, panel.y(before));
        if (down) to.lineTo(steps ? at : x, bottom);
        before = null;
    };
    to.beginPath();
    for (let i = 0; i < columns.length; i += 5) {
        const [at, first, min, max, last] = columns.slice(i, i + 5), next = LEFT_PX + at + 0.5;
        if (Number.isNaN(first)) {
            if (before !== null) end(next);
            continue;
        }
        if (before === null) {
            if (down) to.moveTo(next, bottom);
            to[down ? 'lineTo' : 'moveTo'](next, panel.y(first));
        } else if (steps) {
            to.lineTo(next, panel.y(before));
        }
        x = next;
        to.lineTo(x, panel.y(first));
        if (min !== max) {
            to.lineTo(x, panel.y(min));
            to.lineTo(x, panel.y(max));
            to.lineTo(x, panel.y(last));
        }
        before = last;
    }
    if (before !== null) end(chart.x(Math.min(view.until, curve.end ?? view.until)));
}

function drawLine(chart, panel, curve, view, to) {
    if (curve.area) {
        trace(chart, panel, curve, view, to, true);
        to.globalAlpha = curve.area;
        to.fill();
        to.globalAlpha = 1;
    }
    if (curve.style === 'area') return;
    trace(chart, panel, curve, view, to, false);
    to.stroke();
}

/* --- strips ---------------------------------------------------------------------------------------- */

function hatch(to, x, y, width, height, colour) {
    to.save();
    to.beginPath();
    to.rect(x, y, width, height);
    to.clip();
    to.strokeStyle = colour;
    to.lineWidth = 1;
    to.beginPath();
    for (let at = x - height; at < x + width; at += 6) {
        to.moveTo(at, y + height);
        to.lineTo(at + height, y);
    }
    to.stroke();
    to.restore();
}

/* Rows of spans: what held the longest in a pixel has it. */
function drawStrips(chart, panel, view, to) {
    panel.strips.forEach((strip, row) => {
        const top = 3 + row * 21, height = 17;
        let i = Math.max(0, lowerBound(strip.begin, view.from) - 1);
        for (; i < strip.begin.length && strip.begin[i] <= view.until; i++) {
            const left = Math.max(chart.x(strip.begin[i]), LEFT_PX), right = Math.min(chart.x(strip.end[i]), LEFT_PX + view.width);
            if (right - left < 0.3) continue;
            const name = strip.names[strip.value[i]];
            to.fillStyle = themed(waitInk(name));
            to.fillRect(left, top, Math.max(1, right - left), height);
            if (waitIsHatched(name)) hatch(to, left, top, right - left, height, 'rgba(255,255,255,.45)');
            drawStripWord(to, waitName(name), left, right, top + height / 2 + 0.5);
        }
    });
}

function drawStripWord(to, word, left, right, middle) {
    to.font = '600 11px ' + themed('sans');
    if (right - left < to.measureText(word).width + 8) return;
    to.fillStyle = '#fff';
    to.textAlign = 'center';
    to.fillText(word, (left + right) / 2, middle);
}

/* --- labels ---------------------------------------------------------------------------------------- */

function labelValue(chart, panel, curve) {
    const at = chart.cursor ?? chart.range[1];
    if (curve.text) return curve.text(at);
    const value = curve.style === 'level' ? curve.value : valueAt(curve, at);
    return Number.isNaN(value) ? ABSENT : panel.valueText(value);
}

/* Labels beside the ends of the curves, apart from each other. */
function placeLabels(chart, panel) {
    const bottom = panel.height - 12, labels = [];
    for (const curve of panel.seen) {
        if (!curve.name) continue;
        const value = curve.style === 'level' ? curve.value : curve.style === 'bars' ? NaN : valueAt(curve, chart.cursor ?? chart.range[1]);
        const at = Number.isNaN(value) ? null : panel.y(value);
        labels.push({ curve, at, y: at === null ? 13 : Math.max(13, Math.min(panel.height - 8, at)) });
    }
    labels.sort((one, other) => one.y - other.y);
    for (let i = 1; i < labels.length; i++) labels[i].y = Math.max(labels[i].y, labels[i - 1].y + LABEL_PX);
    let lowest = bottom;
    for (let i = labels.length - 1; i >= 0; i--) {
        labels[i].y = Math.min(labels[i].y, lowest);
        lowest = labels[i].y - LABEL_PX;
    }
    return labels;
}

function drawLabels(chart, panel, to) {
    const edge = LEFT_PX + chart.plotWidth, left = edge + 12;
    to.clearRect(edge + 1, -4, chart.right, panel.height + 5);
    to.textAlign = 'left';
    if (panel.strips) {
        drawStripLabels(chart, panel, to, left);
        return;
    }
    for (const { curve, at, y } of placeLabels(chart, panel)) {
        to.fillStyle = themed(curve.textInk || curve.ink);
        to.font = '600 12px ' + themed('sans');
        to.fillText(curve.name, left, y - 6, chart.right - 14);
        to.fillStyle = themed('ink-faint');
        to.font = '12px ' + themed('sans');
        to.fillText(labelValue(chart, panel, curve), left, y + 8, chart.right - 14);
        if (at === null || at < 0 || at > panel.height) continue;
        to.strokeStyle = themed(curve.ink);
        to.lineWidth = 1;
        to.beginPath();
        to.moveTo(edge + 2, at);
        to.lineTo(left - 3, y - 6);
        to.stroke();
    }
}

/* Of a strip: at the cursor what held, else whose it is. */
function drawStripLabels(chart, panel, to, left) {
    to.font = '12px ' + themed('sans');
    to.fillStyle = themed('ink-faint');
    panel.strips.forEach((strip, row) => {
        const i = chart.cursor === null ? -1 : lowerBound(strip.begin, chart.cursor + 1e-6) - 1;
        const held = i >= 0 && strip.end[i] >= chart.cursor;
        to.fillText(held ? waitName(strip.names[strip.value[i]]) : strip.label, left, 3 + row * 21 + 9, chart.right - 14);
    });
}
