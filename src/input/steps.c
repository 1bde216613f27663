/* steps.c: proofs, and moving what stands behind them. */
#include "input/excursion.h"
#include "input/order.h"
#include "input/window.h"

#define WATCH_MAX    64   /* packets that may tell how far a step was, or of a suspect */
#define LEAP_MAX     4096 /* ... of a step forward: a round trip may be as many */
#define MEASURED_MAX 256  /* steps: a capture of more has no clock */
#define SUSPECTS_MAX 64   /* that are looked at in a capture: of more, each direction has a clock */
#define GATHERED_MAX (2 * TP_SORT_WINDOW)
#define EXACT_NS     INT64_C(2200000) /* room that timestamps may leave: a millisecond each way */

static bool is_marked(const struct tp_record *record, unsigned oddity)
{
    return TP_HAS(record, ODDITIES) && record->oddities & oddity;
}

static void set_marks(struct tp_record *record, unsigned set, unsigned clear)
{
    unsigned before = TP_HAS(record, ODDITIES) ? record->oddities : 0;

    record->oddities = (uint16_t)((before & ~clear) | set);
    record->have |= TP_BIT(ODDITIES);
}

/* The stream's own, in batches or held. */
static struct tp_record *record_at(const struct window *window, size_t at)
{
    return (struct tp_record *)(uintptr_t)window->order[at];
}

/* Of records that were not delivered; window->count: it was. */
static size_t find(const struct window *window, uint64_t frame)
{
    size_t i;

    for (i = window->count; i > window->ready; i--)
        if (TP_HAS(window->order[i - 1], FRAME) && window->order[i - 1]->frame == frame)
            return i - 1;
    return window->count;
}

static struct lag_place place_at(const struct window *window, size_t at)
{
    return (struct lag_place){window->order + window->next, at - window->next,
                              window->count - window->next};
}

static void add_ns(int64_t *ns, int64_t by_ns)
{
    if (__builtin_add_overflow(*ns, by_ns, ns))
        *ns = by_ns < 0 ? INT64_MIN : INT64_MAX;
}

/* Moves all from there on, and what is yet to come. */
static void move(struct window *window, size_t at, int64_t by_ns)
{
    size_t i;

    if (by_ns < 0 && at > window->next) {
        window->latest_ns = window->order[at - 1]->ts_ns;
        window->latest_frame = window->order[at - 1]->frame;
    }
    for (i = at; i < window->count; i++) {
        add_ns(&record_at(window, i)->ts_ns, by_ns);
        if (window->order[i]->ts_ns < window->latest_ns)
            continue;
        window->latest_ns = window->order[i]->ts_ns;
        window->latest_frame = window->order[i]->frame;
    }
    add_ns(&window->steps.ahead_ns, by_ns);
}

static bool is_due(unsigned since)
{
    return since <= 8 || (since & (since - 1)) == 0;
}

static void tell_watched(struct steps *steps)
{
    steps->watched = steps->latest.on || steps->leap.on || steps->suspect.on;
}

static void watch(struct steps *steps, struct step_watch *place, const struct tp_record *first)
{
    *place = (struct step_watch){.on = TP_HAS(first, FRAME), .frame = first->frame};
    tell_watched(steps);
}

/* --- a step ----------------------------------------------------------------------------------- */

static bool is_exact(const struct lag *lag)
{
    return lag->most_ns - lag->least_ns <= EXACT_NS;
}

static void set_step(struct window *window, size_t at, int64_t back_ns, bool unsure)
{
    struct steps *steps = &window->steps;
    size_t i;

    for (i = at; i < window->count; i++)
        if (is_marked(window->order[i], TP_ODD_LATE))
            set_marks(record_at(window, i), 0, TP_ODD_LATE);
    move(window, at, back_ns);
    set_marks(record_at(window, at), TP_ODD_STEP | (unsure ? TP_ODD_STEP_UNSURE : 0), 0);
    if (steps->count++ < TP_CLOCK_STEPS_MAX)
        steps->list[steps->count - 1] =
            (struct tp_clock_step){window->order[at]->frame, back_ns, unsure};
    steps->latest_unsure = unsure;
    steps->unsure += unsure;
    doubt_drop(&window->doubt);
    steps->leap.on = steps->suspect.on = false;
    if (steps->count <= MEASURED_MAX)
        watch(steps, &steps->latest, window->order[at]);
    tell_watched(steps);
}

