/* figures.js: the figures of the chosen connection beside its panels, and all of them below. Each cell that holds
 * a figure names it (data-figure), as `flows --format json` does. */

/* A cell with a figure; peer: of the other end. */
function figureCell(scene, name, text) {
    const key = name && (scene.peer ? 'peer_' : '') + name, value = key ? scene.detail.figures[key] : undefined;
    const cell = make('td', '', text ? text(value, key) : shown(value, scene.columns[name] && scene.columns[name].show));
    if (key && value != null) cell.dataset.figure = key;
    return cell;
}

function section(title, beside, ...content) {
    return make('section', '', make('h3', '', title, beside ? make('span', '', beside) : null), ...content);
}

/* Rows of [label, cell, cell ...]; those of which nothing is known are left out. */
function rowsOf(head, rows) {
    const body = make('tbody');
    for (const [label, ...cells] of rows)
        if (cells.some((cell) => cell.dataset.figure)) body.append(make('tr', '', make('td', '', label), ...cells));
    if (!body.children.length) return null;
    const titles = head.length ? make('thead', '', make('tr', '', ...head.map((title) => make('th', '', title)))) : null;
    return make('table', '', titles, body);
}

function stateSection(scene) {
    const one = (name, text) => figureCell(scene, name, text);
    const segments = (value) => value == null ? ABSENT : value + ' seg';
    return section('State', '', rowsOf([], [
        ['TCP state', one('tcp_state', stateWords)],
        ['congestion control', one('congestion_control')],
        ['congestion state', one('cong_state')],
        ['window, last', one('snd_cwnd_last_segs', segments)],
        ['window, median', one('snd_cwnd_p50_segs', segments)],
        ['ssthresh, last', one('ssthresh_last_segs', segments)],
        ['initial window', one('initial_cwnd_segs', segments)],
        ['MSS, B', one('mss_bytes')],
        ['process', one('owner')],
        ['cgroup', one('cgroup')],
        ['events lost meanwhile', one('lost_events')],
    ]));
}

/* What the newest packet of an end said; null where none is kept. */
function newestPacket(log, end) {
    for (let row = log ? log.rows - 1 : -1; row >= 0; row--)
        if (logText(log, 'event', row) === 'packet' && logNumber(log, 'end', row) === end) return row;
    return null;
}

/* Of a connection that goes on: windows and numbers as they are, of both ends. */
function nowSection(scene) {
    const { log } = scene.detail, other = { ...scene, peer: !scene.peer };
    const own = scene.peer ? 1 : 0, bytes = (value) => withUnit(value, 'B'), segments = (value) => value == null ? ABSENT : value + ' seg';
    const said = (name) => [own, 1 - own].map((end) => {
        const row = newestPacket(log, end), value = row === null ? NaN : logNumber(log, name, row);
        return make('td', '', Number.isNaN(value) ? ABSENT : value);
    });
    const both = (label, name, text) => [label, figureCell(scene, name, text), figureCell(other, name, text)];
    const table = rowsOf(['', '→', '←'], [
        both('TCP state', 'tcp_state', stateWords),
        both('congestion window', 'snd_cwnd_last_segs', segments),
        both('window that it may fill', 'snd_wnd_last_bytes', bytes),
        both('smoothed RTT, ms', 'srtt_last_us', milliseconds),
        both('segments sent', 'segs_out'),
        both('bytes sent', 'sent_bytes', bytes),
        both('packets captured', 'wire_packets'),
    ]);
    if (newestPacket(log, 0) !== null || newestPacket(log, 1) !== null)
        for (const [label, name] of [['last seq', 'seq'], ['last ack', 'ack'], ['last window', 'window_bytes']])
            table?.tBodies[0].append(make('tr', '', make('td', '', label), ...said(name)));
    return table && section('Now', '', table);
}

/* The same of both ends. */
function bothEnds(scene, rows) {
    const other = { ...scene, peer: !scene.peer };
    return rowsOf(['', '→', '←'], rows.map(([label, name, text]) => [label, figureCell(scene, name, text), figureCell(other, name, text)]));
}

function trafficSection(scene) {
    const bytes = (value) => withUnit(value, 'B');
    return section('Traffic', '', bothEnds(scene, [
        ['acknowledged', 'acked_bytes', bytes],
        ['goodput, bit/s', 'goodput_bps'],
        ['throughput, bit/s', 'wire_throughput_bps'],
        ['packets', 'wire_packets'],
        ['with data', 'wire_data_packets'],
        ['sent, retransmissions included', 'wire_sent_bytes', bytes],
        ['sent again', 'retransmitted'],
        ['duplicate ACKs for it', 'wire_dup_acks'],
        ['window offered to it, most', 'snd_wnd_max_bytes', bytes],
        ['out of order', 'wire_out_of_order'],
        ['not captured', 'wire_missed_bytes', bytes],
    ]));
}

const RTT_KINDS = [['smoothed, kernel', 'srtt'], ['smoothed, packets', 'wire_srtt'], ['by ACK (Karn)', 'rtt_ack'],
    ['by SACK', 'rtt_sack'], ['by timestamps', 'rtt_ts']];

