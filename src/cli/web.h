/* web.h: what the files of `watch --web` share: a page of what happens, or of what was recorded as
 * if it happened.
 *
 * One thread reads records, analyses them and answers what the page asks (web_feed.c, web_data.c,
 * web_tick.c); the server's thread has the connections of viewers (web.h of the library). What this
 * machine does is recorded by a process of its own, which alone keeps what that takes, into a pipe
 * (web_source.c): whoever serves reads and nothing else.
 */
#ifndef TCPPROBE_CLI_WEB_H
#define TCPPROBE_CLI_WEB_H

#include <tcpprobe/web.h>

#include "cli/report.h"
#include "cli/sockets.h"

#define WEB_FLOWS 20000 /* connections that are kept; those that were met longest ago go first */
#define WEB_SERIES_BYTES                                                                           \
    ((size_t)64 << 20)      /* of all curves; where more is needed all get coarser */
#define WEB_RECENT     4096 /* packets and events that are kept, of all connections together */
#define WEB_TICK_ROWS  200  /* of them, most in a tick */
#define WEB_INDEX_ROWS 1000 /* ... in the whole */

struct web_options {
    bool wanted;
    uint16_t port;
    double speed;  /* of files: 2 is twice as fast as it was */
    int64_t at_ns; /* ... begin there after the first record */
    bool has_speed, has_at;
    struct cli_input input; /* the files; none: this machine */
    char **paths;           /* of them, allocated */
    size_t path_count;
    struct sockets_options *sockets; /* of this machine: what is read */
    bool events;                     /* ... and the kernel's events of it */
    const char *interface;           /* ... or packets of it; NULL: none */
};

/* A packet or an event, as long as it is kept. */
struct web_recent {
    uint32_t flow;
    uint8_t end;
    bool is_packet;
    struct tp_record record; /* without texts */
    struct tp_meaning meaning;
};

/* What the last tick said of a connection. */
struct web_told {
    uint32_t id;
    unsigned bulk_end;
    int64_t last_ns;
    bool has_bytes[2], has_rate[2]; /* by the ends of its key */
    double bytes[2], rate_bps[2];
    struct tp_page_row_told *row; /* NULL: nobody looked */
};

/* web_source.c: processes that record what this machine does, into pipes. */
#define WEB_SOURCES 2
struct web_source {
    struct web_recorder {
        pid_t pid;
        int fd; /* what it writes is read from it; -1: no longer */
        char path[24];
    } recorders[WEB_SOURCES];
    size_t count;
    bool failed; /* one ended that nobody asked to */
};

struct web_feed {
    const struct web_options *options;
    struct web_source *source; /* NULL: files are read */
    struct report_options how;
    struct report report;
    struct tp_web *web;
    bool is_recorded; /* files are read, in the time in which they were recorded */
    bool out_of_memory;
    bool ended;   /* all is read, and the analysis is finished */
    bool settled; /* no record came since */
    uint64_t tick;
    int64_t due_ns, overdue_ns; /* of the next tick: at the end of a round of sockets, or else */
    bool has_rounds, round_ended;
    int64_t now_ns, told_ns; /* of the recording: now, and when the last tick was */
    uint32_t timeline;
    bool has_begun; /* of that timeline: when, by the monotonic clock, and which moment it was */
    int64_t began_ns, base_ns;
    struct web_told *told; /* in the order of numbers */
    size_t told_count;
    bool is_ahead;             /* the whole was told since */
    struct web_recent *recent; /* WEB_RECENT, in turn */
    uint64_t recent_count, recent_told;
};

/* watch_web.c: 0 or what cli_bad_option() returns. */
error_t web_parse_port(struct web_options *options, const char *text);
/* Serves until a signal ends it; an exit status. */
int web_run(struct web_options *options);

/* Starts them. The connections of the server are left out. */
int web_source_open(struct web_source *source, const struct web_options *options,
                    struct tp_web *web, struct tp_error *error);
/* Until each has begun to write; false: a signal came first, or one failed and said why. */
bool web_source_wait(struct web_source *source);
/* Sets failed, and says it once, if one ended. */
void web_source_look(struct web_source *source);
/* They end now, since nobody reads what they write. */
void web_source_close(struct web_source *source);

/* web_packets.c: captures the packets of the interface, of connections that the expression means
 * (NULL: of all), and none of that port, onto standard output, until nobody reads or a signal
 * comes. An exit status. */
int web_capture(const char *interface, const char *expression, uint16_t without_port);

/* web_feed.c: opens what is read. Close it, also after an error. */
int web_feed_open(struct web_feed *feed, struct tp_error *error);
void web_feed_close(struct web_feed *feed);
/* Reads, analyses, answers. Returns 0, also after a signal. */
int web_feed_run(struct web_feed *feed, struct tp_error *error);

/* web_data.c: answers one question. web_tick.c: tells a tick. False: out of memory. */
bool web_answer(struct web_feed *feed, const struct tp_web_question *question);
bool web_tell(struct web_feed *feed);
void web_forget(struct web_feed *feed); /* what was told */

#endif