/* The timestamps of what came meanwhile may tell how much the times since the step still lag. */
static void refine(struct window *window)
{
    struct steps *steps = &window->steps;
    size_t at = find(window, steps->latest.frame);
    struct tp_clock_step *step =
        steps->count <= TP_CLOCK_STEPS_MAX ? &steps->list[steps->count - 1] : NULL;
    struct lag_place place;
    struct lag lag;
    int64_t rest_ns, room_ns;

    if (at == window->count || steps->latest.since >= WATCH_MAX)
        steps->latest.on = false;
    if (at == window->count)
        return;
    place = place_at(window, at);
    if (!lag_measure(&place, &lag) || !is_exact(&lag))
        return;
    rest_ns = lag.near_ns;
    if (place.at &&
        !__builtin_sub_overflow(window->order[at - 1]->ts_ns, window->order[at]->ts_ns, &room_ns) &&
        rest_ns < room_ns)
        rest_ns = room_ns;
    move(window, at, rest_ns);
    set_marks(record_at(window, at), 0, TP_ODD_STEP_UNSURE);
    steps->unsure -= steps->latest_unsure;
    steps->latest_unsure = false;
    if (step) {
        add_ns(&step->back_ns, rest_ns);
        step->unsure = false;
    }
}

/* --- back ------------------------------------------------------------------------------------- */

/* From the packets held that are later by their times: does this one follow from one of them, which
 * is later by so much? */
static enum packet_order follows(const struct window *window, const struct tp_record *packet,
                                 int64_t *early_ns)
{
    enum packet_order order = ORDER_UNKNOWN, found;
    int64_t by_ns;
    size_t i;

    *early_ns = 0;
    for (i = window->count; i > window->next && order != ORDER_AFTER_OWN; i--) {
        const struct tp_record *before = window->order[i - 1];

        if (before->ts_ns <= packet->ts_ns && !is_marked(before, TP_ODD_LATE))
            break;
        if (before->ts_ns <= packet->ts_ns)
            continue;
        found = order_of(packet, before);
        if (found && __builtin_sub_overflow(before->ts_ns, packet->ts_ns, &by_ns))
            by_ns = INT64_MAX;
        if (found && by_ns > *early_ns)
            *early_ns = by_ns;
        if (found == ORDER_AFTER_OWN && by_ns < CLOCK_STEP_MIN_NS)
            found = ORDER_AFTER_PEER; /* it stays all the same */
        order = found ? found : order;
    }
    return order;
}

static bool is_behind(const struct tp_record *record, uint64_t frame, int64_t until_ns)
{
    return record->ts_ns <= until_ns && TP_HAS(record, FRAME) && record->frame > frame;
}

/* Packets behind that one in the file that are no later than the window's last become its last, in
 * the order that they have. Returns where they begin. */
static size_t gather(struct window *window, uint64_t frame, int64_t until_ns)
{
    const struct tp_record *gathered[GATHERED_MAX], **order = window->order;
    size_t i, count = 0, to, last = window->count - 1;
    size_t from = last > GATHERED_MAX - 1 ? last - (GATHERED_MAX - 1) : 0;

    from = to = from > window->ready ? from : window->ready;
    for (i = from; i < window->count; i++)
        if (i == last || is_behind(order[i], frame, until_ns))
            gathered[count++] = order[i];
        else
            order[to++] = order[i];
    for (i = 0; i < count; i++)
        order[to + i] = gathered[i];
    return to;
}

/* Those before the place were ahead: they are set back, and what follows is not. */
static bool was_ahead(struct window *window, size_t at, int64_t back_ns)
{
    struct lag_place place = place_at(window, at);
    size_t least = window->ready > window->next ? window->ready - window->next : 0;
    struct excursion ahead;

    if (!excursion_find(&place, least, back_ns, &ahead))
        return false;
    set_step(window, window->next + ahead.from, -ahead.ahead_ns, ahead.unsure);
    set_step(window, at, ahead.ahead_ns, false);
    window->steps.latest.on = false; /* it was measured across them */
    tell_watched(&window->steps);
    return true;
}

/* By no less than that, as the window's last packet proves. */
static void step_back(struct window *window, const struct tp_record *packet)
{
    size_t at = gather(window, window->latest_frame, packet->ts_ns);
    int64_t back_ns;

    if (__builtin_sub_overflow(window->latest_ns, window->order[at]->ts_ns, &back_ns))
        back_ns = INT64_MAX;
    window->late -= window->late_behind;
    window->late_behind = 0;
    if (!was_ahead(window, at, back_ns))
        set_step(window, at, back_ns, true);
}

static void suspect(struct window *window, const struct tp_record *answer, int64_t early_ns)
{
    struct steps *steps = &window->steps;

    if (early_ns < CLOCK_STEP_MIN_NS || steps->suspect.on || steps->latest.on ||
        steps->suspects == SUSPECTS_MAX || !TP_HAS(answer, TSVAL))
        return;
    steps->suspects++;
    watch(steps, &steps->suspect, answer);
    steps->suspect.ns = early_ns;
}

