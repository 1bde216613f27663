/* panels.js: which panels a connection has, each with its curves. `scene` says of what:
 * { detail, row, end }: the end whose sending is looked at is 0, the bulk sender, or 1, its peer.
 *
 * Numbers beside curves are figures of the data; curves are series of it. What is worked out here is where a
 * point lies, and sums of amounts in the bins that are seen. */

/* A figure of that end. */
function figureOf(scene, name) {
    return scene.detail.figures[(scene.end ? 'peer_' : '') + name];
}

function compact(list) {
    return list.filter(Boolean);
}

function curve(source, look) {
    return source && source.t.length ? { ...source, ...look } : null;
}

/* The highest value of a whole curve. */
function topOf(source) {
    let top = 0;
    for (const value of source ? source.max : []) if (value > top) top = value;
    return top;
}

/* Without loss the pipe is what is outstanding. */
function sameCurve(one, other) {
    return one.t.length === other.t.length && one.max.every((value, i) => value === other.max[i]);
}

const WINDOW_SHARE = 2.5; /* a receiver's window that is so many times higher would flatten the rest */

/* The receiver's window as the sender heard it. */
function receiverWindow(scene, others) {
    const own = scene.detail.curves[scene.end], source = own.snd_wnd || own.wire_rwnd;
    const above = topOf(source) > WINDOW_SHARE * others;
    return {
        curve: source && !above ? curve(source, { name: "receiver's window", ink: 'window', style: 'step', width: 1.2, dash: [2, 2], aside: true }) : null,
        note: above ? `the receiver's window is above, up to ${withUnit(topOf(source), 'B')}` : '',
    };
}

function windowPanel(scene) {
    const own = scene.detail.curves[scene.end], mss = figureOf(scene, 'kernel_mss_bytes') || 0;
    if (!own.snd_cwnd) return null;
    const cwnd = inUnit(own.snd_cwnd, mss || 1), ssthresh = own.ssthresh && inUnit(own.ssthresh, mss || 1);
    const inflight = mss ? own.inflight : null;
    const rwnd = mss ? receiverWindow(scene, Math.max(topOf(cwnd), topOf(inflight))) : { curve: null, note: '' };
    const high = Math.max(topOf(cwnd), topOf(inflight));
    const median = figureOf(scene, 'snd_cwnd_p50_segs');
    return {
        title: 'Congestion window',
        unit: mss ? 'B' : ' segments',
        note: [inflight && 'in flight is snd_nxt − snd_una', rwnd.note].filter(Boolean).join(', '),
        height: 170,
        spoken: median == null ? '' : `median ${median} segments`,
        valueText: (value) => mss ? withUnit(value, 'B') : si(value),
        curves: () => compact([
            curve(inflight, { name: 'in flight', ink: 'inflight', textInk: 'inflight-text', style: 'area', area: 0.24 }),
            rwnd.curve,
            curve(ssthresh, { name: 'ssthresh', ink: 'ssthresh', textInk: 'ssthresh-text', style: 'step', width: 1.4, dash: [5, 3], aside: topOf(ssthresh) > 2 * high }),
            curve(cwnd, {
                name: 'cwnd', ink: 'cwnd', style: 'step',
                text: !mss ? null : (at) => {
                    const segments = valueAt(own.snd_cwnd, at);
                    return Number.isNaN(segments) ? ABSENT : `${withUnit(segments * mss, 'B')} · ${segments} seg`;
                },
            }),
        ]),
    };
}

/* What packets say is outstanding. */
function flightPanel(scene) {
    const own = scene.detail.curves[scene.end];
    if (!own.wire_inflight || own.snd_cwnd) return null;
    const rwnd = receiverWindow(scene, topOf(own.wire_inflight));
    return {
        title: 'In flight',
        unit: 'B',
        note: ['from packets: sent and not acknowledged', rwnd.note].filter(Boolean).join(', '),
        height: 150,
        valueText: (value) => withUnit(value, 'B'),
        curves: () => compact([
            curve(own.wire_inflight, { name: 'in flight', ink: 'inflight', textInk: 'inflight-text', style: 'step', width: 1, area: 0.24 }),
            own.wire_pipe && !sameCurve(own.wire_pipe, own.wire_inflight) && curve(own.wire_pipe, { name: 'pipe', ink: 'cwnd', style: 'step', width: 1 }),
            rwnd.curve,
        ]),
    };
}

