/* filter.js: which connections the table has, and in which order. Pure functions of rows. */

/* What was sent again, by whoever knows: of a sampled socket, what it counts itself. */
function resentOf(row) {
    return row.retransmitted ?? row.retransmitted_segs;
}

/* Words that stand for figures, in the units that people type. */
const WORDS = {
    resent: resentOf,
    rtt: (row) => row.rtt_p50_us == null ? null : row.rtt_p50_us / 1e3,
    acked: (row) => row.acked_bytes,
    goodput: (row) => row.goodput_bps,
    rto: (row) => row.timeouts,
    lasted: (row) => row.duration_ns == null ? null : row.duration_ns / 1e9,
    start: (row) => row.start_ns == null ? null : row.start_ns / 1e9,
    limit: (row) => row.limited_by,
    wait: (row) => row.waited_for,
    state: (row) => stateWords(row.tcp_state),
};

const MULTIPLES = { k: 1e3, K: 1e3, M: 1e6, G: 1e9 };

function compare(value, operator, wanted) {
    if (value == null) return false;
    const number = parseFloat(wanted) * (MULTIPLES[wanted.slice(-1)] || 1);
    switch (operator) {
    case '=': return typeof value === 'number' ? value === number : String(value) === wanted;
    case '>': return value > number;
    case '<': return value < number;
    case '>=': return value >= number;
    default: return value <= number;
    }
}

function haystack(row) {
    return [row.id, row.src, row.dst, row.owner, row.cgroup, row.congestion_control, row.limited_by, row.waited_for,
        stateWords(row.tcp_state)].filter((word) => word != null).join(' ').toLowerCase();
}

/* A word as a question of a row. A word that is no comparison is looked for in what the row says. */
function questionOf(word) {
    const parts = /^([a-z_0-9]+)(>=|<=|>|<|=)(.+)$/i.exec(word);
    const name = parts && parts[1].toLowerCase();
    if (parts && Object.hasOwn(WORDS, name)) return (row) => compare(WORDS[name](row), parts[2], parts[3]);
    if (parts) return (row) => compare(Object.hasOwn(row, name) ? row[name] : null, parts[2], parts[3]);
    const text = word.toLowerCase();
    return (row) => haystack(row).includes(text);
}

/* All words of the filter must match; those behind a - must not. */
function filterOf(text) {
    const questions = text.split(/\s+/).filter(Boolean).map((word) => {
        const negated = word[0] === '-' && word.length > 1;
        const question = questionOf(negated ? word.slice(1) : word);
        return negated ? (row) => !question(row) : question;
    });
    return (row) => questions.every((question) => question(row));
}

/* By the value that `of` has of a row; those that have none last, equal ones by number. */
function sortedBy(rows, of, ascending) {
    const sign = ascending ? 1 : -1;
    return rows.map((row) => [of(row), row]).sort(([a, one], [b, other]) => {
        if (a == null || b == null) return (a == null) - (b == null) || one.id - other.id;
        const order = typeof a === 'string' ? a.localeCompare(b, 'en', { numeric: true }) : a - b;
        return sign * order || one.id - other.id;
    }).map(([, row]) => row);
}
