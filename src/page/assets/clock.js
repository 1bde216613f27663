/* clock.js: how moments are shown: since the first event of their timeline, by the wall's clock in UTC, or by the
 * recording's own. Moments of the data are microseconds since that first event. */

/* The clock of a timeline: `time` is relative, wall or recording; `zero` its first event in nanoseconds, a BigInt. */
function clockOf(index, timeline) {
    const known = index.timelines.find((one) => one.timeline === timeline), time = index.time || 'relative';
    if (!known || time === 'relative') return { time: 'relative', zero: 0n };
    const first = BigInt(known.first_ns);
    return { time, zero: time === 'wall' ? first + BigInt(known.wall_offset_ns) : first };
}

/* Nanoseconds as seconds with so many decimals, cut: as the program writes them. */
function fixedSeconds(ns, decimals) {
    const [sign, size] = ns < 0n ? ['-', -ns] : ['', ns], whole = size / 1000000000n;
    const fraction = String(size % 1000000000n).padStart(9, '0').slice(0, decimals);
    return sign + whole + (decimals ? '.' + fraction : '');
}

function timeOfDay(ns, decimals) {
    const text = new Date(Number((ns - (ns % 1000000n + 1000000n) % 1000000n) / 1000000n)).toISOString();
    const fraction = String((ns % 1000000000n + 1000000000n) % 1000000000n).padStart(9, '0').slice(0, decimals);
    return text.slice(11, 19) + (decimals ? '.' + fraction : '');
}

function momentNs(clock, us) {
    return clock.zero + BigInt(Math.round(us * 1e3));
}

/* A moment with so many decimals of a second: 0.370112, 16:29:50.371, 3592.387052. */
function momentText(clock, us, decimals = 6) {
    if (clock.time === 'relative') return (us / 1e6).toFixed(decimals);
    return (clock.time === 'wall' ? timeOfDay : fixedSeconds)(momentNs(clock, us), decimals);
}

/* The day, of the wall's clock; nothing of others. */
function dayOf(clock, us) {
    return clock.time === 'wall' ? new Date(Number(momentNs(clock, us) / 1000000n)).toISOString().slice(0, 10) + ' ' : '';
}

/* On an axis with ticks of this step, in microseconds. */
function axisMoment(clock, us, step) {
    if (clock.time === 'relative') return axisTime(us, step);
    const decimals = [[1e6, 0], [1e5, 1], [1e4, 2], [1e3, 3]].find(([least]) => step >= least);
    return momentText(clock, us, decimals ? decimals[1] : 6) + (clock.time === 'recording' ? ' s' : '');
}

/* Where the ticks of an axis are, so that what they say is round. */
function axisTicks(clock, from, until, step) {
    const shift = Number(clock.zero % 3600000000000n) / 1e3;
    return ticksIn(from + shift, until + shift, step).map((at) => at - shift);
}
