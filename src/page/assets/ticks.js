/* ticks.js: what a tick of the server changes in the rows of the table. Pure functions of data. */

const RATES_KEPT = 48; /* of a connection: its spark, one a tick */
const STREAM_KEPT = 1000; /* packets and events of all connections */

/* A row as the table of a live page has it: with its rates, which the server tells apart. */
function liveRow(row) {
    return { ...row, rates: [] };
}

/* Rates of a tick, [[id, rate, rate of the peer]]; who is not named was silent. */
function takeRates(rows, rates) {
    for (const row of rows.values()) {
        row.rate_bps = row.peer_rate_bps = null;
    }
    for (const [id, rate, peer] of rates) {
        const row = rows.get(id);
        if (row) [row.rate_bps, row.peer_rate_bps] = [rate, peer];
    }
    for (const row of rows.values()) {
        row.rates.push((row.rate_bps || 0) + (row.peer_rate_bps || 0));
        if (row.rates.length > RATES_KEPT) row.rates.shift();
    }
}

/* Lets the rows, by number, be what the tick says; `names` are those of the values that change. Who is gone is no row
 * any more. */
function takeTick(rows, tick, names) {
    for (const row of tick.new) rows.set(row.id, { ...liveRow(row), ...(rows.has(row.id) && { rates: rows.get(row.id).rates }) });
    for (const [id, ...changed] of tick.changed) {
        const row = rows.get(id);
        if (!row) continue;
        for (let i = 0; i < changed.length; i += 2) {
            const name = names[changed[i]], value = changed[i + 1];
            if (value === null) delete row[name];
            else row[name] = value;
        }
    }
    for (const id of tick.gone) rows.delete(id);
    takeRates(rows, tick.rates);
}

/* Bytes a second as shares of the most, 0 to 99, as `spark` of the data has them; nothing where nothing was carried. */
function sparkOf(rates) {
    const most = Math.max(...rates, 0);
    if (!(most > 0)) return null;
    return [...Array(RATES_KEPT - rates.length).fill(0), ...rates].map((rate) => Math.round(rate / most * 99));
}

/* Is anything to be expected of it? */
function isOpen(row) {
    return row.tcp_state ? !/^TCP_(CLOSE|TIME_WAIT)$/.test(row.tcp_state) : true;
}

/* The sums of all rows, as far as each knows its own. */
function sumsOf(rows) {
    const sums = { connections: 0, open: 0, rate_bps: 0, resent: 0 };
    for (const row of rows.values()) {
        sums.connections++;
        sums.open += isOpen(row);
        sums.rate_bps += (row.rate_bps || 0) + (row.peer_rate_bps || 0);
        sums.resent += resentOf(row) || 0;
    }
    return sums;
}

/* The last minute of a curve that ends at `last`, in whole seconds; all of it while it is shorter. */
function followed(whole, seconds) {
    return [Math.max(whole[0], whole[1] - seconds * 1e6), whole[1]];
}

/* The rows of packets of a tick as lines, newest last: { t, end, flow, words }. */
function streamLines(packets) {
    const log = logOf({ ...packets, columns: { t: [], ...packets.columns } }, false);
    if (!log) return [];
    return Array.from({ length: log.rows }, (_, row) => ({ log, row, t: log.t[row], flow: logNumber(log, 'flow', row), end: logNumber(log, 'end', row) }));
}
