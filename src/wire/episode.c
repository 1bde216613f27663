/* episode.c: from the first retransmission of a loss to the ACK of all that was outstanding then
 * (RFC 6582's recover). */
#include "wire/direction.h"

void episode_begin(struct step *step, uint64_t start)
{
    struct direction *own = step->own;
    struct trouble *trouble = trouble_if(own);
    uint8_t cause = step->meaning->cause;

    if ((cause != TP_CAUSE_FAST && cause != TP_CAUSE_TIMEOUT) || start < own->una ||
        !(own->wire.state & DIR_ACKED))
        return;
    if (trouble->episode == TP_CAUSE_NONE) {
        FOUND(step, RECOVERY_BEGIN);
        trouble->sums.recoveries++;
        trouble->sums.timeouts += cause == TP_CAUSE_TIMEOUT;
        trouble->episode_ns = step->now_ns;
    } else if (cause == trouble->episode || cause == TP_CAUSE_FAST) {
        return;
    }
    trouble->episode = cause;
    trouble->recover = own->max;
    trouble->una_at_begin = own->una;
}

/* Before the first ACK of data, also within an episode, nothing counts as transferred. */
static void add_time(const struct step *step, const struct tp_wire *wire, struct trouble *trouble)
{
    int64_t early_ns = wire->acked_bytes ? wire->acked_first_ns : step->now_ns;

    if (early_ns > step->now_ns)
        early_ns = step->now_ns;
    if (step->now_ns > trouble->episode_ns)
        trouble->sums.recovery_ns += step->now_ns - trouble->episode_ns;
    if (early_ns > trouble->episode_ns)
        trouble->sums.recovery_early_ns += early_ns - trouble->episode_ns;
}

void episode_progress(struct step *step, struct direction *dir)
{
    struct trouble *trouble = trouble_if(dir);

    if (trouble->episode == TP_CAUSE_NONE || dir->una < trouble->recover)
        return;
    FOUND(step, RECOVERY_END);
    trouble->episode = TP_CAUSE_NONE;
    add_time(step, &dir->wire, trouble);
}
