/* pass.h: a pass' own shape, for the files of this folder. */
#ifndef TCPPROBE_PASS_PASS_H
#define TCPPROBE_PASS_PASS_H

#include <tcpprobe/pass.h>

#define TIMELINES_MAX 1023 /* of further ones times do not count from their first record */

struct tp_pass {
    struct tp_pass_options options;
    struct tp_stream *stream;
    struct tp_pass_counts counts;
    bool windowed;
    bool met[TP_INPUTS_MAX + 1];         /* by input: there was a record of it */
    bool has_first[TIMELINES_MAX + 1];   /* by timeline: likewise, ... */
    int64_t first_ns[TIMELINES_MAX + 1]; /* ... and the time of the first one */
};

/* tp_pass_analyse() in this thread. */
int pass_analyse(struct tp_pass *pass, struct tp_analysis *analysis, struct tp_error *error);

/* --- shares.c ------------------------------------------------------------------------------- */

/* Between how many threads the pass, which has not begun, is best shared; 1: it does not pay, or
 * cannot be. */
unsigned shares_of(const struct tp_pass *pass, const struct tp_analysis *analysis);
/* pass_analyse() by so many threads. False: it cannot be shared after all, and pass and analysis
 * are as they were. */
bool shares_analyse(struct tp_pass *pass, struct tp_analysis *analysis, unsigned count);

#endif
