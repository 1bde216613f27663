/* trains.c: how fast ACKs come one behind the other.
 *
 * Packets that leave together arrive as the narrowest link lets them through, and so do their ACKs
 * (Jacobson 1988; Keshav 1991): the rate within a train is that link's, whatever the sum of a
 * second. A single gap tells little, as receivers acknowledge two segments at a time and more, so
 * a chunk of some segments is timed; what counts is where half of the bytes are.
 */
#include "analyze/limits.h"

#define CHUNK_BYTES 11584 /* eight segments */
#define CHUNKS      16    /* of fewer nothing is said */

void tp_trains_note(struct tp_trains *trains, int64_t now_ns, uint64_t acked_bytes)
{
    int64_t length_ns = now_ns - trains->since_ns;
    uint64_t rate_bps;
    unsigned index = 0;

    if (!trains->begun) {
        trains->begun = true;
        trains->since_ns = now_ns;
        return;
    }
    trains->bytes += acked_bytes < UINT32_MAX / 2 ? (uint32_t)acked_bytes : 0;
    if (trains->bytes < CHUNK_BYTES)
        return;
    rate_bps = (uint64_t)((double)trains->bytes * 8e9 / (double)(length_ns > 0 ? length_ns : 1));
    for (rate_bps >>= TP_TRAIN_LEAST; rate_bps > 1 && index < TP_TRAIN_RATES - 1; rate_bps >>= 1)
        index++;
    trains->by_rate[index] += trains->bytes;
    trains->bytes = 0;
    trains->since_ns = now_ns;
}

bool tp_trains_rate(const struct tp_trains *trains, double *rate_bps)
{
    uint64_t whole = 0, above = 0;
    unsigned index;

    for (index = 0; index < TP_TRAIN_RATES; index++)
        whole += trains->by_rate[index];
    if (whole < (uint64_t)CHUNKS * CHUNK_BYTES)
        return false;
    for (index = TP_TRAIN_RATES; above * 2 < whole;)
        above += trains->by_rate[--index];
    *rate_bps = (double)(UINT64_C(1) << (TP_TRAIN_LEAST + index));
    return true;
}
