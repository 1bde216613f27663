/* counted.h: the kernel's counters in a recording: tcp_counters lines (sampler.h). */
#ifndef TCPPROBE_ANALYZE_COUNTED_H
#define TCPPROBE_ANALYZE_COUNTED_H

#include <tcpprobe/analyze.h>

#define TP_COUNTED_PLACES_MAX 4096 /* a line may claim any */

/* Of one namespace in one input. */
struct tp_counted_place {
    uint32_t netns;
    uint8_t input;
    uint64_t last[TP_COUNTED_COUNT], grown[TP_COUNTED_COUNT];
    uint32_t have; /* bit by enum tp_counted */
    int64_t first_ns, last_ns;
};

struct tp_counted_list {
    struct tp_counted_place *list;
    uint32_t count, allocated;
    uint64_t ends_lost; /* rounds that say so */
};

/* A tcp_socket_round line. */
void tp_counted_round(struct tp_counted_list *counted, const struct tp_record *record);
/* A tcp_counters line. 0 or TP_ERR_NOMEM. */
int tp_counted_add(struct tp_counted_list *counted, const struct tp_record *record);
void tp_counted_release(struct tp_counted_list *counted);

#endif
