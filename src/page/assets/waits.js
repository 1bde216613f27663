/* waits.js: what a sender waits for, and what limits it: short words and inks. Colour is never alone: chips and
 * strips have words, what is the receiver's is hatched. */

const WAITS = {
    unknown: ['unknown', 'wait-unknown'],
    handshake: ['handshake', 'wait-open'],
    syn_timer: ['SYN timer', 'wait-timeout'],
    app: ['application', 'wait-idle'],
    turn: ['other end', 'wait-turn'],
    slow_start: ['slow start', 'wait-start'],
    cwnd: ['cwnd', 'wait-cwnd'],
    path: ['full path', 'wait-path'],
    network: ['network', 'wait-cwnd'],
    pacing: ['pacing', 'wait-pace'],
    recovery: ['recovery', 'wait-repair'],
    timeout: ['timeout repair', 'wait-repair'],
    rto: ['RTO', 'wait-timeout'],
    rwnd: ['receiver', 'wait-window', true],
    zero_window: ['zero window', 'wait-window', true],
};

function waitName(wait) {
    return WAITS[wait] ? WAITS[wait][0] : wait.replace(/_/g, ' ');
}

function waitInk(wait) {
    return WAITS[wait] ? WAITS[wait][1] : 'wait-unknown';
}

function waitIsHatched(wait) {
    return Boolean(WAITS[wait] && WAITS[wait][2]);
}

/* The account of an end by who is believed: kernel events, else packets. */
function accountOf(detail, end) {
    const of = detail.accounts.filter((account) => account.end === end);
    return of.find((account) => account.origin === 'kernel') || of[0] || null;
}
