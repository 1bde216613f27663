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

static void set_first_time(int64_t ts_ns, struct tp_input_info *info)
{
    if (info->has_time && ts_ns >= info->first_ns)
        return;
    info->first_ns = info->last_ns = ts_ns;
    info->has_time = true;
}

void format_set_first_time(const struct batch *batch, struct tp_input_info *info)
{
    size_t i;

    for (i = 0; i < batch->count; i++)
        if (batch->records[i].kind != TP_KIND_LOST)
            set_first_time(batch->records[i].ts_ns, info);
    for (i = 0; i < batch->part_count; i++)
        set_first_time(batch->parts[i].frame.ts_ns, info);
}
