/* lag.c: the rate of timestamps, and what they leave room for. */
#include "input/lag.h"
#include "input/order.h"

#define TICKS_LEAST 4                      /* to tell what a tick is */
#define PAUSE_MAX   INT64_C(3600000000000) /* longer, and it is not the time that they count */
#define BEFORE_MAX  256                    /* packets that are looked at */
#define BEHIND_MAX  64
#define PAIRS_MAX   4    /* for each of these */
#define RATE_ERROR  1000 /* ticks are wrong by no more than one in so many */

/* Kernels have microseconds or milliseconds, or once had their timer's ticks; other systems tenths
 * or halves of a second. 0: none of these. */
static int64_t tick_near(int64_t ns)
{
    static const int64_t ticks_ns[] = {1000,     1000000,   4000000,   10000000,
                                       20000000, 100000000, 500000000, 1000000000};
    size_t i;

    for (i = 0; i < sizeof ticks_ns / sizeof *ticks_ns; i++)
        if (ns >= ticks_ns[i] / 4 * 3 && ns <= ticks_ns[i] / 4 * 5)
            return ticks_ns[i];
    return 0;
}

static bool has_time_of(const struct tp_record *packet, const struct tp_record *like)
{
    return TP_HAS(packet, TSVAL) && packet->local == like->local &&
           order_share_connection(packet, like);
}

static int64_t tick_between(const struct tp_record *early, const struct tp_record *late)
{
    int64_t ticks = (int32_t)(late->tsval - early->tsval), rose_ns;

    return ticks >= TICKS_LEAST && !__builtin_sub_overflow(late->ts_ns, early->ts_ns, &rose_ns)
               ? tick_near(rose_ns / ticks)
               : 0;
}

/* The further apart, the surer. */
int64_t lag_tick(const struct tp_record *const *list, size_t from, size_t to,
                 const struct tp_record *like)
{
    int64_t tick_ns = 0;
    size_t i;

    while (to > from && !has_time_of(list[to - 1], like))
        to--;
    for (i = from; i + 1 < to && !tick_ns; i++)
        if (has_time_of(list[i], like))
            tick_ns = tick_between(list[i], list[to - 1]);
    return tick_ns;
}

static size_t first_of(const struct lag_place *place)
{
    return place->at > BEFORE_MAX ? place->at - BEFORE_MAX : 0;
}

static size_t end_of(const struct lag_place *place)
{
    return place->count - place->at > BEHIND_MAX ? place->at + BEHIND_MAX : place->count;
}

static int64_t tick_at(const struct lag_place *place, const struct tp_record *like)
{
    int64_t tick_ns = lag_tick(place->list, first_of(place), place->at, like);

    return tick_ns ? tick_ns : lag_tick(place->list, place->at, end_of(place), like);
}

static bool lag_between(const struct tp_record *before, const struct tp_record *behind,
                        int64_t tick_ns, struct lag *lag)
{
    int64_t ticks = (int32_t)(behind->tsval - before->tsval), rose_ns, error_ns;

    if (ticks < 0 || ticks > PAUSE_MAX / tick_ns ||
        __builtin_sub_overflow(behind->ts_ns, before->ts_ns, &rose_ns))
        return false;
    error_ns = tick_ns + ticks * tick_ns / RATE_ERROR;
    return !__builtin_sub_overflow(ticks * tick_ns, rose_ns, &lag->near_ns) &&
           !__builtin_sub_overflow(ticks * tick_ns - error_ns, rose_ns, &lag->least_ns) &&
           !__builtin_sub_overflow(ticks * tick_ns + error_ns, rose_ns, &lag->most_ns);
}

/* Jitter may leave no room at all: then what is nearer to the place holds. */
static void narrow(struct lag *lag, const struct lag *by)
{
    int64_t least_ns = lag->least_ns > by->least_ns ? lag->least_ns : by->least_ns;
    int64_t most_ns = lag->most_ns < by->most_ns ? lag->most_ns : by->most_ns;

    if (least_ns > most_ns)
        return;
    lag->least_ns = least_ns;
    lag->most_ns = most_ns;
    if (lag->near_ns < least_ns)
        lag->near_ns = least_ns;
    if (lag->near_ns > most_ns)
        lag->near_ns = most_ns;
}

/* By one packet behind the place. */
static bool look_back(const struct lag_place *place, const struct tp_record *behind, bool known,
                      struct lag *lag)
{
    int64_t tick_ns = TP_HAS(behind, TSVAL) ? tick_at(place, behind) : 0;
    size_t i, pairs = 0, first = first_of(place);
    struct lag one;

    for (i = place->at; tick_ns && i > first && pairs < PAIRS_MAX; i--) {
        if (!has_time_of(place->list[i - 1], behind) ||
            !lag_between(place->list[i - 1], behind, tick_ns, &one))
            continue;
        if (known)
            narrow(lag, &one);
        else
            *lag = one;
        known = true;
        pairs++;
    }
    return known;
}

bool lag_of_end(const struct lag_place *place, const struct tp_record *like, struct lag *lag)
{
    size_t i, end = end_of(place);
    bool known = false;

    for (i = place->at; i < end; i++)
        if (has_time_of(place->list[i], like))
            known = look_back(place, place->list[i], known, lag);
    return known;
}

bool lag_measure(const struct lag_place *place, struct lag *lag)
{
    size_t i, end = end_of(place);
    bool known = false;

    for (i = place->at; i < end; i++)
        known = look_back(place, place->list[i], known, lag);
    return known;
}
