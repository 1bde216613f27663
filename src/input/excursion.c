/* excursion.c: the way out and back. */
#include "input/excursion.h"

#define BEFORE_MAX 256
#define BEHIND_MAX 64
#define SURE_NS    INT64_C(2200000) /* as exact as timestamps of a millisecond are */

/* Does the time behind it go on as before it, as far as timestamps tell, and by no means as if the clock
 * had been set back? */
static bool goes_on(const struct lag_place *place, size_t from, int64_t back_ns)
{
    const struct tp_record *list[BEFORE_MAX + BEHIND_MAX];
    size_t i = from > BEFORE_MAX ? from - BEFORE_MAX : 0, count = 0;
    struct lag_place without = {.list = list};
    struct lag lag;

    while (i < from)
        list[count++] = place->list[i++];
    without.at = count;
    for (i = place->at; i < place->count && count < without.at + BEHIND_MAX; i++)
        list[count++] = place->list[i];
    without.count = count;
    return lag_measure(&without, &lag) && lag.least_ns <= 0 && lag.most_ns < back_ns;
}

bool excursion_find(const struct lag_place *place, size_t least, int64_t back_ns,
                    struct excursion *found)
{
    const struct tp_record *const *list = place->list;
    int64_t back_at_ns = list[place->at]->ts_ns, room_ns, span_ns, out_ns;
    int64_t first_ns = INT64_MAX, last_ns = INT64_MIN;
    size_t from = place->at;

    for (; from > least && list[from - 1]->ts_ns > back_at_ns; from--) {
        first_ns = list[from - 1]->ts_ns < first_ns ? list[from - 1]->ts_ns : first_ns;
        last_ns = list[from - 1]->ts_ns > last_ns ? list[from - 1]->ts_ns : last_ns;
    }
    if (from == place->at || from == 0 || from == least ||
        __builtin_sub_overflow(back_at_ns, list[from - 1]->ts_ns, &room_ns) ||
        __builtin_sub_overflow(last_ns, first_ns, &span_ns) || span_ns > room_ns ||
        __builtin_sub_overflow(first_ns, list[from - 1]->ts_ns, &out_ns) ||
        !goes_on(place, from, back_ns))
        return false;
    *found = (struct excursion){.from = from,
                                .ahead_ns = out_ns - (room_ns - span_ns) / 2,
                                .unsure = (room_ns - span_ns) / 2 > SURE_NS};
    return true;
}
