/* counters_means.c: growth a second over the last 1, 5 and 15 minutes.
 *
 * Of each of them 60 readings are kept, evenly apart, so that memory does not grow with time. A
 * mean is told once so much time has passed, and over the time that lies between the two readings,
 * which may be a sixtieth longer.
 */
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "cli/counters.h"

const int64_t counters_mean_ns[COUNTERS_MEANS] = {
    INT64_C(60) * 1000000000, INT64_C(300) * 1000000000, INT64_C(900) * 1000000000};

static int copy(struct tp_counters *to, const struct tp_counters *from, struct tp_error *error)
{
    if (!TP_LIST_FIT(to->list, from->count, to->allocated))
        return tp_error_nomem(error);
    memcpy(to->list, from->list, from->count * sizeof *to->list);
    to->count = from->count;
    to->ts_ns = from->ts_ns;
    return TP_OK;
}

/* The last of the readings that are kept; NULL: there is none. */
static const struct tp_counters *newest(const struct counters_mean *mean)
{
    return mean->kept ? &mean->reading[(mean->kept - 1) % COUNTERS_READINGS] : NULL;
}

int counters_means_note(struct counters_mean means[COUNTERS_MEANS], const struct tp_counters *now,
                        struct tp_error *error)
{
    int rc = TP_OK;

    for (unsigned i = 0; i < COUNTERS_MEANS && rc == TP_OK; i++) {
        struct counters_mean *mean = &means[i];
        const struct tp_counters *last = newest(mean);

        if (last && now->ts_ns - last->ts_ns < counters_mean_ns[i] / (COUNTERS_READINGS - 1))
            continue;
        rc = copy(&mean->reading[mean->kept % COUNTERS_READINGS], now, error);
        mean->kept += rc == TP_OK;
    }
    return rc;
}

/* The youngest reading that is old enough; NULL: there is none yet. */
static const struct tp_counters *begin_of(const struct counters_mean *mean, int64_t span_ns,
                                          int64_t now_ns)
{
    uint64_t oldest = mean->kept > COUNTERS_READINGS ? mean->kept - COUNTERS_READINGS : 0;

    for (uint64_t i = mean->kept; i > oldest; i--) {
        const struct tp_counters *reading = &mean->reading[(i - 1) % COUNTERS_READINGS];

        if (now_ns - reading->ts_ns >= span_ns)
            return reading;
    }
    return NULL;
}

bool counters_mean_rate(const struct counters_mean means[COUNTERS_MEANS], unsigned which,
                        const struct tp_counters *now, const char *name, double *per_second)
{
    const struct tp_counters *begin = begin_of(&means[which], counters_mean_ns[which], now->ts_ns);
    uint64_t growth;

    if (!begin || !tp_counter_growth(now, begin, name, &growth))
        return false;
    *per_second = (double)growth / ((double)(now->ts_ns - begin->ts_ns) / 1e9);
    return true;
}

void counters_means_release(struct counters_mean means[COUNTERS_MEANS])
{
    for (unsigned i = 0; i < COUNTERS_MEANS; i++)
        for (unsigned slot = 0; slot < COUNTERS_READINGS; slot++)
            tp_counters_release(&means[i].reading[slot]);
}
