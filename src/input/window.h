/* window.h: sorts records that are a little out of order.
 *
 * Processors write into buffers of their own, so neighbours in a log may be swapped. A record
 * moves back over at most TP_SORT_WINDOW others; one that would have to move further stays where
 * it is and is counted as late. The last TP_SORT_WINDOW records of a batch are held back (copied)
 * until the next batch shows whether anything belongs before them; where the writer paused, only
 * those that came since it paused before, so that who watches need not wait.
 *
 * A packet whose time is before that of one that came earlier is marked with TP_ODD_LATE; where TCP
 * says that it is its time that is wrong, it stays where it is (order.h). Where the clock was set,
 * all times that follow are moved by as much, so that time goes on (steps.h). Further recordings in
 * a log (recording.h) are not sorted among those before, and get timelines of their own.
 */
#ifndef TCPPROBE_INPUT_WINDOW_H
#define TCPPROBE_INPUT_WINDOW_H

#include <tcpprobe/input.h>

#include "input/batch.h"
#include "input/doubt.h"
#include "input/recording.h"
#include "input/steps.h"

struct window_store {
    struct tp_record *records;
    size_t allocated;
    char *texts;
    size_t texts_size;
};

/* Timelines of a stream: how many there are, and what the wall's clock is ahead of those that began
 * within a log, where its header says so. */
struct window_timelines {
    uint32_t count;
    struct window_clock {
        uint32_t timeline;
        int64_t wall_offset_ns;
    } * clocks;
    size_t clock_count, allocated;
};

struct window {
    const struct tp_record **order; /* sorted; [next, ready) may be delivered */
    size_t next, ready, count, allocated;
    struct window_store *store; /* two of held records, used in turn; NULL until needed */
    unsigned current;
    bool keep_texts; /* somebody wants the TEXT fields */
    bool has_time;
    int64_t last_ns; /* of the last record that came, for markers without time */
    bool has_latest;
    int64_t latest_ns;     /* of the packets that came, put right */
    uint64_t latest_frame; /* where that one stands */
    bool has_delivered;
    int64_t delivered_ns;       /* the latest time up to `ready` */
    uint64_t late, late_behind; /* ... of these behind the latest packet */
    struct steps steps;
    struct recording recording;
    size_t floor; /* records from there on are of the current recording, ... */
    struct window_timelines *timelines; /* the stream's: for a timeline of their own */
    uint32_t timeline;                  /* that one, from the second recording on */
    uint32_t recordings;                /* after the first */
    bool one_recording;                 /* whatever it looks like */
    bool live;          /* what is delivered soon may be overtaken: that is no doubt */
    struct doubt doubt; /* proven: packets from doubt.frame on must not be delivered */
};

/* *timelines grows by each further recording in a log. */
void window_init(struct window *window, uint64_t fields, struct window_timelines *timelines);
void window_release(struct window *window);

/* Holds back what has not been delivered: call before the batch it points into goes away. */
int window_hold(struct window *window);

/* Adds a batch; its records must live until window_hold(). LOST markers get the time of the record
 * before them. paused: what follows the batch did not come in time. */
int window_add(struct window *window, const struct batch *batch, bool paused);

void window_flush(struct window *window); /* no more batches: everything may be delivered */

#endif