function rttPanel(scene) {
    const own = scene.detail.curves[scene.end], least = figureOf(scene, 'rtt_min_us');
    const smoothed = own.srtt || own.wire_srtt;
    if (!smoothed && !own.rtt) return null;
    return {
        title: 'Round-trip time',
        unit: 'ms',
        plain: 1e3,
        note: own.rtt ? 'dots: measured from packets, by ACK or SACK' : 'smoothed',
        height: 112,
        spoken: `median ${milliseconds(figureOf(scene, 'rtt_p50_us'))} ms`,
        valueText: (value) => milliseconds(value) + ' ms',
        curves: () => compact([
            curve(own.rtt, { ink: 'rtt', style: 'dots' }),
            curve(smoothed, { name: own.srtt ? 'srtt' : 'smoothed', ink: 'srtt', style: 'line' }),
            least != null && { name: 'least', ink: 'ink', style: 'level', value: least, width: 1, dash: [2, 3] },
        ]),
    };
}

/* The series that its rate is made of: the connection's for the bulk sender, else that end's. */
function rateSource(scene) {
    const { detail, end } = scene;
    if (!end && detail.rate) return { series: detail.curves[detail.rate.end][detail.rate.metric], metric: detail.rate.metric };
    const metric = ['acked', 'wire_acked', 'sampled_acked', 'wire_unique'].find((name) => detail.curves[end][name]);
    return { series: metric && detail.curves[end][metric], metric };
}

const RATE_WORDS = { data_len: 'received', wire_unique: 'sent once' };

function binText(us) {
    return us >= 1e6 ? us / 1e6 + ' s' : us / 1e3 + ' ms';
}

function rateCurve(series, view, least, look) {
    const width = binWidth(view.from, view.until, least), bins = binSums(series, view.from, view.until, width);
    const t = Float64Array.from(bins.t), rates = Float64Array.from(bins.sums, (bytes) => bytes * 8e6 / width);
    return { t, first: rates, min: rates, max: rates, last: rates, style: 'step', end: t.length ? t[t.length - 1] + width : 0, ...look };
}

function rateOf(series, metric, view, least, look) {
    return metric === 'sampled_acked' ? { ...betweenSamples(series, 8e6), style: 'step', ...look } : rateCurve(series, view, least, look);
}

function ratePanel(scene) {
    const { series, metric } = rateSource(scene), own = scene.detail.curves[scene.end];
    if (!series || !series.t.length || scene.detail.ticks) return null;
    const word = RATE_WORDS[metric] || 'acknowledged', mean = figureOf(scene, 'goodput_bps');
    const least = niceStep(figureOf(scene, 'rtt_min_us') || 1e3);
    return {
        title: 'Rate',
        unit: 'bit/s',
        note: (view) => metric === 'sampled_acked' ? `${word}, from sample to sample` : `${word}, ${binText(binWidth(view.from, view.until, least))} bins`,
        height: 108,
        spoken: `goodput ${withUnit(mean, 'bit/s')}`,
        valueText: (value) => withUnit(value, 'bit/s'),
        curves: (view) => compact([
            curve(own.pacing_rate, { name: 'pacing', ink: 'second', style: 'step', width: 1.2, aside: true }),
            curve(own.delivery_rate, { name: 'delivery', ink: 'srtt', style: 'step', width: 1.2, aside: true }),
            rateOf(series, metric, view, least, { name: word, ink: 'rate', area: 0.16 }),
            mean != null && { name: 'goodput', ink: 'ink', style: 'level', value: mean, width: 1, dash: [2, 3] },
        ]),
    };
}

/* --- what was sent again --------------------------------------------------------------------------- */

const CAUSES = [['fast', 'fast'], ['timeout', 'timeout'], ['tlp', 'tlp']];

/* By cause where packets tell, else what the kernel counted. */
function resentSources(scene) {
    const { detail, end } = scene, own = detail.curves[end];
    const marks = detail.marks.filter((mark) => mark.end === end && (mark.what === 'retransmit' || mark.what === 'repair'));
    if (marks.length) {
        const named = new Set(CAUSES.map(([cause]) => cause));
        return [...CAUSES, ['other', 'other']].map(([cause, ink]) => ({
            name: cause,
            ink,
            t: Float64Array.from(marks.filter((mark) => cause === mark.cause || cause === 'other' && !named.has(mark.cause)).map((mark) => mark.t)),
        })).filter((source) => source.t.length).map((source) => ({ ...source, first: source.t.map(() => 1) }));
    }
    const series = own.wire_retransmit || own.retransmit || own.retransmitted;
    return series && series.t.length ? [{ name: 'resent', ink: 'fast', t: series.t, first: series.first }] : [];
}

