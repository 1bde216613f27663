/* reasons_answers.c: what may be found of how data are answered: their sizes, ACKs that are
 * missing, ACKs in bunches. */
#include <tcpprobe/answers.h>

#include "explain/reasons.h"

static const struct tp_answers *answers_of(const struct tp_case *of)
{
    return tp_flow_answers(of->sheet->flow, of->end);
}

/* --- sizes ------------------------------------------------------------------------------------ */

#define HOLE_SENT 4                  /* of large ones */
#define HOLE_NS   INT64_C(500000000) /* from the first to the last one: two timeouts and more */

/* Did none of them arrive, and smaller ones do? */
static bool are_large_lost(const struct tp_large_segments *large)
{
    return large->passed_bytes > 0 && large->sent >= HOLE_SENT &&
           large->last_ns - large->first_ns >= HOLE_NS;
}

/* Smaller ones that were sent behind them arrived: it is no path that carries nothing. */
static bool is_hole(const struct tp_large_segments *large)
{
    return are_large_lost(large) && large->passed_behind > 0;
}

bool case_is_black_hole(const struct tp_case *of)
{
    const struct tp_answers *answers = answers_of(of);

    return answers && is_hole(&answers->large);
}

void reason_add_large(const struct tp_case *of, struct tp_reason *reason)
{
    const struct tp_answers *answers = answers_of(of);

    if (!answers || !are_large_lost(&answers->large) || of->black_hole)
        return;
    reason->confidence = TP_LIKELY;
    case_say(reason,
             "; %u times a segment of more than %u bytes (up to %u) was sent, and none ever "
             "arrived, while smaller ones before them had: the path's MTU may be smaller, or it "
             "carried nothing any more",
             answers->large.sent, answers->large.passed_bytes, answers->large.bytes);
}

bool find_mtu_black_hole(const struct tp_case *of, struct tp_reason *reason)
{
    const struct tp_answers *answers = answers_of(of);

    if (!of->black_hole)
        return false;
    reason->cost_ns = case_waited(of, TP_WAIT_RTO);
    reason->confidence = TP_LIKELY;
    reason->has_place = true;
    reason->begin_ns = answers->large.first_ns;
    reason->end_ns = answers->large.last_ns;
    case_say(reason,
             "%u times a segment of more than %u bytes (up to %u) was sent, and none ever arrived, "
             "while smaller ones sent behind them did",
             answers->large.sent, answers->large.passed_bytes, answers->large.bytes);
    if (reason->cost_ns > 0)
        case_say(reason, "; it was silent for %s until retransmission timeouts went off",
                 T(reason->cost_ns));
    return true;
}

/* --- missing ACKs ----------------------------------------------------------------------------- */

/* Rules of thumb: enough of them, and nearly all in one row. */
#define NUMBERED_MIN 200
#define MISSING_MIN  20
#define MISSING_PART 0.02
#define STRANGE_PART 0.01
#define MISSING_MOST 0.5  /* more are those of other connections */
#define TOLD_PART    0.25 /* of what missing ACKs told, told by those behind the gaps, at least */

/* Who numbers the packets of all its connections in one row has gaps, too, and ACKs behind them
 * that tell more by accident: but not as much more as there are numbers missing. */
static bool are_told_behind(const struct tp_numbered *numbered)
{
    double usual = (double)numbered->acked_in_row / numbered->acks_in_row;

    return (double)numbered->acked_behind - usual * numbered->acks_behind >=
           TOLD_PART * usual * numbered->missing;
}

static bool are_acks_missing(const struct tp_numbered *numbered)
{
    double seen = (double)numbered->in_row + numbered->gaps;

    return seen >= NUMBERED_MIN && numbered->missing >= MISSING_MIN && numbered->acks_in_row &&
           numbered->acks_behind >= MISSING_MIN / 2 && numbered->strange <= STRANGE_PART * seen &&
           numbered->missing >= MISSING_PART * (seen + numbered->missing) &&
           numbered->missing <= MISSING_MOST * (seen + numbered->missing) &&
           are_told_behind(numbered);
}

/* Did the capture itself miss data? Then it may have missed ACKs. */
static bool is_capture_whole(const struct tp_case *of)
{
    return !tp_analysis_is_filtered(of->sheet->analysis) &&
           case_count(of, TP_FIGURE_wire_missed_bytes, SENDER) < 1 &&
           case_count(of, TP_FIGURE_wire_missed_bytes, PEER) < 1;
}

bool find_ack_loss(const struct tp_case *of, struct tp_reason *reason)
{
    const struct tp_answers *answers = answers_of(of);
    const struct tp_numbered *numbered;
    double all;

    if (!answers || !are_acks_missing(&answers->numbered) || !is_capture_whole(of))
        return false;
    numbered = &answers->numbered;
    all = (double)numbered->in_row + numbered->gaps + numbered->missing;
    reason->confidence = TP_LIKELY;
    case_say(
        reason,
        "%u of %.0f packets of %s (%s) are missing by their numbers: ACKs were lost before "
        "they came here, or the capture missed them; one behind a gap acknowledged %s, others %s",
        numbered->missing, all, DST, PERCENT(numbered->missing / all),
        SI((double)numbered->acked_behind / numbered->acks_behind, "B"),
        SI((double)numbered->acked_in_row / numbered->acks_in_row, "B"));
    return true;
}

/* --- bunches ---------------------------------------------------------------------------------- */

#define BUNCHES_MIN  20  /* rules of thumb */
#define BUNCHED_PART 0.3 /* of the ACKs */

bool find_ack_compression(const struct tp_case *of, struct tp_reason *reason)
{
    const struct tp_answers *answers = answers_of(of);
    const struct tp_bunches *bunches;

    if (!answers)
        return false;
    bunches = &answers->bunches;
    if (bunches->count < BUNCHES_MIN || bunches->acks < BUNCHED_PART * bunches->all_acks)
        return false;
    reason->confidence = TP_LIKELY;
    case_say(
        reason,
        "%s of its ACKs came in %u bunches of %.0f: by their timestamps %s had sent those of a "
        "bunch over %s, and they came within %s",
        PERCENT((double)bunches->acks / bunches->all_acks), bunches->count,
        (double)bunches->acks / bunches->count, DST, T(bunches->sent_ns / bunches->count),
        T(bunches->came_ns / bunches->count));
    return true;
}
