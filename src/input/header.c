/* header.c: comments and markers of lost events. */
#include <string.h>

#include "input/events.h"
#include "input/header.h"
#include "input/words.h"

bool header_is_comment(const char *at, const char *end)
{
    static const char *const reporters[] = {"cpus=", "version = ", "CPU "};
    size_t i;

    if (*at == '#')
        return true;
    for (i = 0; i < sizeof reporters / sizeof *reporters; i++)
        if (begins_with(at, end, reporters[i]))
            return true;
    return false;
}

/* Into room bytes: if it fits, and a terminal may show it. */
static void copy_word(char *to, size_t room, const char *at, const char *end)
{
    size_t length = (size_t)(end - at), i;

    if (length >= room)
        return;
    for (i = 0; i < length; i++)
        if (at[i] < 0x21 || at[i] > 0x7e)
            return;
    memcpy(to, at, length);
    to[length] = '\0';
}

static void read_clock(const char *at, const char *end, struct tp_input_info *info)
{
    copy_word(info->clock, sizeof info->clock, at, end);
}

static void read_kernel(const char *at, const char *end, struct tp_input_info *info)
{
    if (!info->kernel[0])
        copy_word(info->kernel, sizeof info->kernel, at, end);
}

static void read_hostname(const char *at, const char *end, struct tp_input_info *info)
{
    if (!info->hostname[0])
        copy_word(info->hostname, sizeof info->hostname, at, end);
}

static void read_boot_id(const char *at, const char *end, struct tp_input_info *info)
{
    if (!info->boot_id[0])
        copy_word(info->boot_id, sizeof info->boot_id, at, end);
}

static void read_part(const char *at, const char *end, struct tp_input_info *info)
{
    uint32_t part = 0;

    if (!info->part && scan_u32(at, &part) == end)
        info->part = part;
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

static void read_connect_ports(const char *at, const char *end, struct tp_input_info *info)
{
    uint32_t least = 0, most = 0;

    at = scan_u32(at, &least);
    if (!at || at == end || *at != '-' || scan_u32(at + 1, &most) != end || least > most ||
        !least || most > UINT16_MAX)
        return;
    info->connect_port_least = (uint16_t)least;
    info->connect_port_most = (uint16_t)most;
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
    {"hostname=", 9, read_hostname},
    {"boot_id=", 8, read_boot_id},
    {"connect_ports=", 14, read_connect_ports},
    {"part=", 5, read_part},
};

static void read_word(const char *at, const char *end, struct tp_input_info *info)
{
    size_t i;

    for (i = 0; i < sizeof words / sizeof *words; i++)
        if (begins_with(at, end, words[i].start))
            words[i].read(at + words[i].skip, end, info);
}

/* A line of its own, as its value may have spaces. The first of each name counts. */
static void read_setting(const char *at, const char *end, struct tp_input_info *info)
{
    const char *equals = memchr(at, '=', (size_t)(end - at));
    size_t length = strlen(info->settings), name = equals ? (size_t)(equals + 1 - at) : 0;

    if (!name || memmem(info->settings, length, at, name) ||
        length + (size_t)(end - at) + 2 > sizeof info->settings)
        return;
    for (const char *byte = at; byte < end; byte++)
        if (*byte < 0x20 || *byte > 0x7e || *byte == ';')
            return;
    if (length)
        info->settings[length++] = ';';
    memcpy(info->settings + length, at, (size_t)(end - at));
    info->settings[length + (size_t)(end - at)] = '\0';
}

void header_read(const char *at, const char *end, struct tp_input_info *info)
{
    const char *stop;

    if (begins_with(at, end, "# net."))
        read_setting(at + 2, end, info);
    for (; at < end; at = stop + 1) {
        stop = word_end(at, end);
        read_word(at, stop, info);
    }
}

/* Of few lines: the struct is large. */
static bool read_offset_of(const char *at, const char *end, int64_t *offset_ns)
{
    struct tp_input_info info = {0};

    header_read(at, end, &info);
    *offset_ns = info.wall_offset_ns;
    return info.has_wall_offset;
}

bool header_begins(const char *at, const char *end, bool *has_offset, int64_t *offset_ns)
{
    static const char offset[] = "realtime_minus_";
    const char *word = memmem(at, (size_t)(end - at), offset, sizeof offset - 1);

    *has_offset = word && read_offset_of(word, end, offset_ns);
    return *has_offset || begins_with(at, end, "# tracer: ") || begins_with(at, end, "# tcpprobe=");
}

void header_join(struct header_count *all, const struct header_count *more)
{
    if (all->headers == 0)
        memcpy(all->congestion_control, more->congestion_control, sizeof all->congestion_control);
    else if (more->headers && strcmp(all->congestion_control, more->congestion_control) != 0)
        all->congestion_control[0] = '\0';
    all->headers += more->headers;
}

void header_count(const char *at, const char *end, struct header_count *count)
{
    static const char name[] = "congestion_control=";
    struct header_count here = {0};
    const char *stop;

    for (; at < end; at = stop + 1) {
        stop = word_end(at, end);
        if (begins_with(at, stop, "clock="))
            here.headers = 1;
        if (begins_with(at, stop, name))
            copy_word(here.congestion_control, sizeof here.congestion_control, at + sizeof name - 1,
                      stop);
    }
    if (here.headers)
        header_join(count, &here);
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

    if (!begins_with(at, end, "CPU:") || !(at = scan_u32(at + 4, &record->cpu)) ||
        !begins_with(at, end, " ["))
        return false;
    at += 2;
    record->kind = TP_KIND_LOST;
    record->has_key = false;
    record->have = TP_BIT(CPU);
    if (begins_with(at, end, "LOST "))
        at += 5;
    number = scan_u64(at, &lost);
    if (number && *number == ' ') {
        record->lost = lost;
        record->have |= TP_BIT(LOST);
        at = number + 1;
    }
    return begins_with(at, end, "EVENTS]") || begins_with(at, end, "EVENTS DROPPED]");
}
