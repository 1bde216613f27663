/* frames.c: from frames to records, and what is said of a capture as a whole. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "input/frames.h"

/* Further from 1970 no clock is; the difference of any two times fits in 64 bits. */
#define TIME_MAX_NS (INT64_MAX / 2)

/* --- cutters -------------------------------------------------------------------------------- */

void capture_refused(struct capture_cutter *cutter, struct cut *cut, const char *why)
{
    cut->stop = true;
    snprintf(cutter->refused, sizeof cutter->refused, "%s", why);
}

void capture_damaged(struct capture_cutter *cutter, struct cut *cut, const char *what)
{
    cut->stop = true;
    snprintf(cutter->damage, sizeof cutter->damage, "%s behind packet %" PRIu64, what,
             cutter->place.packets);
}

void capture_release(void *opaque)
{
    struct capture_cutter *cutter = opaque;

    interfaces_release(&cutter->interfaces);
}

static void add_link(struct tp_input_info *info, uint32_t linktype)
{
    const char *name = packet_link_name(linktype);
    size_t length = strlen(info->links);

    if (strstr(info->links, name) || length + strlen(name) + 3 > sizeof info->links)
        return;
    snprintf(info->links + length, sizeof info->links - length, "%s%s", length ? ", " : "", name);
}

/* The distinct ones in the order of their first interface. */
static void tell_links(const struct interfaces *interfaces, struct tp_input_info *info)
{
    uint32_t seen[16], i, j, count = 0, linktype;

    info->links[0] = '\0';
    for (i = 0; i < interfaces->count && count < sizeof seen / sizeof *seen; i++) {
        linktype = interfaces_get(interfaces, i)->linktype;
        for (j = 0; j < count && seen[j] != linktype; j++)
            ;
        if (j < count)
            continue;
        seen[count++] = linktype;
        add_link(info, linktype);
    }
}

static void tell_interfaces(const struct interfaces *interfaces, struct tp_input_info *info)
{
    bool unlimited = interfaces->count == 0;
    uint32_t i;

    tell_links(interfaces, info);
    info->interfaces = interfaces->count;
    info->snaplen = 0;
    info->lost = 0;
    for (i = 0; i < interfaces->count; i++) {
        const struct interface *interface = interfaces_get(interfaces, i);

        unlimited |= interface->snaplen == 0;
        if (interface->snaplen > info->snaplen)
            info->snaplen = interface->snaplen;
        info->lost_told |= interface->told_dropped;
        info->lost += interface->dropped;
    }
    if (unlimited)
        info->snaplen = 0;
}

int capture_look(const struct format *format, const void *opaque, const struct block *first,
                 struct tp_input_info *info, struct tp_error *error)
{
    const struct capture_cutter *cutter = opaque;
    const struct parser_options options = {.fields = TP_BIT(FRAME)};
    struct capture_parser parser;
    struct batch batch = {0};
    int rc = TP_OK;

    if (cutter->refused[0])
        return tp_error_set(error, TP_ERR_FORMAT, "%s", cutter->refused);
    info->capture = true;
    info->format = format->name;
    strcpy(info->clock, "wall");
    info->has_wall_offset = true;
    tell_interfaces(&cutter->interfaces, info);
    capture_parser_init(&parser, &options);
    if (format->parse(&parser, first, &batch) < 0)
        rc = tp_error_nomem(error);
    format_set_first_time(&batch, info);
    info->packet_bytes = batch.lines ? (uint32_t)(first->length / batch.lines) : 0;
    batch_release(&batch);
    return rc;
}

void capture_finish(const void *opaque, struct tp_input_info *info)
{
    const struct capture_cutter *cutter = opaque;
    char sentence[160];

    tell_interfaces(&cutter->interfaces, info);
    if (cutter->damage[0]) {
        snprintf(sentence, sizeof sentence, "%s: what follows was not read", cutter->damage);
        format_warn(info, sentence);
    }
    if (cutter->cut_off)
        format_warn(info, "the last packet is cut off and was not used");
    if (cutter->untimed) {
        snprintf(sentence, sizeof sentence, "%" PRIu64 " packet%s no time of %s own and got %s",
                 cutter->untimed, cutter->untimed == 1 ? " has" : "s have",
                 cutter->untimed == 1 ? "its" : "their", "that of the one before");
        format_warn(info, sentence);
    }
}

/* --- parsers -------------------------------------------------------------------------------- */

