/* steps.h: where the clock of a capture was set, and what follows put right.
 *
 * Back: a packet whose time is before that of one that the same end sent before it proves it
 * (order.h). It need not be the first one behind the step: others may have come between, of which
 * nothing told that it is their time that is wrong. They stand behind the latest packet before the
 * step, and their times are no later than the one's that proves it.
 *
 * An answer that is stamped before what it answers may as well tell of two clocks, one for each
 * direction. If the timestamps of both ends say that times lag behind from there on, it is a step.
 *
 * Forward: leap.h. As long as that is open, what may be behind a step is held back.
 *
 * All times behind a step are moved by as much: the first packet is marked with TP_ODD_STEP. By how
 * much, timestamps of either end tell within a tick of theirs, mostly a millisecond (lag.h);
 * without them all that is known is how far times went at least, or at most.
 */
#ifndef TCPPROBE_INPUT_STEPS_H
#define TCPPROBE_INPUT_STEPS_H

#include <tcpprobe/input.h>

#include "input/leap.h"

struct window;

/* A place that packets behind it are yet to tell of. */
struct step_watch {
    bool on;
    unsigned since; /* so many packets came behind it */
    uint64_t frame; /* the first of them */
    int64_t ns;     /* of a suspect: by so much at least an answer was early */
};

/* Starts as zeroes. */
struct steps {
    uint64_t count, unsure;
    bool latest_unsure; /* of the latest; valid if latest.on */
    struct tp_clock_step list[TP_CLOCK_STEPS_MAX];
    int64_t ahead_ns; /* is added to times that come: by so much the clock was set back so far */
    bool watched;     /* one of these is on */
    struct step_watch latest;  /* a step, of which it may yet be told how far it was */
    struct step_watch leap;    /* time went on far: a step forward? */
    struct step_watch suspect; /* an answer was early: a step back? */
    unsigned suspects;         /* so far */
};

static inline void steps_put_right(const struct steps *steps, struct tp_record *packet)
{
    if (steps->ahead_ns && __builtin_add_overflow(packet->ts_ns, steps->ahead_ns, &packet->ts_ns))
        packet->ts_ns = steps->ahead_ns < 0 ? INT64_MIN : INT64_MAX;
}

/* The packet, which is not in the window yet, is earlier than the latest one. True if it belongs
 * where it stands in the file, whatever its time, and was put there. */
bool steps_stays(struct window *window, struct tp_record *packet);

/* The packet, the window's last, is later than the one before by LEAP_MIN_NS or more. */
void steps_leap(struct window *window, const struct tp_record *packet);

/* A packet came; for who watches. */
void steps_watch(struct window *window);

/* The first `ready` records are to be delivered: how many may be. paused: all that came must. */
size_t steps_ready(struct window *window, size_t ready, bool paused);

void steps_settle(struct window *window); /* no more packets come */

#endif