function rttSection(scene) {
    const parts = ['samples', 'min_us', 'p50_us', 'p95_us', 'max_us'];
    const text = (value, key) => value == null ? '' : key.endsWith('_us') ? milliseconds(value) : si(value);
    return section('Round-trip time', 'ms', rowsOf(['', 'n', 'min', 'p50', 'p95', 'max'], [
        ...RTT_KINDS.map(([label, name]) => [label, ...parts.map((part) => figureCell(scene, `${name}_${part}`, text))]),
        ['handshake', make('td'), figureCell(scene, 'wire_handshake_us', milliseconds), make('td'), make('td'), make('td')],
    ]));
}

/* A bar of shares, and what its colours mean. parts: [name, value, ink, text, hatched]. */
function shareBar(parts) {
    const there = parts.filter(([, value]) => value > 0), sum = there.reduce((total, [, value]) => total + value, 0);
    const bar = make('div', 'share'), keys = make('div', 'keys');
    bar.setAttribute('role', 'img');
    bar.setAttribute('aria-label', there.map(([name, , , text]) => `${name} ${text}`).join(', '));
    for (const [name, value, ink, text, key] of there) {
        const piece = make('i'), word = colourKey(`${name} ${text}`, `var(--${ink})`);
        piece.style.width = value / sum * 100 + '%';
        piece.style.background = `var(--${ink})`;
        if (key) word.dataset.figure = key;
        bar.append(piece);
        keys.append(word);
    }
    return there.length ? [bar, keys] : [];
}

function resentSection(scene) {
    const figures = scene.detail.figures, of = (name) => figures[(scene.peer ? 'peer_' : '') + name];
    const key = (name) => (scene.peer ? 'peer_' : '') + name;
    const part = (name, figure, ink) => [name, of(figure) || 0, ink, of(figure), key(figure)];
    const causes = of('wire_retransmitted_segs') != null
        ? [part('fast', 'wire_resent_fast', 'fast'), part('timeout', 'wire_resent_timeout', 'timeout'),
            part('tail-loss probe', 'wire_resent_tlp', 'tlp'), part('window opened', 'wire_resent_window', 'window'),
            part('unknown', 'wire_resent_unknown', 'other')]
        : [part('in Open', 'retransmits_open', 'other'), part('in Disorder', 'retransmits_disorder', 'tlp'), part('in CWR', 'retransmits_cwr', 'window'),
            part('in Recovery', 'retransmits_recovery', 'fast'), part('in Loss', 'retransmits_loss', 'timeout')];
    const resent = of('retransmitted') ?? of('retransmitted_segs'), one = (name, text) => figureCell(scene, name, text);
    return section('Retransmissions', resent == null ? 'not recorded' : '', ...shareBar(causes), rowsOf([], [
        ['sent again', one('retransmitted')],
        ['sent again, as the socket counts', one('retransmitted_segs')],
        ['of what was sent', one('retransmit_share')],
        ['not needed (D-SACK, timestamps ...)', one('wire_spurious_segs')],
        ['fast recoveries', one('recoveries')],
        ['timeouts', one('timeouts')],
        ['time in recovery, s', one('time_recovery_ns')],
        ['one segment again, at most', one('wire_resent_most')],
    ]));
}

/* Where the time of the sender went. */
function accountSection(scene) {
    const account = accountOf(scene.detail, scene.peer ? 1 : 0);
    if (!account) return null;
    const times = Object.entries(account.time_ns).sort(([, one], [, other]) => other - one);
    const whole = times.reduce((sum, [, ns]) => sum + ns, 0);
    return section('Waited for', account.origin === 'kernel' ? 'by kernel events' : 'inferred from packets',
        ...shareBar(times.map(([wait, ns]) => [waitName(wait), ns, waitInk(wait), `${percent(ns / whole)} %, ${duration(ns)}`])));
}

/* live: it goes on. */
function showFigures(scene, live) {
    const of = { ...scene, peer: Boolean(scene.end) };
    byId('figures').replaceChildren(...[live ? nowSection : () => null, stateSection, trafficSection, rttSection, resentSection, accountSection]
        .map((make_) => make_(of)).filter(Boolean));
}

/* --- all of them ----------------------------------------------------------------------------------- */

/* Each figure with its unit, both ends side by side, under the headings that `flows --all` has. */
function showAllFigures(scene) {
    const groups = new Map(), figures = scene.detail.figures;
    for (const [name, column] of Object.entries(scene.columns)) {
        const values = [name, 'peer_' + name].map((key) => figures[key]);
        if (values.every((value) => value == null)) continue;
        const unit = shownUnit(column.show, column.unit), label = make('td', '', name, unit ? make('span', 'faint', ' ' + unit) : null);
        label.title = column.help;
        const cells = [false, true].map((peer) => figureCell({ ...scene, peer }, name));
        const heading = column.section || 'Flow';
        if (!groups.has(heading)) groups.set(heading, make('tbody'));
        groups.get(heading).append(make('tr', '', label, ...cells));
    }
    const host = byId('all');
    host.querySelector('.groups').replaceChildren(...[...groups].map(([title, body]) => make('section', '', make('h4', '', title), make('table', '', body))));
}
