/* direction.c: the life of one direction of a connection. */
#include "wire/direction.h"

void direction_forget(struct tp_wires *wires, struct direction *dir)
{
    flight_pop(&wires->pool, &dir->flight, flight_count(dir->flight));
    dir->una = dir->max;
    dir->wire.state &=
        (uint16_t) ~(DIR_UNA | DIR_ACKED | DIR_GAP | DIR_STALE | DIR_PROBED | DIR_INITIAL | DIR_FIN);
    if (trouble_if(dir))
        trouble_forget(trouble_if(dir));
}

void direction_clear(struct tp_wires *wires, struct direction *dir)
{
    direction_forget(wires, dir);
    trouble_free(trouble_if(dir));
    *dir = (struct direction){0};
}

void direction_free(struct tp_wires *wires, struct direction *dir)
{
    if (dir)
        direction_clear(wires, dir);
    tp_arena_give(wires->arena, dir, sizeof *dir);
}
