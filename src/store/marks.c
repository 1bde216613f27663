/* marks.c: a bounded list of what a time-sequence graph draws.
 *
 * The first that has no room closes the list for data, ACKs and SACKs; rare marks then take the
 * place of the latest of those, and when there are none left, every other mark goes.
 */
#include <stdlib.h>

#include <tcpprobe/series.h>

#include "base/list.h"

#define MARKS_FIRST 8
#define MARKS_FLOOR 16

void tp_wire_marks_init(struct tp_wire_marks *marks, uint32_t capacity)
{
    *marks = (struct tp_wire_marks){
        .capacity = capacity > 0 && capacity < MARKS_FLOOR ? MARKS_FLOOR : capacity,
    };
}

static bool is_common(const struct tp_wire_mark *mark)
{
    return mark->kind <= TP_WIRE_SACK;
}

/* Removes common marks from number `from` of them on. */
static void drop_commons(struct tp_wire_marks *marks, uint32_t from)
{
    uint32_t i, seen = 0, kept = 0;

    for (i = 0; i < marks->count; i++)
        if (!is_common(&marks->list[i]) || seen++ < from)
            marks->list[kept++] = marks->list[i];
    marks->left_out += marks->count - kept;
    marks->count = kept;
}

/* Removes every other one. */
static void thin(struct tp_wire_marks *marks)
{
    uint32_t i, kept = 0;

    for (i = 0; i < marks->count; i += 2)
        marks->list[kept++] = marks->list[i];
    marks->left_out += marks->count - kept;
    marks->count = kept;
}

/* About half of the common ones, or, where these are few, of all. */
static void fold(struct tp_wire_marks *marks)
{
    uint32_t i, commons = 0;

    for (i = 0; i < marks->count; i++)
        commons += is_common(&marks->list[i]);
    if (commons * 8 >= marks->count && commons > 0) {
        drop_commons(marks, commons / 2);
        return;
    }
    drop_commons(marks, 0);
    if (marks->count * 4 > marks->capacity * 3)
        thin(marks);
}

static int grow(struct tp_wire_marks *marks)
{
    uint32_t allocated = TP_LIST_NEXT(marks->allocated, MARKS_FIRST);

    if (marks->count < marks->allocated)
        return TP_OK;
    if (allocated > marks->capacity || allocated < marks->allocated)
        allocated = marks->capacity;
    if (!tp_list_resize(&marks->list, allocated, marks->count + 1, sizeof *marks->list))
        return TP_ERR_NOMEM;
    marks->allocated = allocated;
    return TP_OK;
}

int tp_wire_marks_add(struct tp_wire_marks *marks, const struct tp_wire_mark *mark)
{
    bool full = marks->count >= marks->capacity;
    struct tp_wire_mark *last;

    if (!marks->capacity || (is_common(mark) && (full || marks->left_out))) {
        marks->left_out++;
        return TP_OK;
    }
    if (full)
        fold(marks);
    if (grow(marks) < 0)
        return TP_ERR_NOMEM;
    last = marks->count ? &marks->list[marks->count - 1] : NULL;
    marks->list[marks->count] = *mark;
    if (last && mark->t_ns < last->t_ns)
        marks->list[marks->count].t_ns = last->t_ns;
    marks->count++;
    return TP_OK;
}

void tp_wire_marks_shrink(struct tp_wire_marks *marks, uint32_t capacity)
{
    struct tp_wire_mark *list;

    if (capacity > 0 && capacity < MARKS_FLOOR)
        capacity = MARKS_FLOOR;
    if (capacity >= marks->capacity)
        return;
    marks->capacity = capacity;
    while (marks->count > capacity && capacity > 0)
        fold(marks);
    if (capacity == 0) {
        marks->left_out += marks->count;
        tp_wire_marks_release(marks);
        return;
    }
    if (marks->allocated <= capacity)
        return;
    list = realloc(marks->list, capacity * sizeof *list);
    if (list)
        marks->list = list; /* a failure to give memory back loses nothing */
    marks->allocated = capacity;
}

void tp_wire_marks_release(struct tp_wire_marks *marks)
{
    free(marks->list);
    *marks = (struct tp_wire_marks){.capacity = marks->capacity, .left_out = marks->left_out};
}
