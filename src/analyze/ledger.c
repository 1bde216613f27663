/* ledger.c: the account of time of one sender, piece by piece. */
#include "analyze/ledger.h"

static const struct {
    const char *name, *help;
} waits[TP_WAIT_COUNT] = {
#define WAIT(ID, name, help) [TP_WAIT_##ID] = {name, help},
    TP_WAITS(WAIT)
#undef WAIT
};

const char *tp_wait_name(enum tp_wait wait)
{
    return waits[wait < TP_WAIT_COUNT ? wait : TP_WAIT_UNKNOWN].name;
}

const char *tp_wait_help(enum tp_wait wait)
{
    return waits[wait < TP_WAIT_COUNT ? wait : TP_WAIT_UNKNOWN].help;
}

int64_t tp_account_whole(const struct tp_account *account)
{
    int64_t sum_ns = 0;

    for (unsigned wait = 0; wait < TP_WAIT_COUNT; wait++)
        sum_ns += account->time_ns[wait];
    return sum_ns;
}

enum tp_wait tp_account_largest(const struct tp_account *account)
{
    enum tp_wait most = TP_WAIT_UNKNOWN;

    for (unsigned wait = 0; wait < TP_WAIT_COUNT; wait++)
        if (account->time_ns[wait] > account->time_ns[most])
            most = (enum tp_wait)wait;
    return most;
}

/* What both kinds of recording can tell apart. */
enum { OPENING, APPLICATION, NETWORK, RECEIVER, COARSE };

static void coarsen(const struct tp_account *account, double share[COARSE])
{
    static const uint8_t coarse[TP_WAIT_COUNT] = {
        [TP_WAIT_HANDSHAKE] = OPENING,
        [TP_WAIT_SYN_TIMER] = OPENING,
        [TP_WAIT_APP] = APPLICATION,
        [TP_WAIT_TURN] = APPLICATION,
        [TP_WAIT_SLOW_START] = NETWORK,
        [TP_WAIT_CWND] = NETWORK,
        [TP_WAIT_PATH] = NETWORK,
        [TP_WAIT_NETWORK] = NETWORK,
        [TP_WAIT_PACING] = NETWORK,
        [TP_WAIT_RECOVERY] = NETWORK,
        [TP_WAIT_TIMEOUT] = NETWORK,
        [TP_WAIT_RTO] = NETWORK,
        [TP_WAIT_RWND] = RECEIVER,
        [TP_WAIT_ZERO_WINDOW] = RECEIVER,
        [TP_WAIT_DELAYED_ACK] = APPLICATION,
        [TP_WAIT_SNDBUF] = NETWORK,
    };
    double whole = (double)tp_account_whole(account);

    for (unsigned i = 0; i < COARSE; i++)
        share[i] = 0;
    for (unsigned wait = TP_WAIT_UNKNOWN + 1; wait < TP_WAIT_COUNT && whole > 0; wait++)
        share[coarse[wait]] += (double)account->time_ns[wait] / whole;
}

double tp_account_apart(const struct tp_account *one, const struct tp_account *other)
{
    double ones[COARSE], others[COARSE], more = 0, less = 0;

    coarsen(one, ones);
    coarsen(other, others);
    for (unsigned i = 0; i < COARSE; i++) {
        more += ones[i] > others[i] ? ones[i] - others[i] : 0;
        less += others[i] > ones[i] ? others[i] - ones[i] : 0;
    }
    return more < less ? more : less;
}

/* --- writing ---------------------------------------------------------------------------------- */

static int write_span(struct tp_ledger *ledger, int64_t begin_ns, int64_t end_ns, enum tp_wait wait,
                      bool apart)
{
    struct tp_span span = {begin_ns, end_ns, wait};

    if (!ledger->spans)
        return TP_OK;
    return tp_spans_follow(ledger->spans, &span, apart);
}

static int write_piece(struct tp_ledger *ledger, int64_t begin_ns, int64_t end_ns,
                       enum tp_wait wait, bool undecided)
{
    bool first = undecided && ledger->undecided_ns == 0;

