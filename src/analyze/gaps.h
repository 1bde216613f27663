/* gaps.h: where events were lost, and where time is no measure, for each timeline. */
#ifndef TCPPROBE_ANALYZE_GAPS_H
#define TCPPROBE_ANALYZE_GAPS_H

#include <tcpprobe/analyze.h>

#define TP_GAP_CPUS 4096

struct tp_timeline {
    bool begun;       /* has records */
    int64_t first_ns; /* of the first record */
    int64_t *cpu_ns;  /* last record of each processor; INT64_MIN where there is none */
    uint32_t cpus;    /* entries of it */
    uint64_t lost;    /* so far */
    uint64_t markers;
    bool open; /* the last span ends with the next record */
    int64_t last_ns;
    struct tp_spans spans;
    struct tp_spans steps; /* where its clock was set back by an unknown amount: instants */
    bool ticks;            /* its times are ticks of a counter */
};

struct tp_gaps {
    struct tp_timeline *timelines;
    uint32_t count;
};

/* Every record goes through here. */
int tp_gaps_add(struct tp_gaps *gaps, const struct tp_record *record,
                struct tp_timeline **timeline);
/* By the times of that timeline from first to last. */
enum tp_timing tp_gaps_timing(const struct tp_gaps *gaps, uint32_t timeline, int64_t first_ns,
                              int64_t last_ns);
int tp_gaps_ticks(struct tp_gaps *gaps, uint32_t timeline); /* 0 or TP_ERR_NOMEM */
void tp_gaps_release(struct tp_gaps *gaps);

#endif
