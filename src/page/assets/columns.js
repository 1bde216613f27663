/* columns.js: columns of the data as arrays, and what is drawn of them. A curve of a state has the first,
 * least, largest and last value of each of its bins, which are the same arrays while it is exact; a curve of
 * amounts has their sums. */

/* Differences as numbers; null stays NaN. */
function undelta(deltas) {
    const values = new Float64Array(deltas.length);
    let last = 0;
    for (let i = 0; i < deltas.length; i++) values[i] = deltas[i] === null ? NaN : last += deltas[i];
    return values;
}

function scaled(values, factor) {
    return factor === 1 ? values : values.map((value) => value * factor);
}

/* A column of a group: an array of differences, or one for each of first, min, max, last of bins. A bin is drawn
 * as two points, its first value where it begins and its extremes and last one half-way to the next bin: when in it
 * they were is not known. */
function columnOf(t, column, factor) {
    if (Array.isArray(column)) {
        const values = scaled(undelta(column), factor);
        return { t, first: values, min: values, max: values, last: values };
    }
    const parts = {};
    for (const part of ['first', 'min', 'max', 'last']) parts[part] = scaled(undelta(column[part]), factor);
    const halves = (begin, middle) => Float64Array.from({ length: 2 * t.length }, (_, i) => i % 2 ? middle((i - 1) / 2) : begin(i / 2));
    const half = (part) => halves((i) => parts.first[i], (i) => parts[part][i]);
    return {
        t: halves((i) => t[i], (i) => i + 1 < t.length ? (t[i] + t[i + 1]) / 2 : t[i]),
        first: half('first'), min: half('min'), max: half('max'), last: half('last'),
    };
}

/* The same in another unit. */
function inUnit(curve, factor) {
    if (!curve || factor === 1) return curve;
    const first = scaled(curve.first, factor);
    if (curve.min === curve.first) return { t: curve.t, first, min: first, max: first, last: first };
    return { t: curve.t, first, min: scaled(curve.min, factor), max: scaled(curve.max, factor), last: scaled(curve.last, factor) };
}

/* Index of the first element that is not below x. */
function lowerBound(sorted, x) {
    let low = 0, high = sorted.length;
    while (low < high) {
        const middle = low + high >> 1;
        if (sorted[middle] < x) low = middle + 1;
        else high = middle;
    }
    return low;
}

/* The last value at or before t; NaN where there is none. */
function valueAt(curve, t) {
    const i = lowerBound(curve.t, t + 1e-6) - 1;
    return i < 0 ? NaN : curve.last[i];
}

/* M4 (Jugel et al. 2014): for each column of pixels the first, least, largest and last value, so that no
 * extreme is lost and the cost is columns, not points. A flat array of x, first, min, max, last; the value
 * that holds at the left edge comes first, left of it. NaN lifts the pen. */
function pixelColumns(curve, from, until, width) {
    const out = [];
    const scale = width / (until - from);
    let at = null, first, min, max, last;
    const flush = () => { if (at !== null) out.push(Math.min(at, width + 2), first, min, max, last); };
    for (let i = Math.max(0, lowerBound(curve.t, from) - 1); i < curve.t.length; i++) {
        const x = Math.max(-2, Math.floor((curve.t[i] - from) * scale));
        if (x !== at) {
            flush();
            at = x;
            [first, min, max, last] = [curve.first[i], curve.min[i], curve.max[i], curve.last[i]];
            if (x > width) break;
        } else {
            if (!(curve.min[i] >= min)) min = curve.min[i];
            if (!(curve.max[i] <= max)) max = curve.max[i];
            last = curve.last[i];
        }
    }
    flush();
    return out;
}

/* The largest value that is seen; 0 where nothing is. */
function highest(columns) {
    let high = 0;
    for (let i = 0; i < columns.length; i += 5) if (columns[i] >= -2 && columns[i + 3] > high) high = columns[i + 3];
    return high;
}

/* Sums of amounts in bins of this width, which begin at its multiples. */
function binSums(curve, from, until, width) {
    const t = [], sums = [];
    if (!curve.t.length) return { t, sums };
    let k = Math.floor(from / width), i = lowerBound(curve.t, k * width);
    for (const end = Math.min(until, curve.t[curve.t.length - 1] + 1); k * width < end; k++) {
        let sum = 0;
        for (; i < curve.t.length && curve.t[i] < (k + 1) * width; i++) sum += curve.first[i] || 0;
        t.push(k * width);
        sums.push(sum);
    }
    return { t, sums };
}

/* Of a sampled socket each amount is of the time since the sample before: its mean over that, times a factor, and
 * no burst at its end. */
function betweenSamples(curve, factor) {
    const t = curve.t.slice(0, -1), means = t.map((at, i) => curve.first[i + 1] * factor / (curve.t[i + 1] - at));
    return { t, first: means, min: means, max: means, last: means, end: curve.t[t.length] };
}

/* --- scales ---------------------------------------------------------------------------------------- */

/* 1, 2 or 5 times a power of ten, the nearest. */
function niceStep(x) {
    const power = Math.pow(10, Math.floor(Math.log10(x))), lead = x / power;
    return (lead < 1.5 ? 1 : lead < 3.2 ? 2 : lead < 7.1 ? 5 : 10) * power;
}

/* Multiples of the step in [low, high]. */
function ticksIn(low, high, step) {
    const ticks = [];
    for (let k = Math.ceil(low / step - 1e-9); k * step <= high * (1 + 1e-12); k++) ticks.push(k * step);
    return ticks;
}

/* 1, 10, 100 ..., and between them 3, 30 where there are few. */
function logTicks(high) {
    const ticks = [];
    for (let power = 1; power <= high; power *= 10)
        for (const lead of high < 40 ? [1, 3] : [1]) if (lead * power <= high) ticks.push(lead * power);
    return ticks;
}

/* Bins that are seen, about 120 of them; not narrower than `least`: within a round trip there are bursts. */
function binWidth(from, until, least) {
    return Math.max(niceStep((until - from) / 120), least);
}
