/* script.test.mjs: scales, decimation, filters and formats of the page, without a browser: node --test. */
import assert from 'node:assert/strict';
import test from 'node:test';

import { script } from './script.mjs';

const THIN = '\u202f';
const plain = (text) => text.replaceAll(THIN, ' ');
const exact = (t, values) => ({ t: Float64Array.from(t), first: Float64Array.from(values), min: Float64Array.from(values), max: Float64Array.from(values), last: Float64Array.from(values) });

test('numbers have four significant digits and a prefix, as in tables of flows', () => {
    for (const [value, text] of [[0, '0'], [37, '37'], [999, '999'], [1234, '1.234 k'], [14949999, '14.95 M'], [999999, '1 M'], [0.02, '0.02'], [564.739, '564.7'],
        [5325781, '5.326 M'], [-2500, '-2.5 k'], [3e9, '3 G'], [null, '–'], [NaN, '–'], [Infinity, '–']])
        assert.equal(plain(script.si(value)), text);
    assert.equal(plain(script.withUnit(489, 'B')), '489 B');
    assert.equal(plain(script.withUnit(5325781, 'B')), '5.326 MB');
    assert.equal(script.withUnit(null, 'B'), '–');
});

test('times, shares and states', () => {
    assert.equal(script.milliseconds(42136), '42.1');
    assert.equal(script.milliseconds(1234567), '1235');
    assert.equal(script.milliseconds(43), '0.04');
    assert.equal(script.milliseconds(null), '–');
    assert.equal(script.seconds(6167625157), '6.168');
    assert.deepEqual([0, 850, 43000, 887823000, 4776278000].map((ns) => plain(script.duration(ns))), ['0 ns', '850 ns', '43.0 µs', '887.8 ms', '4.78 s']);
    assert.equal(script.percent(0.0096566), '0.97');
    assert.equal(script.percent(0.78), '78.0');
    assert.equal(script.stateWords('TCP_FIN_WAIT1'), 'fin wait1');
    assert.equal(script.axisTime(370000, 100000), '370 ms');
    assert.equal(script.axisTime(1370000, 1000), '1.370 s');
    assert.equal(script.axisTime(125e6, 5e6), '2:05');
    assert.equal(script.exactTime(370001.7), '0.370002');
});

test('figures are shown as their column says; what is not known is a dash, never 0', () => {
    assert.equal(script.shown(undefined, 'si'), '–');
    assert.equal(script.shown(null, 'plain'), '–');
    assert.equal(script.shown(0, 'plain'), '0');
    assert.equal(script.shown(false), 'no');
    assert.equal(script.shown(42136, 'ms'), '42.1');
    assert.equal(plain(script.shown(0.25, 'percent')), '25.0 %');
    assert.equal(script.shown({ probe: 3, data: 1 }, 'text'), 'probe 3, data 1');
    assert.equal(script.shown('</script>', 'text'), '</script>');
});

test('columns are sums of differences; null is not known', () => {
    assert.deepEqual([...script.undelta([5, -2, null, 4])], [5, 3, NaN, 7]);
    const folded = script.columnOf([0, 10], { first: [1, 1], min: [0, 1], max: [9, -1], last: [2, 2] }, 0.5);
    assert.deepEqual([...folded.t], [0, 5, 10, 10]);
    assert.deepEqual([...folded.max], [0.5, 4.5, 1, 4]);
    assert.deepEqual([...folded.last], [0.5, 1, 1, 2]);
    const curves = script.curvesOf([{ end: 1, t: [0, 5], columns: { rtt: [16, 16] } }], { rtt: { per_unit: 16 } });
    assert.deepEqual([...curves[1].rtt.first], [1, 2]);
    assert.equal(script.valueAt(curves[1].rtt, 4), 1);
    assert.ok(Number.isNaN(script.valueAt(curves[1].rtt, -1)));
    const log = script.logOf({ rows: 2, of: 9, texts: ['ACK', 'SYN'], text_columns: ['flags'], columns: { t: [1000, 500], flags: [1, null] } }, false);
    assert.deepEqual([...log.t], [1, 1.5]);
    assert.deepEqual([script.logText(log, 'flags', 0), script.logText(log, 'flags', 1), script.logText(log, 'sack', 0)], ['SYN', '', '']);
    assert.ok(Number.isNaN(script.logNumber(log, 'seq', 0)));
});

