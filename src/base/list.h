/* list.h: lists that grow: an array, how many elements it holds, and how many there is room for.
 * The three are members of whatever owns the list, with the types that it likes (any unsigned one
 * for the numbers); free() gives the array back.
 *
 *     if (!TP_LIST_ROOM(flows->list, flows->count, flows->allocated, 16))
 *         return TP_ERR_NOMEM;
 *     flows->list[flows->count++] = flow;
 */
#ifndef TCPPROBE_BASE_LIST_H
#define TCPPROBE_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

/* Gives *list, a pointer to any type, room for so many elements of so many bytes each, of which
 * `needed` must fit. False: out of memory, or too many to count; then nothing has changed. */
bool tp_list_resize(void *list, size_t count, size_t needed, size_t element_bytes);

#define TP_LIST_NEXT(allocated, first) ((allocated) ? (allocated)*2 : (first))

/* Room for one more: `first` elements, and twice as many each time that they do not suffice.
 * Evaluates its arguments more than once. False: out of memory, and nothing has changed. */
#define TP_LIST_ROOM(list, count, allocated, first)                                                \
    ((count) < (allocated) || (tp_list_resize(&(list), TP_LIST_NEXT(allocated, first),             \
                                              (size_t)(count) + 1, sizeof *(list)) &&              \
                               ((allocated) = TP_LIST_NEXT(allocated, first), true)))

/* Room for one more and no others, for lists that seldom grow and do not keep their room. */
#define TP_LIST_ONE_MORE(list, count)                                                              \
    tp_list_resize(&(list), (size_t)(count) + 1, 1, sizeof *(list))

/* Room for `needed` elements and no more. */
#define TP_LIST_FIT(list, needed, allocated)                                                       \
    ((needed) <= (allocated) || (tp_list_resize(&(list), (needed), (needed), sizeof *(list)) &&    \
                                 ((allocated) = (needed), true)))

/* Makes *list, of *count elements, reach so far that it has an element `index`; all that are new
 * are zero. False: out of memory, and nothing has changed. */
bool tp_list_reach(void *list, size_t *count, size_t index, size_t element_bytes);

#endif
