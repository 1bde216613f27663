/* entry.c: the common fields by name; kernel/trace/trace_events.c, trace_define_common_fields(). */
#include "recorder/entry.h"
#include "recorder/event_format.h"

static const char *const names[ENTRY_FIELDS] = {
    [ENTRY_TYPE] = "common_type",
    [ENTRY_FLAGS] = "common_flags",
    [ENTRY_PREEMPT_COUNT] = "common_preempt_count",
    [ENTRY_PID] = "common_pid",
    [ENTRY_LAZY_COUNT] = "common_preempt_lazy_count",
    [ENTRY_MIGRATE_DISABLE] = "common_migrate_disable",
};

int entry_layout_read(struct entry_layout *layout, const struct tp_kernel_event *event,
                      struct tp_error *error)
{
    const struct tp_kernel_field *field;
    size_t i, end;

    memset(layout, 0, sizeof *layout);
    for (i = 0; i < ENTRY_FIELDS; i++) {
        field = format_field(event, names[i]);
        if (!field)
            continue;
        if (field->size != 1 && field->size != 2 && field->size != 4)
            return tp_error_set(error, TP_ERR_UNSUPPORTED, "%s has a field %s of %u bytes",
                                event->name, names[i], field->size);
        layout->fields[i].offset = field->offset;
        layout->fields[i].size = field->size;
        end = (size_t)field->offset + field->size;
        layout->size = end > layout->size ? end : layout->size;
    }
    if (layout->fields[ENTRY_TYPE].size != 2 || layout->fields[ENTRY_PID].size != 4)
        return tp_error_set(error, TP_ERR_UNSUPPORTED,
                            "%s has no fields common_type and common_pid as known", event->name);
    return 0;
}