function stacked(sources, view) {
    const width = binWidth(view.from, view.until, 1);
    let below = null;
    return sources.map((source) => {
        const bins = binSums(source, view.from, view.until, width), counts = new Float64Array(bins.t.length), tops = new Float64Array(bins.t.length);
        bins.t.forEach((_, i) => {
            counts[i] = bins.sums[i];
            tops[i] = (below && below[i] || 0) + bins.sums[i];
        });
        const total = source.first.reduce((sum, count) => sum + count, 0);
        const layer = { name: source.name, ink: source.ink, style: 'bars', bin: width, t: bins.t, counts, below, last: tops, text: () => `${total} drawn` };
        below = [...tops];
        return layer;
    });
}

function resentPanel(scene) {
    const sources = resentSources(scene), own = scene.detail.curves[scene.end];
    if (!sources.length) return null;
    const count = figureOf(scene, 'retransmitted') ?? figureOf(scene, 'retransmitted_segs'), by = own.wire_retransmit ? 'segments' : own.retransmit ? 'skbs' : 'segments';
    return {
        title: 'Retransmissions',
        unit: by,
        log: true,
        note: (view) => `per ${binText(binWidth(view.from, view.until, 1))}, log; ${count == null ? ABSENT : count} in all`,
        height: 64,
        spoken: `${count} in all`,
        valueText: si,
        curves: (view) => stacked(sources, view),
    };
}

/* --- what it waited for ---------------------------------------------------------------------------- */

function waitPanel(scene) {
    const strips = scene.detail.strips.filter((strip) => strip.of === scene.end && strip.what === 'wait')
        .map((strip) => ({ ...strip, label: strip.origin === 'kernel' ? 'kernel events' : 'packets' }));
    if (!strips.length) return null;
    return { title: 'What the sender waited for', unit: '', note: 'judged once per round trip', height: 3 + strips.length * 21, strips };
}

/* The panels of one connection, those that have something to show. */
function panelsOf(scene) {
    return compact([windowPanel(scene), flightPanel(scene), rttPanel(scene), ratePanel(scene), resentPanel(scene),
        waitPanel(scene), sequencePanel(scene)]);
}

/* --- several connections --------------------------------------------------------------------------- */

/* A panel with a curve for each of several scenes, where any has one. */
function sharedPanel(title, unit, scenes, source, rest) {
    const with_ = scenes.map((scene, i) => ({ scene, ink: 's' + i % 8, name: scene.name, source: source(scene) }))
        .filter((one) => one.source && one.source.t.length);
    if (!with_.length) return null;
    return {
        title, unit, height: 150, ...rest,
        curves: (view) => with_.map(({ scene, ink, name, source: series }) => rest.make
            ? rest.make(series, view, scene, { name, ink })
            : { ...series, name, ink, style: 'step' }),
    };
}

/* Connections beside each other, on the axis of the recording they share. */
function panelsOfSeveral(scenes) {
    const bytes = (value) => withUnit(value, 'B');
    const own = (scene) => scene.detail.curves[scene.end];
    const least = (scene) => niceStep(figureOf(scene, 'rtt_min_us') || 1e3);
    return compact([
        sharedPanel('Congestion window', 'B', scenes, (scene) => figureOf(scene, 'kernel_mss_bytes') && own(scene).snd_cwnd
            ? inUnit(own(scene).snd_cwnd, figureOf(scene, 'kernel_mss_bytes')) : null, { valueText: bytes, note: '' }),
        sharedPanel('In flight', 'B', scenes, (scene) => own(scene).inflight || own(scene).wire_inflight, { valueText: bytes, note: '' }),
        sharedPanel('Round-trip time', 'ms', scenes, (scene) => own(scene).srtt || own(scene).wire_srtt,
            { plain: 1e3, note: 'smoothed', valueText: (value) => milliseconds(value) + ' ms' }),
        sharedPanel('Rate', 'bit/s', scenes, (scene) => scene.detail.ticks ? null : rateSource(scene).series, {
            note: (view) => `${binText(binWidth(view.from, view.until, 1e3))} bins, not narrower than a round trip`,
            valueText: (value) => withUnit(value, 'bit/s'),
            make: (series, view, scene, look) => rateOf(series, rateSource(scene).metric, view, least(scene), look),
        }),
    ]);
}
