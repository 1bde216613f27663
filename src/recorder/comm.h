/* comm.h: the names of tasks, as the kernel knows them when an event is printed (saved_cmdlines).
 */
#ifndef TCPPROBE_RECORDER_COMM_H
#define TCPPROBE_RECORDER_COMM_H

#include <tcpprobe/error.h>

#define COMM_SIZE 16 /* TASK_COMM_LEN, with the NUL */

struct comm_table;

/* Opens ROOT/saved_cmdlines; now_ns is a clock. The caller frees the table. */
int comm_open(struct comm_table **table, const char *tracefs, int64_t (*now_ns)(void),
              struct tp_error *error);

/* Reads the file again if that is due. Call it before a batch of events is rendered. */
int comm_refresh(struct comm_table *table, struct tp_error *error);

/* "<idle>" for 0, "<...>" for a task that is not known. Valid until comm_refresh(). */
const char *comm_find(struct comm_table *table, int32_t pid);

void comm_free(struct comm_table *table); /* NULL is fine */

#endif