/* Behind the other place's packets (mergecap -a) stand this one's: is it a copy of one of those? */
static bool is_copy(const struct window *window, const struct tp_record *packet)
{
    size_t i;

    for (i = window->count; i > window->next && window->order[i - 1]->ts_ns > packet->ts_ns; i--)
        if (order_is_copy(packet, window->order[i - 1]))
            return true;
    return false;
}

bool steps_stays(struct window *window, struct tp_record *packet)
{
    int64_t early_ns;
    enum packet_order order = follows(window, packet, &early_ns);

    if (order == ORDER_UNKNOWN || (order == ORDER_AFTER_PEER && is_copy(window, packet)))
        return false;
    window->order[window->count++] = packet;
    if (order == ORDER_AFTER_OWN)
        step_back(window, packet);
    else
        suspect(window, packet, early_ns);
    return true;
}

static const struct tp_record *peer_behind(const struct window *window, size_t at)
{
    const struct tp_record *answer = window->order[at], *packet;

    for (; at < window->count; at++) {
        packet = window->order[at];
        if (packet->local != answer->local && TP_HAS(packet, TSVAL) &&
            order_share_connection(packet, answer))
            return packet;
    }
    return NULL;
}

/* Do the times of both ends lag, by no less than the answer was early? */
static void judge_suspect(struct window *window)
{
    struct steps *steps = &window->steps;
    size_t at = find(window, steps->suspect.frame);
    const struct tp_record *peer = at < window->count ? peer_behind(window, at) : NULL;
    struct lag_place place = place_at(window, at);
    struct lag own_lag, peer_lag;
    int64_t early_ns = steps->suspect.ns, back_ns;

    if (at == window->count || steps->suspect.since >= WATCH_MAX)
        steps->suspect.on = false;
    if (!peer || !lag_of_end(&place, window->order[at], &own_lag) ||
        !lag_of_end(&place, peer, &peer_lag))
        return;
    back_ns = own_lag.near_ns < peer_lag.near_ns ? own_lag.near_ns : peer_lag.near_ns;
    if (own_lag.most_ns < early_ns || peer_lag.most_ns < early_ns)
        steps->suspect.on = false;
    else if (own_lag.least_ns > 0 && peer_lag.least_ns > 0)
        set_step(window, at, back_ns > early_ns ? back_ns : early_ns, true);
}

/* --- forward ---------------------------------------------------------------------------------- */

void steps_leap(struct window *window, const struct tp_record *packet)
{
    if (!window->steps.leap.on)
        watch(&window->steps, &window->steps.leap, packet);
}

static void step_forward(struct window *window, size_t at)
{
    struct lag_place place = place_at(window, at);
    int64_t back_ns, gap_ns = window->order[at]->ts_ns - window->order[at - 1]->ts_ns;
    struct lag lag = {.least_ns = -gap_ns};
    bool known = lag_measure(&place, &lag);

    back_ns = known && is_exact(&lag) ? lag.near_ns : lag.least_ns;
    if (back_ns < -gap_ns)
        back_ns = -gap_ns;
    if (back_ns < -LEAP_MIN_NS / 2)
        set_step(window, at, back_ns, !known || !is_exact(&lag));
}

static void judge_leap(struct window *window)
{
    struct step_watch *leap = &window->steps.leap;
    size_t at = find(window, leap->frame);
    struct lag_place place = place_at(window, at);
    enum leap_verdict verdict = at < window->count ? leap_judge(&place) : LEAP_NONE;

    if (verdict != LEAP_OPEN || leap->since >= LEAP_MAX)
        leap->on = false;
    if (verdict == LEAP_PROVED)
        step_forward(window, at);
}

/* --- meanwhile -------------------------------------------------------------------------------- */

void steps_watch(struct window *window)
{
    struct steps *steps = &window->steps;

    if (steps->latest.on && is_due(++steps->latest.since))
        refine(window);
    if (steps->suspect.on && is_due(++steps->suspect.since))
        judge_suspect(window);
    if (steps->leap.on && is_due(++steps->leap.since))
        judge_leap(window);
    tell_watched(steps);
}

size_t steps_ready(struct window *window, size_t ready, bool paused)
{
    struct steps *steps = &window->steps;
    size_t at;

    if (paused)
        steps->leap.on = false;
    if (!steps->leap.on)
        return ready;
    at = find(window, steps->leap.frame);
    at = at > LEAP_BEFORE_MAX ? at - LEAP_BEFORE_MAX : 0;
    at = at > window->ready ? at : window->ready;
    return at < ready ? at : ready;
}

void steps_settle(struct window *window)
{
    struct steps *steps = &window->steps;

    if (steps->latest.on)
        refine(window);
    if (steps->suspect.on)
        judge_suspect(window);
    if (steps->leap.on)
        judge_leap(window);
    tell_watched(steps);
}
