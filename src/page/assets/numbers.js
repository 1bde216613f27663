/* numbers.js: numbers as people read them. The formats are those of the program's tables: four significant
 * digits and a prefix, seconds with three decimals. What is not known is a dash. */

const ABSENT = '–';
const THIN = '\u202f';

const PREFIXES = [['G', 1e9], ['M', 1e6], ['k', 1e3], ['', 1]];

/* The prefix for numbers up to this one: its letter, and what it stands for. */
function prefixFor(largest) {
    return PREFIXES.find(([, factor]) => Math.abs(largest) >= factor) || PREFIXES[3];
}

/* Four significant digits: 14.95, 0.02, 37. */
function significant(value) {
    if (Number.isInteger(value) && Math.abs(value) < 1000) return String(value);
    return String(Number(value.toPrecision(4)));
}

function si(value) {
    if (value == null || !isFinite(value)) return ABSENT;
    const rounded = Number(value.toPrecision(4));
    const [letter, factor] = prefixFor(rounded);
    return letter ? significant(rounded / factor) + THIN + letter : significant(value);
}

function withUnit(value, unit) {
    const text = si(value);
    if (text === ABSENT) return text;
    return /[kMG]$/.test(text) ? text + unit : text + THIN + unit;
}

/* Microseconds, as milliseconds without the unit. */
function milliseconds(us) {
    if (us == null) return ABSENT;
    const ms = us / 1e3;
    return ms >= 100 ? ms.toFixed(0) : ms >= 10 ? ms.toFixed(1) : ms.toFixed(2);
}

/* Nanoseconds, as seconds without the unit. */
function seconds(ns) {
    return ns == null ? ABSENT : (ns / 1e9).toFixed(3);
}

/* How long it took, as one says it. */
function duration(ns) {
    if (ns == null) return ABSENT;
    if (ns < 1e3) return ns + THIN + 'ns';
    if (ns < 1e6) return (ns / 1e3).toFixed(1) + THIN + 'µs';
    if (ns < 1e9) return (ns / 1e6).toFixed(ns < 1e8 ? 2 : 1) + THIN + 'ms';
    return (ns / 1e9).toFixed(2) + THIN + 's';
}

/* A share from 0 to 1, in percent without the sign. */
function percent(share) {
    if (share == null) return ABSENT;
    return (share * 100).toFixed(share && share < 0.1 ? 2 : 1);
}

/* A figure as its column is to be shown; `show` is the column's word in the data. */
function shown(value, show) {
    if (value == null) return ABSENT;
    if (typeof value === 'boolean') return value ? 'yes' : 'no';
    if (typeof value === 'object') return Object.entries(value).map(([name, n]) => name + ' ' + n).join(', ') || ABSENT;
    if (typeof value === 'string') return value;
    switch (show) {
    case 'si': return si(value);
    case 'seconds': return seconds(value);
    case 'ms': return milliseconds(value);
    case 'percent': return percent(value) + THIN + '%';
    default: return Number.isInteger(value) ? String(value) : significant(value);
    }
}

/* What stands behind it. */
function shownUnit(show, unit) {
    if (show === 'ms') return 'ms';
    if (show === 'seconds') return 's';
    return show === 'percent' ? '' : unit || '';
}

/* A time on an axis with ticks of this step, both in microseconds. */
function axisTime(us, step) {
    if (step < 1e3) return (us / 1e3).toFixed(step < 10 ? 3 : step < 100 ? 2 : 1) + ' ms';
    if (step < 1e6 && Math.abs(us) < 1e6) return (us / 1e3).toFixed(0) + ' ms';
    if (step >= 1e6 && us >= 120e6) {
        const s = Math.round(us / 1e6);
        return Math.floor(s / 60) + ':' + String(s % 60).padStart(2, '0');
    }
    return (us / 1e6).toFixed(step < 1e4 ? 3 : step < 1e5 ? 2 : step < 1e6 ? 1 : 0) + ' s';
}

/* An exact time, of the log. */
function exactTime(us) {
    return (us / 1e6).toFixed(6);
}

/* A state of the kernel without its prefix: "fin wait1". */
function stateWords(state) {
    return (state || '').replace(/^TCP_/, '').replace(/_/g, ' ').toLowerCase();
}
