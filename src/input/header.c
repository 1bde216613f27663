/* header.c: comments and markers of lost events. */
#include <string.h>

#include "input/events.h"
#include "input/header.h"
#include "input/scan.h"

static bool starts(const char *at, const char *end, const char *with)
{
    size_t length = strlen(with);

    return (size_t)(end - at) >= length && memcmp(at, with, length) == 0;
}

bool header_is_comment(const char *at, const char *end)
{
    static const char *const reporters[] = {"cpus=", "version = ", "CPU "};
    size_t i;

    if (*at == '#')
        return true;
    for (i = 0; i < sizeof reporters / sizeof *reporters; i++)
        if (starts(at, end, reporters[i]))
            return true;
    return false;
}

static void read_clock(const char *at, const char *end, struct tp_input_info *info)
{
    size_t length = (size_t)(end - at);

    if (length >= sizeof info->clock)
        return;
    memcpy(info->clock, at, length);
    info->clock[length] = '\0';
}

static void read_kernel(const char *at, const char *end, struct tp_input_info *info)
{
    size_t length = (size_t)(end - at), i;

    if (info->kernel[0] || length >= sizeof info->kernel)
        return;
    for (i = 0; i < length; i++)
        if (at[i] < 0x21 || at[i] > 0x7e)
            return;
    memcpy(info->kernel, at, length);
}

static void read_offset(const char *at, const char *end, struct tp_input_info *info)
{
    const char *number = memchr(at, '=', (size_t)(end - at));
    uint64_t ns = 0;
    bool negative;

    if (!number || number - at < 4 || memcmp(number - 3, "_ns", 3) != 0)
        return;
    negative = *++number == '-';
    if (scan_u64(number + negative, &ns) != end || ns > INT64_MAX || info->has_wall_offset)
        return;
    info->has_wall_offset = true;
    info->wall_offset_ns = negative ? -(int64_t)ns : (int64_t)ns;
}

static void read_event(const char *at, const char *end, struct tp_input_info *info)
{
    const char *slash = memchr(at, '/', (size_t)(end - at));
    int kind = slash ? event_find(slash + 1, (size_t)(end - slash - 1)) : -1;

    if (kind >= 0)
        info->recorded |= UINT32_C(1) << kind;
}

static const struct {
    const char *start;
    size_t skip; /* of the word, before it is read */
    void (*read)(const char *at, const char *end, struct tp_input_info *info);
} words[] = {
    {"clock=", 6, read_clock},
    {"realtime_minus_", 0, read_offset},
    {"event=", 6, read_event},
    {"kernel=", 7, read_kernel},
};

static void read_word(const char *at, const char *end, struct tp_input_info *info)
{
    size_t i;

    for (i = 0; i < sizeof words / sizeof *words; i++)
        if (starts(at, end, words[i].start))
            words[i].read(at + words[i].skip, end, info);
}

void header_read(const char *at, const char *end, struct tp_input_info *info)
{
    const char *stop;

    while (at < end) {
        stop = memchr(at, ' ', (size_t)(end - at));
        read_word(at, stop ? stop : end, info);
        if (!stop)
            return;
        at = stop + 1;
    }
}

bool header_begins(const char *at, const char *end, bool *has_offset, int64_t *offset_ns)
{
    static const char offset[] = "realtime_minus_";
    struct tp_input_info info = {0};
    const char *word;

    *has_offset = false;
    word = memmem(at, (size_t)(end - at), offset, sizeof offset - 1);
    if (word) {
        header_read(word, end, &info);
        *has_offset = info.has_wall_offset;
        *offset_ns = info.wall_offset_ns;
    }
    return *has_offset || starts(at, end, "# tracer: ") || starts(at, end, "# tcpprobe=");
}

uint64_t header_read_dropped(const char *at, const char *end)
{
    static const char name[] = " packets_dropped_so_far=";
    uint64_t dropped;

    at = memmem(at, (size_t)(end - at), name, sizeof name - 1);
    return at && scan_u64(at + sizeof name - 1, &dropped) ? dropped : 0;
}

bool header_read_lost(const char *at, const char *end, struct tp_record *record)
{
    uint64_t lost;
    const char *number;

    if (!starts(at, end, "CPU:") || !(at = scan_u32(at + 4, &record->cpu)) ||
        !starts(at, end, " ["))
        return false;
    at += 2;
    record->kind = TP_KIND_LOST;
    record->has_key = false;
    record->have = TP_BIT(CPU);
    if (starts(at, end, "LOST "))
        at += 5;
    number = scan_u64(at, &lost);
    if (number && *number == ' ') {
        record->lost = lost;
        record->have |= TP_BIT(LOST);
        at = number + 1;
    }
    return starts(at, end, "EVENTS]") || starts(at, end, "EVENTS DROPPED]");
}