/* A generator of numbers that are the same each time. */
function* numbers(seed) {
    for (let x = seed; ; yield x / 2147483647) x = x * 48271 % 2147483647;
}

test('no extreme is lost in columns of pixels, and each has its first and last value', () => {
    const random = numbers(7), t = [], values = [];
    for (let i = 0, at = 0; i < 5000; i++) {
        t.push(at += random.next().value * 20);
        values.push(random.next().value ** 8 * 1e6);
    }
    const curve = exact(t, values);
    for (const [from, until, width] of [[0, t.at(-1), 300], [10000, 20000, 1100], [5000, 5100, 640]]) {
        const columns = script.pixelColumns(curve, from, until, width);
        assert.ok(columns.length <= 5 * (width + 4));
        for (let i = 0; i < columns.length; i += 5) {
            const [x, first, min, max, last] = columns.slice(i, i + 5);
            if (x < 0 || x > width) continue;
            const of = values.filter((_, k) => Math.floor((t[k] - from) * width / (until - from)) === x);
            assert.deepEqual([first, min, max, last], [of[0], Math.min(...of), Math.max(...of), of.at(-1)]);
        }
        const seen = values.filter((_, k) => t[k] >= from && t[k] <= until);
        assert.ok(script.highest(columns) >= Math.max(...seen));
    }
    assert.deepEqual(script.pixelColumns(exact([], []), 0, 1, 10), []);
    assert.equal(script.pixelColumns(exact([5], [3]), 100, 200, 10)[1], 3, 'what held before is known');
});

test('bins sum all amounts, once', () => {
    const curve = exact([0, 999, 1000, 2500, 7000], [1, 2, 4, 8, 16]);
    assert.deepEqual(script.binSums(curve, 0, 8000, 1000), { t: [0, 1000, 2000, 3000, 4000, 5000, 6000, 7000], sums: [3, 4, 8, 0, 0, 0, 0, 16] });
    assert.deepEqual(script.binSums(curve, 1500, 2600, 1000), { t: [1000, 2000], sums: [4, 8] });
    assert.deepEqual(script.binSums(exact([], []), 0, 10, 1), { t: [], sums: [] });
    assert.equal(script.binWidth(0, 6e6, 4e4), 5e4);
    assert.equal(script.binWidth(0, 6e3, 4e4), 4e4, 'not within a round trip');
});

test('amounts of a sampled socket are means since the sample before', () => {
    const means = script.betweenSamples(exact([0, 200, 600], [7, 50, 200]), 4);
    assert.deepEqual([...means.first], [1, 2]);
    assert.equal(means.end, 600);
    assert.equal(script.valueAt(means, 300), 2);
});

test('steps are 1, 2 or 5 times a power of ten, ticks their multiples', () => {
    assert.deepEqual([1, 1.6, 3.3, 8, 120].map(script.niceStep), [1, 2, 5, 10, 100]);
    assert.deepEqual(script.ticksIn(0.05, 0.31, 0.1).map((tick) => tick.toFixed(1)), ['0.1', '0.2', '0.3']);
    assert.deepEqual(script.ticksIn(1, 5, 2), [2, 4]);
    assert.deepEqual(script.logTicks(30), [1, 3, 10, 30]);
    assert.deepEqual(script.logTicks(2000), [1, 10, 100, 1000]);
});

const ROWS = [
    { id: 1, src: '10.0.0.1:5000', dst: '[fd00::2]:443', acked_bytes: 2e6, retransmitted: 12, rtt_p50_us: 60000, limited_by: 'cwnd', waited_for: 'cwnd', tcp_state: 'TCP_CLOSE', timeouts: 0 },
    { id: 2, src: '10.0.0.1:22', dst: '10.0.0.3:6000', acked_bytes: 500, retransmitted: 0, rtt_p50_us: 4000, limited_by: 'app', owner: 'sshd' },
    { id: 3, src: '10.0.0.9:80', dst: '10.0.0.3:6001', limited_by: 'rwnd', timeouts: 2 },
];
const found = (text) => ROWS.filter(script.filterOf(text)).map((row) => row.id);

