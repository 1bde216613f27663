/* doubt.c: proofs, of which a few are enough. */
#include "input/doubt.h"
#include "input/order.h"

#define TRIES  64
#define ENOUGH 3 /* proofs: further packets need not be asked */

void doubt_begin(struct doubt *doubt, const struct tp_record *packet, int64_t latest_ns)
{
    if (doubt->tries || doubt->proven || !TP_HAS(packet, FRAME))
        return;
    *doubt = (struct doubt){.tries = TRIES, .frame = packet->frame};
    if (__builtin_sub_overflow(latest_ns, packet->ts_ns, &doubt->back_ns))
        doubt->back_ns = INT64_MAX;
}

static bool is_older(const struct doubt *doubt, const struct tp_record *packet,
                     const struct tp_record *const *before, size_t before_count)
{
    size_t i;

    for (i = before_count; i > 0; i--)
        if (TP_HAS(before[i - 1], FRAME) && before[i - 1]->frame < doubt->frame &&
            before[i - 1]->ts_ns > packet->ts_ns && order_is_older(packet, before[i - 1]))
            return true;
    return false;
}

void doubt_ask(struct doubt *doubt, const struct tp_record *packet,
               const struct tp_record *const *before, size_t before_count)
{
    if (!doubt->tries || doubt->proven)
        return;
    doubt->older += is_older(doubt, packet, before, before_count);
    doubt->tries--;
    if (doubt->older >= ENOUGH || !doubt->tries)
        doubt_settle(doubt);
}

void doubt_settle(struct doubt *doubt)
{
    doubt->proven |= doubt->older > 0;
    doubt->tries = 0;
}

void doubt_drop(struct doubt *doubt)
{
    doubt->tries = doubt->older = 0;
}
