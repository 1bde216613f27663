/* name_index.h: where in a list a name stands, found by its hash. The list and its names stay their
 * owner's; one name stands there once. A zeroed struct is an index of nothing.
 *
 *     place = tp_name_index_place(&index, name, &names);
 *     if (place && *place == 0 && appended to the list)
 *         *place = its new count;
 *
 * Threads: one at a time.
 */
#ifndef TCPPROBE_BASE_NAME_INDEX_H
#define TCPPROBE_BASE_NAME_INDEX_H

#include <stddef.h>
#include <stdint.h>

struct tp_name_index {
    uint32_t *places; /* 0 is free */
    size_t allocated; /* a power of two, or 0; at most half of them are taken */
};

/* The names that an index is of. */
struct tp_names {
    const void *list;
    size_t count;
    const char *(*at)(const void *list, size_t index);
};

/* What says where `name` stands in the list, counted from 1; 0 in it: it does not, and whoever
 * appends it writes its place there. Valid until the next call. NULL: out of memory. */
uint32_t *tp_name_index_place(struct tp_name_index *index, const char *name,
                              const struct tp_names *names);
void tp_name_index_release(struct tp_name_index *index);

#endif
