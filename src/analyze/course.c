/* course.c: the course of a transfer: its first second, the end of slow start, and how its window
 * goes down: the factor of each decrease and the time between two of them.
 *
 * ssthresh in tcp_probe is tcp_current_ssthresh(): what a decrease set it to can be read only
 * while the congestion state is CWR or Recovery (include/net/tcp.h). It is set against the largest
 * of the last few windows before, which recovery may have begun to lower already.
 *
 * An algorithm that uses ssthresh sets it at each decrease, to a part of the window (ssthresh() of
 * struct tcp_congestion_ops, called by tcp_init_cwnd_reduction() in net/ipv4/tcp_input.c). BBR
 * leaves it: infinite, and from the end of its start-up on the bandwidth-delay product of that
 * moment, which is for those who read it (bbr_check_drain() in net/ipv4/tcp_bbr.c). What is printed
 * then is three quarters of the window outside recovery, which means nothing.
 *
 * The first probes of a socket are not followed, so that short flows, of which there may be a
 * million, need no memory for it: what happened among them is not told.
 */
#include <stdlib.h>
#include <string.h>

#include "analyze/analyzer.h"
#include "analyze/course.h"

#define FIRST_PROBES 8

/* Whether something happened before it is followed cannot be told any more. */
static struct tp_course *course_of(const struct tp_visit *visit)
{
    struct tp_socket *socket = visit->socket;
    const struct tp_side *side = &socket->side;
    struct tp_stat stat;

    if (socket->course)
        return socket->course;
    socket->course = tp_arena_take(&visit->analysis->arena, sizeof *socket->course);
    if (!socket->course)
        return NULL;
    socket->course->late =
        side->acked_bytes && side->acked_last_ns - side->acked_first_ns > TP_STARTUP_NS;
    socket->course->always_finite = tp_side_stat(side, TP_METRIC_SSTHRESH, &stat);
    socket->course->has_finite = socket->course->always_finite;
    return socket->course;
}

static int list_add(struct tp_course_list *list, double value)
{
    uint32_t grown = list->allocated ? list->allocated * 2 : 4;
    float *values;

    if (list->count == TP_DECREASES_MAX)
        return TP_OK;
    if (list->count == list->allocated) {
        values = realloc(list->values, grown * sizeof *values);
        if (!values)
            return TP_ERR_NOMEM;
        list->values = values;
        list->allocated = grown;
    }
    list->values[list->count++] = (float)value;
    return TP_OK;
}

static uint32_t largest_before(const struct tp_course *course)
{
    uint32_t largest = 0, i;

    for (i = 0; i < TP_DECREASE_BEFORE && i < course->windows; i++)
        if (course->before[i] > largest)
            largest = course->before[i];
    return largest;
}

/* Was it a decrease at all? */
static void note_equal(struct tp_course *course, uint32_t ssthresh)
{
    struct tp_equal_decreases *equal = &course->equal;
    uint32_t before = course->cwnd_before;

    if (ssthresh != equal->ssthresh_segs)
        *equal = (struct tp_equal_decreases){ssthresh, 0, before, before};
    equal->count++;
    if (before < equal->least_segs)
        equal->least_segs = before;
    if (before > equal->most_segs)
        equal->most_segs = before;
    course->unmoved |= ssthresh >= TP_UNMOVED_SEGS_MIN && equal->count >= TP_UNMOVED_MIN &&
                       equal->most_segs - equal->least_segs >= equal->most_segs / TP_UNMOVED_APART;
}

static int note_ssthresh(struct tp_course *course, const struct tp_record *record)
{
    double factor;

    if (!TP_HAS(record, SSTHRESH))
        return TP_OK;
    if (record->ssthresh >= TP_SSTHRESH_INFINITE) {
        course->unset |= course->decreasing;
        return TP_OK;
    }
    if (!course->has_finite) {
        course->has_finite = true;
        course->finite_ns = record->ts_ns;
    }
    if (!course->decreasing)
        return TP_OK;
    course->decreasing = false;
    if (!course->cwnd_before)
        return TP_OK;
    note_equal(course, record->ssthresh);
    factor = (double)record->ssthresh / course->cwnd_before;
    return list_add(&course->factors, factor);
}

/* What is seen to be acknowledged now was so at the probe before. */
static void note_startup(struct tp_course *course, const struct tp_side *side)
{
    if (!side->acked_bytes || side->acked_last_ns - side->acked_first_ns <= TP_STARTUP_NS)
        course->startup_bytes = side->acked_bytes;
}