/* What is counted must be there. */
struct packet_options capture_packet_options(const struct parser_options *options)
{
    return (struct packet_options){.fields =
                                       options->fields ? options->fields | TP_BIT(ODDITIES) : 0,
                                   .timeline = options->timeline,
                                   .outer = options->outer,
                                   .decode_as = options->decode_as,
                                   .decode_as_count = options->decode_as_count};
}

void capture_parser_init(void *opaque, const struct parser_options *options)
{
    struct capture_parser *parser = opaque;

    parser->options = *options;
    parser->packet = capture_packet_options(options);
}

static void malformed(struct batch *batch, const char *why)
{
    if (batch_malformed(batch))
        snprintf(batch->malformed_text, sizeof batch->malformed_text, "%s", why);
}

void capture_add_malformed(struct batch *batch, const char *why)
{
    batch->lines++;
    malformed(batch, why);
}

void capture_count_oddities(const struct tp_record *record, struct batch *batch)
{
    uint16_t oddities = TP_HAS(record, ODDITIES) ? record->oddities : 0;

    if (!oddities)
        return;
    batch->headers_cut += (oddities & TP_ODD_CUT) != 0;
    batch->fragments += (oddities & TP_ODD_FRAGMENT) != 0;
    batch->tunnelled += (oddities & TP_ODD_TUNNEL) != 0;
    batch->no_length += (oddities & TP_ODD_NO_LENGTH) != 0;
}

void capture_count(struct batch *batch, enum packet_result result, const char *text)
{
    if (result == PACKET_BAD)
        malformed(batch, text);
    else if (result == PACKET_OPAQUE)
        batch_count_opaque(batch, text);
    else
        batch_count_other(batch, text, strlen(text));
}

static bool is_wanted(const struct parser_options *options, const struct packet_frame *frame)
{
    return !options->frame || options->frame(options->frame_context, frame->linktype, frame->bytes,
                                             frame->captured, frame->wire_len);
}

static void keep(const struct parser_options *options, const struct packet_frame *frame)
{
    const struct tp_frame kept = {.input = options->input,
                                  .number = frame->number,
                                  .linktype = frame->linktype,
                                  .captured = frame->captured,
                                  .wire_len = frame->wire_len,
                                  .bytes = frame->bytes};

    options->keep(options->keep_context, &kept);
}

static int add_fragment(const struct packet_walk *walk, const struct tp_record *record,
                        struct batch *batch)
{
    struct packet_fragment *fragment = batch_next_fragment(batch);

    if (!fragment)
        return TP_ERR_NOMEM;
    packet_fragment_of(walk, record, fragment);
    fragment->before = batch->count;
    return TP_OK;
}

/* The next segment of the frame. */
static int add_segment(const struct capture_parser *parser, struct packet_walk *walk,
                       struct batch *batch)
{
    struct tp_record *record = batch_next(batch);
    enum packet_result result;

    if (!record)
        return TP_ERR_NOMEM;
    record->input = parser->options.input;
    result = packet_next(walk, record);
    if (result == PACKET_FRAGMENT)
        return add_fragment(walk, record, batch);
    if (result == PACKET_TCP) {
        capture_count_oddities(record, batch);
        batch->count++;
    } else {
        capture_count(batch, result, walk->text);
    }
    return TP_OK;
}

static int add_frame(const struct capture_parser *parser, const struct packet_frame *frame,
                     struct batch *batch)
{
    struct tp_record *record = batch_next(batch);
    struct packet_walk walk;

    if (!record)
        return TP_ERR_NOMEM;
    if (packet_usual(frame, &parser->packet, record)) {
        record->input = parser->options.input;
        batch->count++;
        return TP_OK;
    }
    packet_begin(&walk, frame, &parser->packet);
    do
        if (add_segment(parser, &walk, batch) < 0)
            return TP_ERR_NOMEM;
    while (packet_has_more(&walk));
    return TP_OK;
}

int capture_add(const struct capture_parser *parser, const struct block *block,
                struct packet_frame *frame, bool has_time, struct batch *batch)
{
    const struct parser_options *options = &parser->options;

    frame->number = block->place.packets + ++batch->lines;
    if (!is_wanted(options, frame)) {
        batch->filtered++;
        return TP_OK;
    }
    if (options->keep)
        keep(options, frame);
    if (!has_time || __builtin_add_overflow(frame->ts_ns, options->shift_ns, &frame->ts_ns) ||
        frame->ts_ns > TIME_MAX_NS || frame->ts_ns < -TIME_MAX_NS) {
        malformed(batch, "its time makes no sense");
        return TP_OK;
    }
    batch->cut += frame->captured < frame->wire_len;
    return add_frame(parser, frame, batch);
}
