/* answers.h: what follows the answers to one end's data: see <tcpprobe/answers.h>. */
#ifndef TCPPROBE_ANALYZE_ANSWERS_H
#define TCPPROBE_ANALYZE_ANSWERS_H

#include <tcpprobe/answers.h>

#include "analyze/packets.h"

/* A segment of which no answer has told yet. */
struct tp_sent_segment {
    int64_t ns;
    uint32_t seq, bytes;
    uint32_t size;         /* of a packet of several, each */
    bool passed, replaced; /* replaced: its bytes were sent again in smaller pieces */
};

/* Where more are under way, large ones arrive: of a connection that came so far nothing more is
 * kept. */
#define TP_SENT_KEPT 64

struct tp_answers_kept {
    struct tp_answers told;
    /* sizes */
    struct tp_sent_segment *sent; /* TP_SENT_KEPT; NULL: there are none */
    uint32_t sent_count;
    struct tp_large_segments before; /* of segments that are kept no more */
    bool over;                       /* there were more */
    /* numbers */
    uint16_t ip_id; /* of its peer's last packet; valid if has_id */
    bool has_id;
    /* bunches */
    bool has_clock;                   /* the next four are valid */
    uint32_t tsval_first, tsval_last; /* of its peer's ACKs */
    int64_t first_ns, last_ns;
    uint32_t bunch_acks; /* of the bunch that goes on; 0: none does */
    uint32_t bunch_tsval;
    int64_t bunch_ns;
};

/* One packet: of the end that sent it, and of the other one, whose data it answers. */
int tp_answers_note(struct tp_sight *sight);
void tp_answers_free(struct tp_answers_kept *kept); /* NULL is fine */

#endif
