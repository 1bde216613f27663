/* stream.h: what the files of a stream share: its inputs and where each of them stands. */
#ifndef TCPPROBE_INPUT_STREAM_H
#define TCPPROBE_INPUT_STREAM_H

#include "input/merge.h"
#include "input/reader.h"
#include "input/window.h"

struct input {
    struct reader *reader;
    struct stretches stretches;
    struct merge *merge; /* reads it where there are several; else NULL */
    struct tp_input_info info;
    struct window window;
    bool started;
    bool ended;
    bool paused;     /* what was read last is all that came */
    bool caught_up;  /* the same, or it is the end */
    int64_t came_ns; /* when it was read; see patience_ns */
};

struct tp_stream {
    struct tp_stream_options options;
    struct input *inputs;
    size_t count;
    uint32_t timeline; /* being delivered */
    struct window_timelines timelines;
    struct input *current; /* its records come next without asking the others, ... */
    int64_t until_ns;      /* ... as long as they are earlier than this */
};

/* What it has open; NULL members are fine. */
void stream_close_reader(struct input *input);

#endif
