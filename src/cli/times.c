/* times.c: the one place that writes moments. */
#include <stdio.h>
#include <string.h>

#include "base/put.h"
#include "base/units.h"
#include "cli/times.h"

#define KEY_TIME    0x7800
#define NANO_DIGITS 9

static const char *const words[] = {[CLI_TIME_USUAL] = "",
                                    [CLI_TIME_RELATIVE] = "relative",
                                    [CLI_TIME_WALL] = "wall",
                                    [CLI_TIME_RECORDING] = "recording"};

static const struct argp_option options[] = {
    {"time", KEY_TIME, "HOW", 0,
     "times since the first event (relative), of the day in UTC (wall), or of the recording's own "
     "clock (recording): " CLI_WORDS,
     1},
    {0},
};

static const char *word_at(const void *list, size_t index)
{
    (void)list;
    return words[index + 1];
}

static const struct cli_words time_words = {NULL, sizeof words / sizeof *words - 1, word_at};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    enum cli_time *time = state->input;
    unsigned index = 0;
    error_t rc =
        key == KEY_TIME ? cli_parse_word("--time", arg, &time_words, &index) : ARGP_ERR_UNKNOWN;

    if (!rc)
        *time = (enum cli_time)(index + 1);
    return rc;
}

static char *help_filter(int key, const char *text, void *input)
{
    (void)input;
    return key == KEY_TIME ? cli_help_words(text, &time_words) : (char *)text;
}

const struct argp cli_time_argp = {options, parse_option, NULL, NULL, NULL, help_filter, NULL};

const char *cli_time_word(enum cli_time time)
{
    return words[time];
}

const char *cli_time_name(enum cli_time time, const char *stem, const char *unit,
                          char name[CLI_TIME_NAME_BYTES])
{
    const char *parts[] = {stem, words[time], time == CLI_TIME_WALL ? "" : unit};
    size_t length = 0;

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i][0])
            length += (size_t)snprintf(name + length, CLI_TIME_NAME_BYTES - length, "%s%s",
                                       length ? "_" : "", parts[i]);
    return name;
}

/* --- what they count from --------------------------------------------------------------------- */

bool cli_times_open(struct cli_times *times, enum cli_time time, enum cli_time usual,
                    const struct cli_pass *pass, struct tp_error *error)
{
    const struct tp_input_info *info;
    int64_t offset_ns;

    *times = (struct cli_times){.time = time ? time : usual, .pass = pass->pass};
    for (size_t i = 0; times->time == CLI_TIME_WALL && i < tp_stream_inputs(pass->stream); i++) {
        info = tp_stream_info(pass->stream, i);
        if (tp_stream_wall_offset(pass->stream, info->timeline, &offset_ns))
            continue;
        tp_error_set(error, TP_ERR_USAGE,
                     "nothing says what the recording's clock is in wall-clock time: --time wall "
                     "is not for it");
        tp_error_at(error, info->path, 0, 0);
        return false;
    }
    return true;
}

/* Asked again where it is not known yet: a timeline begins with its first record. */
static bool look_up(struct cli_times *times, uint32_t timeline)
{
    int64_t offset_ns = 0;

    times->timeline = timeline;
    times->known = true;
    times->wall = times->time != CLI_TIME_WALL ||
                  tp_stream_wall_offset(tp_pass_stream(times->pass), timeline, &offset_ns);
    times->zero_ns = cli_times_origin(times, timeline) - offset_ns;
    return times->wall;
}

bool cli_times_ns(struct cli_times *times, uint32_t timeline, int64_t clock_ns, int64_t *ns)
{
    bool known =
        times->known && times->timeline == timeline ? times->wall : look_up(times, timeline);

    return !__builtin_sub_overflow(clock_ns, times->zero_ns, ns) && known;
}

int64_t cli_times_origin(const struct cli_times *times, uint32_t timeline)
{
    return times->time == CLI_TIME_RELATIVE ? tp_pass_first_ns(times->pass, timeline) : 0;
}

/* --- how they are written --------------------------------------------------------------------- */

static size_t wall_text(int64_t ns, unsigned decimals, char buf[CLI_TIME_BYTES])
{
    char *end = wall_time_put(buf, ns, decimals);

    *end = '\0';
    return (size_t)(end - buf);
}

struct tp_value cli_times_value(struct cli_times *times, uint32_t timeline, int64_t clock_ns,
                                char buf[CLI_TIME_BYTES])
{
    int64_t ns;
    bool known = cli_times_ns(times, timeline, clock_ns, &ns);

    if (times->time != CLI_TIME_WALL)
        return tp_value_integer_if(known, known ? (uint64_t)ns : 0);
    if (known)
        wall_text(ns, NANO_DIGITS, buf);
    return tp_value_text(known ? buf : NULL);
}

char *cli_times_put(struct cli_times *times, char *to, uint32_t timeline, int64_t clock_ns,
                    bool ticks)
{
    int64_t ns;

    if (!cli_times_ns(times, timeline, clock_ns, &ns))
        return to;
    if (times->time == CLI_TIME_WALL)
        return wall_time_put(to, ns, NANO_DIGITS);
    return ticks ? put_signed(to, ns) : put_seconds(to, ns);
}

const char *cli_times_text(struct cli_times *times, uint32_t timeline, int64_t clock_ns,
                           unsigned decimals, char buf[CLI_TIME_BYTES])
{
    int64_t ns;

    if (!cli_times_ns(times, timeline, clock_ns, &ns))
        return "-";
    if (times->time == CLI_TIME_WALL)
        wall_text(ns, decimals, buf);
    else
        tp_units_seconds(ns, decimals, buf, CLI_TIME_BYTES);
    return buf;
}

struct tp_value cli_time_of_host(enum cli_time time, int64_t clock_ns, int64_t zero_ns,
                                 int64_t wall_minus_ns, unsigned decimals, char buf[CLI_TIME_BYTES])
{
    if (time == CLI_TIME_RECORDING || time == CLI_TIME_RELATIVE)
        return tp_value_integer(time == CLI_TIME_RELATIVE ? clock_ns - zero_ns : clock_ns);
    if (!wall_minus_ns || time == CLI_TIME_USUAL)
        return tp_value_integer_if(wall_minus_ns != 0, (uint64_t)(clock_ns + wall_minus_ns));
    wall_text(clock_ns + wall_minus_ns, decimals, buf);
    return tp_value_text(buf);
}
