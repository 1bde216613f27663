/* pass.h: one reading of files from their first record to their last, which is what every command
 * does: which records are meant (a window of time, a filter, one flow), and an analysis of them that
 * is told what was recorded, so that it knows 0 from "not recorded".
 *
 *     struct tp_pass *pass;
 *     if (tp_pass_open(&pass, paths, count, NULL, &error) == 0)
 *         rc = tp_pass_analyse(pass, analysis, &error);
 *     tp_pass_close(pass);
 *
 * Times of the window are of the recording's own clock or since the first record of their timeline,
 * which is the first one of all, whatever the filter says of it.
 *
 * Threads: one thread at a time uses a pass, and its callbacks run in that thread, but for `frame` of
 * struct tp_stream_options; passes share nothing.
 */
#ifndef TCPPROBE_PASS_H
#define TCPPROBE_PASS_H

#include <tcpprobe/analyze.h>
#include <tcpprobe/filter.h>
#include <tcpprobe/input.h>
#include <tcpprobe/pcap.h>

#ifdef __cplusplus
extern "C" {
#endif

struct tp_pass; /* one thread uses it at a time */

/* One end of the window. */
struct tp_pass_time {
    bool given;
    bool is_clock; /* of the recording's clock, else since the first record */
    int64_t ns;
    bool is_wall;  /* since 1970 UTC, whatever clock the recording has: tp_pass_next() fails where a
                      recording does not say */
};

/* Which records come though they are not chosen: connections can be followed from their start.
 * What is later than the window never comes. */
enum tp_follow {
    TP_FOLLOW_NONE,
    TP_FOLLOW_PACKETS, /* packets before the window that match the filter */
    TP_FOLLOW_ALL,     /* every record before the window that matches the filter */
    TP_FOLLOW_WHOLE,   /* and those that do not match: ask tp_pass_chose() which are to be shown */
};

struct tp_pass_options {
    struct tp_stream_options stream; /* fields: 0 for all; those of the filter are added */
    struct tp_filter *filter;        /* NULL: every record. Lives as long as the pass, which tells
                                        it the ports of the inputs (tp_filter_local_ports()) */
    struct tp_bpf *bpf;              /* NULL: every frame of captures. Takes the place of
                                        stream.frame; lives as long as the pass */
    struct tp_pass_time since, until;
    enum tp_follow follow;
    const struct tp_flow_key *only;  /* leave out what is of other flows for certain; NULL: nothing.
                                        Lives as long as the pass */
    /* Called now and then, never after the last record: bytes of the files that were read, and of
     * all files (0 where that is not known). May be NULL. */
    void (*progress)(void *context, uint64_t done_bytes, uint64_t total_bytes);
    void *progress_context;
    /* tp_pass_analyse() asks it before each record is analysed; negative ends it with TP_ERR_STOPPED. May
     * be NULL. */
    int (*before)(void *context, const struct tp_record *record);
    void *before_context;
};

/* Events that came, without those that tell of lost ones. */
struct tp_pass_counts {
    uint64_t seen;    /* all of them */
    uint64_t taken;   /* of these, those inside the window that match, and those that are followed */
    uint64_t packets; /* of these, packets */
};

/* As tp_stream_open(). On success the caller closes *pass; on failure it is NULL. options may be
 * NULL and need not live on. */
int tp_pass_open(struct tp_pass **pass, const char *const *paths, size_t count,
                 const struct tp_pass_options *options, struct tp_error *error);

/* The next record that is meant: as tp_stream_next(). Records that tell of lost events match every
 * filter: loss is never hidden. */
int tp_pass_next(struct tp_pass *pass, const struct tp_record **record, struct tp_error *error);

/* Feeds all of them to analysis, tells it what was recorded (where all logs say which events they
 * recorded and no filter left any out) and finishes it. Captures that are files are shared between as many
 * threads as stream.threads says, if tp_analysis_may_split(): with the same result. 0 or negative. */
int tp_pass_analyse(struct tp_pass *pass, struct tp_analysis *analysis, struct tp_error *error);

/* The window on that timeline; INT64_MIN and INT64_MAX where no limit is given. It is known once a
 * record of the timeline has come. */
void tp_pass_window(const struct tp_pass *pass, uint32_t timeline, int64_t *from_ns,
                    int64_t *until_ns);

/* One time on that timeline, as tp_pass_window() takes those of the window; zero_ns: what those
 * that are no clock's count from. False if it is one of the wall and nothing says what that is
 * here. */
bool tp_pass_clock(const struct tp_pass *pass, uint32_t timeline, const struct tp_pass_time *time,
                   int64_t zero_ns, int64_t *clock_ns);

/* Is a record inside the window, and does it match the filter? */
bool tp_pass_chose(const struct tp_pass *pass, const struct tp_record *record);
/* The same of a filter with figures (tp_filter_parse_with()), which are known only once the record has
 * been analysed: for TP_FOLLOW_WHOLE. */
bool tp_pass_chose_with(const struct tp_pass *pass, const struct tp_record *record,
                        tp_filter_figure *figure, void *context);

/* Time of the first record on that timeline, before any filter; 0 if there was none. */
int64_t tp_pass_first_ns(const struct tp_pass *pass, uint32_t timeline);

struct tp_pass_counts tp_pass_counts(const struct tp_pass *pass); /* so far */

/* What is being read, for tp_stream_info(); lives as long as the pass, or until tp_pass_analyse(), behind
 * which it is another one. NULL for a pass of NULL. */
const struct tp_stream *tp_pass_stream(const struct tp_pass *pass);

void tp_pass_close(struct tp_pass *pass); /* NULL is fine */

#ifdef __cplusplus
}
#endif

#endif