test('filters: words are and-ed, - excludes, comparisons know units, unknown is never a match', () => {
    assert.deepEqual(found(''), [1, 2, 3]);
    assert.deepEqual(found('10.0.0.3'), [2, 3]);
    assert.deepEqual(found('10.0.0.3 -:80'), [2]);
    assert.deepEqual(found('SSHD'), [2]);
    assert.deepEqual(found('resent>10'), [1]);
    assert.deepEqual(found('resent<1'), [2], 'absent is not 0');
    assert.deepEqual(found('-resent>10'), [2, 3]);
    assert.deepEqual(found('rtt>50'), [1]);
    assert.deepEqual(found('acked>=2M'), [1]);
    assert.deepEqual(found('acked<1k'), [2]);
    assert.deepEqual(found('limit=rwnd'), [3]);
    assert.deepEqual(found('state=close'), [1]);
    assert.deepEqual(found('rto>0 limit=rwnd'), [3]);
    assert.deepEqual(found('rtt_p50_us<5000'), [2]);
    assert.deepEqual(found('constructor=x'), []);
    assert.deepEqual(found('__proto__>0'), []);
    assert.deepEqual(found('-'), [], 'a - alone is a text');
});

test('sorting: what is not known comes last, both ways; equal ones by number', () => {
    const by = (key, ascending) => script.sortedBy(ROWS, (row) => row[key], ascending).map((row) => row.id);
    assert.deepEqual(by('acked_bytes', false), [1, 2, 3]);
    assert.deepEqual(by('acked_bytes', true), [2, 1, 3]);
    assert.deepEqual(by('timeouts', false), [3, 1, 2]);
    assert.deepEqual(by('src', true), [2, 1, 3]);
    assert.deepEqual(by('nothing', true), [1, 2, 3]);
});

test('the address of a view is read back as it was; nonsense is nothing', () => {
    const place = { flow: 3, end: 1, range: [370000, 667000], with: [4, 5], sort: '-rtt_p50_us', filter: 'resent>10 &x=1' };
    assert.deepEqual(script.placeOf(script.placeText(place)), place);
    assert.equal(script.placeText({ sort: '-bytes', filter: '', with: [] }), '#');
    const empty = { end: 0, filter: '', sort: '-bytes', with: [] };
    for (const text of ['', '#', '#flow=x&t=2-1', '#t=NaN-3', '#with=a,b', '#flow=-1'])
        assert.deepEqual(script.placeOf(text), empty, text);
});

test('the account is that of whoever is believed', () => {
    const accounts = [{ end: 0, origin: 'packets' }, { end: 0, origin: 'kernel' }, { end: 1, origin: 'packets' }];
    assert.equal(script.accountOf({ accounts }, 0).origin, 'kernel');
    assert.equal(script.accountOf({ accounts }, 1).origin, 'packets');
    assert.equal(script.accountOf({ accounts: [] }, 0), null);
});

/* --- what goes on ---------------------------------------------------------------------------------- */

const rowsOf = (...rows) => new Map(rows.map((row) => [row.id, script.liveRow(row)]));
const tick = (changes) => ({ new: [], changed: [], rates: [], gone: [], ...changes });

test('moments count from the first event, by the wall, or by the recording', () => {
    const timelines = [{ timeline: 0, first_ns: '3592387052036', wall_offset_ns: '1764000000123456789' }, { timeline: 1, first_ns: '-1500000000', wall_offset_ns: '0' }];
    const clock = (time, timeline = 0) => script.clockOf({ time, timelines }, timeline);
    assert.equal(script.momentText(clock(undefined), 370112), '0.370112');
    assert.equal(script.momentText(clock('recording'), 370112.5), '3592.757164');
    assert.equal(script.momentText(clock('wall'), 0), '16:59:52.510508');
    assert.equal(script.momentText(clock('wall'), 489491), '16:59:52.999999');
    assert.equal(script.momentText(clock('wall'), 489492, 3), '16:59:53.000');
    assert.equal(script.dayOf(clock('wall'), 0), '2025-11-24 ');
    assert.equal(script.dayOf(clock('recording'), 0), '');
    assert.equal(script.momentText(clock('recording', 1), 0), '-1.500000');
    assert.equal(script.momentText(clock('wall', 1), 0), '23:59:58.500000');
    assert.equal(script.dayOf(clock('wall', 1), 0), '1969-12-31 ');
});

