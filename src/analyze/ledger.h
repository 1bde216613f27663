/* ledger.h: writes the account of time (account.h) of one sender as its bins are judged.
 *
 * Some things are known only behind them. A silence that a timeout ends is told when it ends,
 * before the bins in which it lies are closed: their time is then its. Whose turn it was while
 * nothing was sent is known once somebody sends: until then such time is the application's on
 * trial.
 */
#ifndef TCPPROBE_ANALYZE_LEDGER_H
#define TCPPROBE_ANALYZE_LEDGER_H

#include <stdbool.h>

#include <tcpprobe/account.h>
#include <tcpprobe/series.h>

#define TP_KNOWN_MAX 4 /* silences that no bin was closed behind: there are seldom two */

/* A stretch of which is known what it was, whatever a bin says. */
struct tp_known_wait {
    int64_t begin_ns, end_ns;
    uint8_t wait;
};

struct tp_ledger {
    int64_t undecided_ns, undecided_since_ns; /* of APP; the latter valid if there is some */
    struct tp_account account;
    struct tp_spans *spans; /* borrowed, values are enum tp_wait; NULL: not kept */
    struct tp_known_wait known[TP_KNOWN_MAX]; /* in time order, without overlap */
    int64_t until_ns;                         /* up to where it is written; valid if begun */
    uint8_t known_count;
    bool begun;
};

/* What was waited for from begin_ns to end_ns; in time order. undecided: of TP_WAIT_APP, whose turn
 * it was is not known yet. Returns 0 or TP_ERR_NOMEM. */
int tp_ledger_add(struct tp_ledger *ledger, int64_t begin_ns, int64_t end_ns, enum tp_wait wait,
                  bool undecided);
/* What that was is known for sure. What is written already stays. */
void tp_ledger_know(struct tp_ledger *ledger, int64_t begin_ns, int64_t end_ns, enum tp_wait wait);
/* Somebody has sent: what was undecided was that. */
void tp_ledger_decide(struct tp_ledger *ledger, enum tp_wait wait);
/* What was written as one of them was the other. */
void tp_ledger_recast(struct tp_ledger *ledger, enum tp_wait from, enum tp_wait to);
/* No bin follows; what is known behind the last one is written. */
int tp_ledger_finish(struct tp_ledger *ledger);

#endif
