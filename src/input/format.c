/* format.c: what the formats share. */
#include <stdio.h>
#include <string.h>

#include "input/format.h"
#include "input/packet.h"

void format_warn(struct tp_input_info *info, const char *sentence)
{
    size_t length = strlen(info->warning);

    snprintf(info->warning + length, sizeof info->warning - length, "%s%s", length ? "; " : "",
             sentence);
}

struct parser_options parser_options_of(const struct tp_stream_options *options, uint64_t fields)
{
    return (struct parser_options){.fields = fields,
                                   .outer = options->outer,
                                   .decode_as = options->decode_as,
                                   .decode_as_count = options->decode_as_count};
}

/* Not the earliest of them: that would depend on how many the block holds. */
void format_set_first_time(const struct batch *batch, struct tp_input_info *info)
{
    const struct tp_record *first = NULL;
    bool is_part;

    for (size_t i = 0; i < batch->count && !first; i++)
        if (batch->records[i].kind != TP_KIND_LOST)
            first = &batch->records[i];
    is_part = batch->part_count && (!first || batch->parts[0].frame.number < first->frame);
    if (!first && !is_part)
        return;
    info->first_ns = info->last_ns = is_part ? batch->parts[0].frame.ts_ns : first->ts_ns;
    info->has_time = true;
}
