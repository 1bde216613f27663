/* format.c: what the formats share. */
#include <stdio.h>
#include <string.h>

#include "input/format.h"

void format_warn(struct tp_input_info *info, const char *sentence)
{
    size_t length = strlen(info->warning);

    snprintf(info->warning + length, sizeof info->warning - length, "%s%s", length ? "; " : "",
             sentence);
}

void format_set_first_time(const struct batch *batch, struct tp_input_info *info)
{
    size_t i;

    for (i = 0; i < batch->count; i++)
        if (batch->records[i].kind != TP_KIND_LOST &&
            (!info->has_time || batch->records[i].ts_ns < info->first_ns)) {
            info->first_ns = info->last_ns = batch->records[i].ts_ns;
            info->has_time = true;
        }
}