    if (end_ns <= begin_ns)
        return TP_OK;
    if (write_span(ledger, begin_ns, end_ns, wait, first) < 0)
        return TP_ERR_NOMEM;
    if (first)
        ledger->undecided_since_ns = begin_ns;
    if (undecided)
        ledger->undecided_ns += end_ns - begin_ns;
    ledger->account.time_ns[wait] += end_ns - begin_ns;
    ledger->until_ns = end_ns;
    ledger->begun = true;
    return TP_OK;
}

static void drop_known(struct tp_ledger *ledger, unsigned index)
{
    for (ledger->known_count--; index < ledger->known_count; index++)
        ledger->known[index] = ledger->known[index + 1];
}

int tp_ledger_add(struct tp_ledger *ledger, int64_t begin_ns, int64_t end_ns, enum tp_wait wait,
                  bool undecided)
{
    const struct tp_known_wait *known = ledger->known;
    int64_t until_ns;

    while (ledger->known_count && known->begin_ns < end_ns) {
        if (write_piece(ledger, begin_ns, known->begin_ns, wait, undecided) < 0)
            return TP_ERR_NOMEM;
        begin_ns = begin_ns > known->begin_ns ? begin_ns : known->begin_ns;
        until_ns = known->end_ns < end_ns ? known->end_ns : end_ns;
        if (write_piece(ledger, begin_ns, until_ns, (enum tp_wait)known->wait, false) < 0)
            return TP_ERR_NOMEM;
        begin_ns = until_ns > begin_ns ? until_ns : begin_ns;
        if (known->end_ns > end_ns)
            return TP_OK;
        drop_known(ledger, 0);
    }
    return write_piece(ledger, begin_ns, end_ns, wait, undecided);
}

void tp_ledger_know(struct tp_ledger *ledger, int64_t begin_ns, int64_t end_ns, enum tp_wait wait)
{
    struct tp_known_wait *last =
        ledger->known_count ? &ledger->known[ledger->known_count - 1] : NULL;

    if (ledger->begun && begin_ns < ledger->until_ns)
        begin_ns = ledger->until_ns;
    if (last && begin_ns < last->end_ns)
        begin_ns = last->end_ns;
    if (end_ns <= begin_ns)
        return;
    if (last && last->end_ns == begin_ns && last->wait == wait) {
        last->end_ns = end_ns;
        return;
    }
    if (ledger->known_count == TP_KNOWN_MAX)
        drop_known(ledger, 0);
    ledger->known[ledger->known_count++] = (struct tp_known_wait){begin_ns, end_ns, (uint8_t)wait};
}

void tp_ledger_decide(struct tp_ledger *ledger, enum tp_wait wait)
{
    struct tp_span *list = ledger->spans ? ledger->spans->list : NULL;

    if (!ledger->undecided_ns)
        return;
    ledger->account.time_ns[TP_WAIT_APP] -= ledger->undecided_ns;
    ledger->account.time_ns[wait] += ledger->undecided_ns;
    ledger->undecided_ns = 0;
    for (uint32_t i = list ? ledger->spans->count : 0;
         i-- > 0 && list[i].begin_ns >= ledger->undecided_since_ns;)
        if (list[i].value == TP_WAIT_APP)
            list[i].value = wait;
}

void tp_ledger_recast(struct tp_ledger *ledger, enum tp_wait from, enum tp_wait to)
{
    struct tp_span *list = ledger->spans ? ledger->spans->list : NULL;

    ledger->account.time_ns[to] += ledger->account.time_ns[from];
    ledger->account.time_ns[from] = 0;
    for (uint32_t i = 0; list && i < ledger->spans->count; i++)
        if (list[i].value == from)
            list[i].value = to;
}

int tp_ledger_finish(struct tp_ledger *ledger)
{
    int64_t begin_ns;

    for (unsigned i = 0; i < ledger->known_count; i++) {
        begin_ns = ledger->known[i].begin_ns;
        if (ledger->begun && begin_ns < ledger->until_ns)
            begin_ns = ledger->until_ns;
        if (write_piece(ledger, begin_ns, ledger->known[i].end_ns,
                        (enum tp_wait)ledger->known[i].wait, false) < 0)
            return TP_ERR_NOMEM;
    }
    ledger->known_count = 0;
    tp_ledger_decide(ledger, TP_WAIT_APP);
    return TP_OK;
}