test('an axis has its ticks where what they say is round', () => {
    const clock = script.clockOf({ time: 'wall', timelines: [{ timeline: 0, first_ns: '250000000', wall_offset_ns: '1764000000000000000' }] }, 0);
    const ticks = script.axisTicks(clock, 0, 2e6, 5e5);
    assert.deepEqual(ticks, [25e4, 75e4, 125e4, 175e4]);
    assert.deepEqual(ticks.map((t) => script.axisMoment(clock, t, 5e5)), ['16:00:00.5', '16:00:01.0', '16:00:01.5', '16:00:02.0']);
    assert.deepEqual(script.axisTicks({ time: 'relative', zero: 0n }, 1, 1e6, 5e5), [5e5, 1e6]);
});

test('a tick changes what it names, brings rows and takes them', () => {
    const rows = rowsOf({ id: 1, src: 'a', acked_bytes: 10, rtt_p50_us: 5 }, { id: 2, src: 'b' });
    script.takeTick(rows, tick({ new: [{ id: 3, src: 'c' }], changed: [[1, 1, 20, 2, null], [9, 0, 1]], gone: [2, 8] }), ['src', 'acked_bytes', 'rtt_p50_us']);
    assert.deepEqual([...rows.keys()], [1, 3]);
    assert.equal(rows.get(1).acked_bytes, 20);
    assert.ok(!('rtt_p50_us' in rows.get(1)), 'what is not known any more is no 0');
    assert.equal(rows.get(1).src, 'a');
});

test('rates are those of the last tick; who is not named was silent', () => {
    const rows = rowsOf({ id: 1 }, { id: 2 });
    script.takeTick(rows, tick({ rates: [[1, 800, null], [7, 1, 1]] }), []);
    assert.deepEqual([rows.get(1).rate_bps, rows.get(1).peer_rate_bps, rows.get(2).rate_bps], [800, null, null]);
    script.takeTick(rows, tick({ rates: [[2, 0, 160]] }), []);
    assert.deepEqual([rows.get(1).rate_bps, rows.get(2).peer_rate_bps], [null, 160]);
    assert.deepEqual(rows.get(1).rates, [800, 0]);
    for (let i = 0; i < 60; i++) script.takeTick(rows, tick({}), []);
    assert.equal(rows.get(1).rates.length, 48);
});

test('a spark has the newest at its end and the highest at 99', () => {
    assert.equal(script.sparkOf([]), null);
    assert.equal(script.sparkOf([0, 0]), null);
    const spark = script.sparkOf([100, 50, 200]);
    assert.equal(spark.length, 48);
    assert.deepEqual(spark.slice(-4), [0, 50, 25, 99]);
});

test('sums are of all rows; a connection is open until its state says otherwise', () => {
    const rows = rowsOf({ id: 1, tcp_state: 'TCP_ESTABLISHED', retransmitted: 3 }, { id: 2, tcp_state: 'TCP_CLOSE', retransmitted_segs: 4 }, { id: 3 });
    script.takeRates(rows, [[1, 100, 20], [3, 7, null]]);
    assert.deepEqual(script.sumsOf(rows), { connections: 3, open: 2, rate_bps: 127, resent: 7 });
    assert.deepEqual(['TCP_TIME_WAIT', 'TCP_FIN_WAIT1', undefined].map((tcp_state) => script.isOpen({ tcp_state })), [false, true, true]);
});

test('the end of a curve is followed, all of it while it is short', () => {
    assert.deepEqual(script.followed([5e6, 100e6], 60), [40e6, 100e6]);
    assert.deepEqual(script.followed([5e6, 30e6], 60), [5e6, 30e6]);
});

test('lines of the stream', () => {
    assert.deepEqual(script.streamLines({ rows: 0, of: 0, texts: [], text_columns: [], columns: {} }), []);
    const lines = script.streamLines({ rows: 2, of: 9, texts: ['packet', 'tcp_reset'], text_columns: ['event'],
        columns: { t: [5000, 2000], end: [0, 1], flow: [3, -1], event: [0, 1] } });
    assert.deepEqual(lines.map(({ t, end, flow }) => [t, end, flow]), [[5, 0, 3], [7, 1, 2]]);
    assert.deepEqual(lines.map(({ log, row }) => script.logText(log, 'event', row)), ['packet', 'tcp_reset']);
});
