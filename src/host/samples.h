/* samples.h: what was last written of each socket. */
#ifndef TCPPROBE_HOST_SAMPLES_H
#define TCPPROBE_HOST_SAMPLES_H

#include <tcpprobe/socket.h>

#include "host/cookies.h"

struct socket_sample {
    struct tp_sock socket;     /* as it was written, without what passes by itself */
    uint64_t born, seen, full; /* rounds: met first, met last, written in full (0: never) */
    bool wanted;
    bool fresh; /* it was wanted when it was met, and the round before had not met it */
};

/* Begins as zeros. What is found lives until the next call that adds or removes. */
struct samples {
    struct cookies cookies; /* their places in the list */
    struct socket_sample *list;
    size_t count, allocated;
};

struct socket_sample *samples_find(const struct samples *samples, uint64_t cookie);
/* One that is not there yet, met in that round. NULL: out of memory. */
struct socket_sample *samples_add(struct samples *samples, const struct tp_sock *socket,
                                  uint64_t round);
void samples_remove(struct samples *samples, struct socket_sample *sample);
/* Those that were not seen for so many rounds. */
void samples_forget(struct samples *samples, uint64_t round, uint64_t rounds);
void samples_release(struct samples *samples);

/* Times that go on although nothing happens: without them two states can be compared. */
void sample_drop_passing(struct tp_sock *socket);
bool sample_differs(const struct tp_sock *now, const struct tp_sock *before);

#endif
