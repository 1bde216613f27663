/* sequence.js: the time-sequence graph, in tcptrace's signs: data sent as bars, what was sent again in red with an
 * R, the cumulative ACK, the edge of the receiver's window above it, SACKed blocks. Curves come from series, and
 * are there for the whole connection; signs come from the packets that the file has, where they can be told apart. */

const SIGNS_MOST = 6000; /* packets in view that are drawn one by one */

/* Rows of the log in view. */
function rowsIn(log, view) {
    const from = Math.max(0, lowerBound(log.t, view.from) - 1);
    let until = from;
    while (until < log.rows && log.t[until] <= view.until) until++;
    return [from, until];
}

/* The numbers that are seen: of data and ACKs, not of a window far above them. */
function sequenceLimits(own, view) {
    let low = Infinity, high = -Infinity;
    for (const series of [own.wire_seq, own.wire_una]) {
        if (!series) continue;
        const first = valueAt(series, view.from);
        if (!Number.isNaN(first)) [low, high] = [Math.min(low, first), Math.max(high, first)];
        for (let i = lowerBound(series.t, view.from); i < series.t.length && series.t[i] <= view.until; i++) {
            low = Math.min(low, series.min[i]);
            high = Math.max(high, series.max[i]);
        }
    }
    if (!(high > low)) [low, high] = [isFinite(low) ? low : 0, (isFinite(low) ? low : 0) + 1];
    return [low - (high - low) * 0.05, high + (high - low) * 0.1];
}

function paintSegments(chart, panel, log, end, view, to) {
    const [from, until] = rowsIn(log, view), again = [];
    to.strokeStyle = themed('segment');
    to.lineWidth = 1.2;
    to.beginPath();
    for (let i = from; i < until; i++) {
        const length = logNumber(log, 'payload_bytes', i), seq = logNumber(log, 'seq', i);
        if (logNumber(log, 'end', i) !== end || !(length > 0) || Number.isNaN(seq)) continue;
        const x = chart.x(log.t[i]), bottom = panel.y(seq), top = Math.min(panel.y(seq + length), bottom - 1.5);
        if (/retransmission|repair/.test(logText(log, 'findings', i))) {
            again.push([x, bottom, top]);
            continue;
        }
        to.moveTo(x, bottom);
        to.lineTo(x, top);
        if (bottom - top > 5) for (const y of [bottom, top]) {
            to.moveTo(x - 2, y);
            to.lineTo(x + 2, y);
        }
    }
    to.stroke();
    return again;
}

/* Of each ACK the SACK block that grew. */
function paintSacks(chart, panel, log, end, view, to) {
    const [from, until] = rowsIn(log, view), known = new Map();
    to.strokeStyle = themed('sack');
    to.lineWidth = 1.2;
    to.beginPath();
    for (let i = from; i < until; i++) {
        if (logNumber(log, 'end', i) === end) continue;
        const block = /^(-?\d+)-(-?\d+)/.exec(logText(log, 'sack', i));
        if (!block) continue;
        const [left, right] = [Number(block[1]), Number(block[2])], begin = known.get(left) ?? left;
        known.set(left, Math.max(begin, right));
        if (right <= begin) continue;
        const x = chart.x(log.t[i]), bottom = panel.y(begin);
        to.moveTo(x, bottom);
        to.lineTo(x, Math.min(panel.y(right), bottom - 1.5));
    }
    to.stroke();
}

/* Red bars, and an R above them where there is room for it. */
function paintAgain(bars, to) {
    let last = -99;
    to.strokeStyle = to.fillStyle = themed('fast');
    to.lineWidth = 2;
    to.textAlign = 'center';
    to.font = '700 11px ' + themed('sans');
    for (const [x, bottom, top] of bars) {
        to.beginPath();
        to.moveTo(x, bottom);
        to.lineTo(x, top);
        to.stroke();
        if (x - last < 9) continue;
        to.fillText('R', x, top - 8);
        last = x;
    }
}

/* What was sent again, where single packets are not drawn. */
function againFromMarks(chart, panel, scene, view) {
    return scene.detail.marks.filter((mark) => mark.end === scene.end && (mark.what === 'retransmit' || mark.what === 'repair')
        && mark.t >= view.from && mark.t <= view.until)
        .map((mark) => [chart.x(mark.t), panel.y(mark.begin), Math.min(panel.y(mark.until), panel.y(mark.begin) - 1.5)]);
}

function sequencePanel(scene) {
    const own = scene.detail.curves[scene.end], log = scene.detail.log;
    if (!own.wire_seq || own.wire_seq.t.length < 2) return null;
    const shownOf = log && log.rows < log.of ? `; single packets where the file has them: ${log.rows} of ${log.of} rows` : '';
    const seesSigns = (view) => {
        if (!log) return false;
        const [from, until] = rowsIn(log, view);
        return until - from <= SIGNS_MOST;
    };
    return {
        title: 'Sequence number',
        unit: 'B',
        note: 'since the start: data, R sent again, ACK, SACK' + shownOf,
        height: 190,
        spoken: 'time-sequence graph',
        valueText: (value) => withUnit(value, 'B'),
        limits: (view) => sequenceLimits(own, view),
        curves: () => compact([
            curve(own.wire_edge, { name: 'window', ink: 'window', style: 'step', width: 1, aside: true }),
            curve(own.wire_seq, { name: 'sent', ink: 'segment', style: 'step', width: 0.8 }),
            curve(own.wire_una, { name: 'ACK', ink: 'ack', style: 'step', width: 1.2 }),
        ]),
        paint: (chart, panel, view, to) => {
            if (!seesSigns(view)) {
                paintAgain(againFromMarks(chart, panel, scene, view), to);
                return;
            }
            paintSacks(chart, panel, log, scene.end, view, to);
            paintAgain(paintSegments(chart, panel, log, scene.end, view, to), to);
        },
    };
}
