/* times.h: moments as every command writes them: --time relative|wall|recording.
 *
 * relative counts from the first event of the moment's timeline, as --since does; wall is the time
 * of day in UTC (RFC 3339); recording is the recording's own clock. Without the option each command
 * writes what it always wrote, under the name that it always had; with it the name of a column says
 * which: time_relative_s, time_wall, time_recording_s.
 */
#ifndef TCPPROBE_CLI_TIMES_H
#define TCPPROBE_CLI_TIMES_H

#include "base/wall_time.h"
#include "cli/common.h"

enum cli_time { CLI_TIME_USUAL, CLI_TIME_RELATIVE, CLI_TIME_WALL, CLI_TIME_RECORDING };

/* --time; input: enum cli_time. A child of a command's argp. */
extern const struct argp cli_time_argp;

const char *cli_time_word(enum cli_time time); /* "wall"; "" of CLI_TIME_USUAL */

#define CLI_TIME_NAME_BYTES 32

/* What a column of moments is called: "start", "ns" give start_relative_ns, start_wall or
 * start_recording_ns, and start_ns if `time` is CLI_TIME_USUAL. */
const char *cli_time_name(enum cli_time time, const char *stem, const char *unit,
                          char name[CLI_TIME_NAME_BYTES]);

/* How the moments of one pass are written. Members are private. */
struct cli_times {
    enum cli_time time;
    const struct tp_pass *pass;
    bool known; /* zero_ns is that of timeline; not ... */
    bool wall;  /* ... where nothing says what the wall's clock is on it */
    uint32_t timeline;
    int64_t zero_ns;
};

/* usual: what CLI_TIME_USUAL is here. The pass is open, and stays so. False, and *error, where wall
 * is asked for and an input does not tell it. */
bool cli_times_open(struct cli_times *times, enum cli_time time, enum cli_time usual,
                    const struct cli_pass *pass, struct tp_error *error);

/* A moment of the recording's clock as it is written: nanoseconds (or ticks) in *ns, of wall since
 * 1970. False if it is not known: of a further recording of a
 * file whose header does not say. */
bool cli_times_ns(struct cli_times *times, uint32_t timeline, int64_t clock_ns, int64_t *ns);

/* Where bins of that timeline begin, on the recording's clock: its 0, or the first event where
 * times count from that. */
int64_t cli_times_origin(const struct cli_times *times, uint32_t timeline);

#define CLI_TIME_BYTES (WALL_TIME_BYTES + 8)

/* The same as a value: an integer, or a text in buf. */
struct tp_value cli_times_value(struct cli_times *times, uint32_t timeline, int64_t clock_ns,
                                char buf[CLI_TIME_BYTES]);
/* The same in seconds with nine decimals, or ticks as they are; without a NUL, the end is returned.
 */
char *cli_times_put(struct cli_times *times, char *to, uint32_t timeline, int64_t clock_ns,
                    bool ticks);
/* For people, with so many decimals; "-" if it is not known. */
const char *cli_times_text(struct cli_times *times, uint32_t timeline, int64_t clock_ns,
                           unsigned decimals, char buf[CLI_TIME_BYTES]);

/* A moment without a recording: clock_ns of the machine's monotonic clock, on which zero_ns is the
 * first one. wall_minus_ns: what the wall's clock is more, 0 if that is not known; written with so
 * many decimals. */
struct tp_value cli_time_of_host(enum cli_time time, int64_t clock_ns, int64_t zero_ns,
                                 int64_t wall_minus_ns, unsigned decimals,
                                 char buf[CLI_TIME_BYTES]);

#endif
