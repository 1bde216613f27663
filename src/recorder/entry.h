/* entry.h: what all events begin with (struct trace_entry), where their `format` files say it is.
 *
 * Most kernels have 8 bytes: type, flags, preempt_count, pid. PREEMPT_RT before 6.12 and RHEL 9,
 * which calls itself 5.14, have counts of lazy preemption and, before 5.15, of disabled migration
 * behind them, so that all other fields stand further behind.
 */
#ifndef TCPPROBE_RECORDER_ENTRY_H
#define TCPPROBE_RECORDER_ENTRY_H

#include <string.h>

#include <tcpprobe/filter.h>

enum entry_field {
    ENTRY_TYPE,
    ENTRY_FLAGS,
    ENTRY_PREEMPT_COUNT,
    ENTRY_PID,
    ENTRY_LAZY_COUNT,
    ENTRY_MIGRATE_DISABLE,
    ENTRY_FIELDS
};

struct entry_layout {
    struct {
        uint16_t offset;
        uint16_t size; /* 1, 2 or 4; 0: this kernel has no such field */
    } fields[ENTRY_FIELDS];
    size_t size; /* bytes that an event must have for these */
};

/* Takes the common fields of event. TP_ERR_UNSUPPORTED if it has no type or no pid, or of a size
 * that no kernel has. */
int entry_layout_read(struct entry_layout *layout, const struct tp_kernel_event *event,
                      struct tp_error *error);

/* 0 where the kernel has no such field. bytes are of an event of at least layout->size. */
static inline uint32_t entry_get(const struct entry_layout *layout, enum entry_field field,
                                 const unsigned char *bytes)
{
    const unsigned char *at = bytes + layout->fields[field].offset;
    uint32_t u32;
    uint16_t u16;

    switch (layout->fields[field].size) {
    case 1:
        return *at;
    case 2:
        memcpy(&u16, at, sizeof u16);
        return u16;
    case 4:
        memcpy(&u32, at, sizeof u32);
        return u32;
    default:
        return 0;
    }
}

#endif
