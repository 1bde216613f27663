/* web_data.h: what web_data.c and web_tick.c share: texts of JSON about what was analysed so far.
 */
#ifndef TCPPROBE_CLI_WEB_DATA_H
#define TCPPROBE_CLI_WEB_DATA_H

#include "cli/web.h"

/* Zero it; free() bytes. */
struct web_text {
    char *bytes;
    size_t length, allocated;
};

typedef void web_write_fn(struct web_feed *feed, struct tp_out *out, const void *what);
/* What write() writes, on one line. False: out of memory; text->bytes is NULL then. */
bool web_make(struct web_feed *feed, web_write_fn *write, const void *what, struct web_text *text);

/* What is asked from here on is of all that came. False: out of memory. */
bool web_settle(struct web_feed *feed);
/* The first event of its timeline. */
int64_t web_base_ns(const struct web_feed *feed, const struct tp_flow *flow);

/* "tick":...,"now":...,"ended":... */
void web_put_live(const struct web_feed *feed, struct tp_out *out);
/* One of "rates": [id,bits a second,the peer's], from tick to tick; null: not known. */
void web_put_rates(struct tp_out *out, const struct web_told *told, unsigned bulk_end, bool *begun);
/* ,"packets":{...}: the newest, at most `most` of those from that one on. */
void web_put_packets(const struct web_feed *feed, struct tp_out *out, uint64_t from, uint64_t most);

#endif
