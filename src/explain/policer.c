/* policer.c: are losses those of a token bucket?
 *
 * After Flach et al., An Internet-Wide Analysis of Traffic Policing (SIGCOMM 2016): a policer
 * forwards at its rate on average, and drops when its bucket is empty. With that rate taken between
 * the first loss and the last one, what has passed up to each loss lies on one line, as the bucket
 * was empty each time, and what passed in between lies behind it, as there were tokens. A queue
 * that overflows has been drained in between for longer or shorter, losses at random come at any
 * time, and of a sender that keeps to one rate all by itself (BBR) as many packets pass before the
 * line as behind it.
 */
#include <stdlib.h>

#include "explain/case.h"

/* Flach et al., 4.1, ask for 15 losses as well. Others: chosen by recordings of policers and of
 * what looks like them. */
#define LOSSES_MIN 15
#define EPISODES   5 /* as of any sort of loss, and nearly all of them without a queue */
/* Between the tenth and the ninetieth percentile of what lost ones are off. */
#define SPREAD_SEGS 40
#define SPREAD_PART                                                                                \
    0.012 /* ... and of all that passed: a short queue comes near to a line, too                   \
           */
#define PASSED_SEGS 200
#define BEFORE_MAX  0.15 /* share of the bytes that may have passed before the line */

struct policed_loss {
    int64_t sent_ns;
    double bytes;  /* lost */
    double passed; /* up to it */
};

struct policed_line {
    struct policed_loss *list;
    uint32_t count;
    double per_ns; /* bytes */
};

static int by_time(const void *left, const void *right)
{
    const struct policed_loss *a = left, *b = right;

    return (a->sent_ns > b->sent_ns) - (a->sent_ns < b->sent_ns);
}

static double off(const struct policed_line *line, int64_t at_ns, double passed)
{
    return line->per_ns * (double)(at_ns - line->list[0].sent_ns) - (passed - line->list[0].passed);
}

/* What had passed up to each loss: what was sent, less what was lost before. */
static void add_up(struct policed_line *line, const struct tp_series *sent)
{
    double before = 0, lost = 0, part;
    uint32_t bin = 0;

    for (uint32_t i = 0; i < line->count; i++) {
        const struct tp_bin *at;
        int64_t length_ns, until_ns = line->list[i].sent_ns;

        while (bin < sent->count && sent->bins[bin].end_ns < until_ns)
            before += sent->bins[bin++].sum;
        at = bin < sent->count ? &sent->bins[bin] : NULL;
        length_ns = at ? at->end_ns - at->t_ns : 0;
        part = at && until_ns > at->t_ns && length_ns > 0
                   ? at->sum * (double)(until_ns - at->t_ns) / (double)length_ns
                   : 0;
        line->list[i].passed = before + part - lost;
        lost += line->list[i].bytes;
    }
}

/* By how much lost ones are off the line, sorted; NULL: no memory. */
static double *lost_off(const struct policed_line *line)
{
    double *offs = malloc(line->count * sizeof *offs);

    for (uint32_t i = 0; offs && i < line->count; i++)
        offs[i] = off(line, line->list[i].sent_ns, line->list[i].passed);
    if (offs)
        qsort(offs, line->count, sizeof *offs, case_by_number);
    return offs;
}

/* The share of what passed while less had tokens than at the median of the losses. */
static double passed_before(const struct policed_line *line, const struct tp_series *sent,
                            double middle)
{
    double passed = 0, before = 0, all = 0, lost = 0, here;
    uint32_t next = 0;

    for (uint32_t bin = 0; bin < sent->count; bin++) {
        const struct tp_bin *at = &sent->bins[bin];

        here = 0;
        while (next < line->count && line->list[next].sent_ns <= at->end_ns)
            here += line->list[next++].bytes;
        if (at->t_ns > line->list[0].sent_ns && at->end_ns < line->list[line->count - 1].sent_ns) {
            all += at->sum - here;
            if (off(line, at->t_ns, passed - lost) < middle)
                before += at->sum - here;
        }
        passed += at->sum;
        lost += here;
    }
    return all > 0 ? before / all : 1;
}

static double judge(const struct tp_case *of, const struct policed_line *line,
                    const struct tp_series *sent, double mss)
{
    const struct policed_loss *first = &line->list[0], *last = &line->list[line->count - 1];
    double *offs = lost_off(line), spread, middle;

    if (!offs) {
        of->sheet->out_of_memory = true;
        return 0;
    }
    spread = offs[line->count * 9 / 10] - offs[line->count / 10];
    middle = offs[line->count / 2];
    free(offs);
    if (spread > SPREAD_SEGS * mss || spread > SPREAD_PART * (last->passed - first->passed) ||
        last->passed - first->passed < PASSED_SEGS * mss ||
        passed_before(line, sent, middle) > BEFORE_MAX)
        return 0;
    return line->per_ns * 8e9;
}

double case_policed(const struct tp_case *of)
{
    const struct tp_flow *flow = of->sheet->flow;
    const struct tp_spans *resent = tp_flow_resent(flow, of->end);
    const struct tp_series *sent = tp_flow_series(flow, of->end, TP_METRIC_WIRE_SENT);
    struct policed_line line = {NULL, 0, 0};
    struct case_losses losses = case_losses(of);
    double mss, rate_bps = 0;

    if (!resent || !sent || resent->count < LOSSES_MIN || losses.episodes < EPISODES ||
        losses.without_queue * 5 < losses.episodes * 4 ||
        !tp_sheet_number(of->sheet, TP_FIGURE_mss_bytes, 0, TP_FROM_PACKETS, &mss) ||
        !(line.list = calloc(resent->count, sizeof *line.list)))
        return 0;
    for (; line.count < resent->count; line.count++)
        line.list[line.count] = (struct policed_loss){resent->list[line.count].begin_ns,
                                                      (double)resent->list[line.count].value, 0};
    qsort(line.list, line.count, sizeof *line.list, by_time);
    add_up(&line, sent);
    line.per_ns = (line.list[line.count - 1].passed - line.list[0].passed) /
                  (double)(line.list[line.count - 1].sent_ns - line.list[0].sent_ns + 1);
    rate_bps = judge(of, &line, sent, mss);
    free(line.list);
    return rate_bps;
}