/* After the acknowledged bytes are counted. */
static int on_probe(struct tp_visit *visit)
{
    const struct tp_record *record = visit->record;
    struct tp_side *side = visit->side;
    struct tp_course *course = visit->socket->course;

    if (!course && side->probes < FIRST_PROBES)
        return TP_OK;
    course = course_of(visit);
    if (!course)
        return TP_ERR_NOMEM;
    note_startup(course, side);
    if (TP_HAS(record, SND_CWND))
        course->before[course->windows++ % TP_DECREASE_BEFORE] = record->snd_cwnd;
    return note_ssthresh(course, record);
}

/* Before the congestion state's own analyzer knows of it: congestion.state is what it was. */
static int on_change(struct tp_visit *visit)
{
    const struct tp_record *record = visit->record;
    unsigned state = record->cong_state;
    bool was_calm = visit->socket->congestion.state < TP_CONG_CWR;
    bool lowers = state == TP_CONG_CWR || state == TP_CONG_RECOVERY;
    struct tp_course *course = visit->socket->course;
    int rc = TP_OK;

    if (!TP_HAS(record, CONG_STATE) || state >= TP_CONG_STATES ||
        record->cong_state == visit->socket->congestion.state || (!course && state < TP_CONG_CWR))
        return TP_OK;
    course = course_of(visit);
    if (!course)
        return TP_ERR_NOMEM;
    if (was_calm && state >= TP_CONG_CWR) {
        if (course->entries++ && record->ts_ns >= course->entry_ns)
            rc = list_add(&course->epochs_ns, (double)(record->ts_ns - course->entry_ns));
        course->entry_ns = record->ts_ns;
    }
    course->decreasing = lowers && (was_calm || course->decreasing);
    if (course->decreasing && was_calm)
        course->cwnd_before = largest_before(course);
    return rc;
}

void tp_course_free(struct tp_arena *arena, struct tp_course *course)
{
    if (!course)
        return;
    free(course->factors.values);
    free(course->epochs_ns.values);
    tp_arena_give(arena, course, sizeof *course);
}

/* --- asking ----------------------------------------------------------------------------------- */

static int ascending(const void *left, const void *right)
{
    const float *a = left, *b = right;

    return (*a > *b) - (*a < *b);
}

/* The order of the list means nothing to anybody: it is sorted where it stands. */
static bool median(const struct tp_course_list *list, uint32_t least, double *middle)
{
    uint32_t half = list->count / 2;

    if (list->count < least)
        return false;
    qsort(list->values, list->count, sizeof *list->values, ascending);
    *middle = list->count % 2 ? list->values[half]
                              : ((double)list->values[half - 1] + list->values[half]) / 2;
    return true;
}

static const struct tp_course *followed(const struct tp_side *side)
{
    return side ? tp_socket_of(side)->course : NULL;
}

bool tp_side_beta(const struct tp_side *side, double *beta)
{
    const struct tp_course *course = followed(side);

    return course && median(&course->factors, TP_BETAS_MIN, beta);
}

/* Those of BBR have names that begin so. */
static bool is_bbr(const char *congestion_control)
{
    return strncmp(congestion_control, "bbr", 3) == 0;
}

bool tp_flow_uses_ssthresh(const struct tp_analysis *analysis, const struct tp_flow *flow,
                           unsigned end)
{
    const struct tp_course *course = followed(tp_flow_side(flow, end));
    const char *name = tp_flow_congestion_control(analysis, flow);

    return !(course && course->unset) && (name ? !is_bbr(name) : !(course && course->unmoved));
}

bool tp_side_startup(const struct tp_side *side, uint64_t *bytes)
{
    const struct tp_course *course = followed(side);

    if (!course || course->late || side->acked_last_ns - side->acked_first_ns < TP_STARTUP_NS)
        return false;
    *bytes = course->startup_bytes;
    return true;
}

bool tp_side_slow_start(const struct tp_side *side, int64_t *until_ns)
{
    const struct tp_course *course = followed(side);

    if (!course || !course->has_finite || course->always_finite)
        return false;
    *until_ns = course->finite_ns;
    return true;
}

bool tp_side_epoch(const struct tp_side *side, double *epoch_ns)
{
    const struct tp_course *course = followed(side);

    return course && median(&course->epochs_ns, 1, epoch_ns);
}

const struct tp_analyzer tp_course_analyzer = {
    .name = "course",
    .fields = TP_BIT(SND_CWND) | TP_BIT(SSTHRESH) | TP_BIT(CONG_STATE),
    .on = {[TP_KIND_PROBE] = on_probe, [TP_KIND_CONG_STATE_SET] = on_change},
};
