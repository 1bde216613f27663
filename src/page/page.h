/* page.h: what the files of this room share. */
#ifndef TCPPROBE_PAGE_PAGE_H
#define TCPPROBE_PAGE_PAGE_H

#include <tcpprobe/page.h>

#include "page/json.h"

/* Opens the sheet of a flow, with the names that it is to have: what is asked of the result is of
 * that flow. It lives until the next one is opened. */
const struct tp_flow *page_open(struct tp_page *page, const struct tp_flow *flow, int64_t base_ns);
/* The value of a column; a name that is to be another one becomes it, until the next call. */
struct tp_value page_value(struct tp_page *page, const struct tp_figure_column *column);
/* "name":value, and a comma before it unless it is the first; nothing of what is absent. */
void page_figure(struct tp_page *page, struct tp_out *out, const struct tp_figure_column *column,
                 bool *begun);

/* Of names, which may be NULL: then nothing changes. */
void page_names_key(struct tp_page_names *names, struct tp_flow_key *key);
/* Another one of that kind, until the next call. */
const char *page_names_text(struct tp_page_names *names, const char *kind, const char *text);

bool page_names_failed(const struct tp_page_names *names); /* out of memory */

/* --- members of a connection, each begins with a comma ---------------------------------------- */

/* Ends are told as figures have them: 0 sends the bulk of the data, 1 is its peer. */

void page_series(struct tp_page *page, struct tp_out *out, const struct tp_flow *flow);
void page_spans(struct tp_page *page, struct tp_out *out, const struct tp_flow *flow);
void page_marks(struct tp_page *page, struct tp_out *out, const struct tp_flow *flow);
void page_story(struct tp_page *page, struct tp_out *out, const struct tp_flow *flow);
void page_log(struct tp_out *out, const struct tp_page_log *log, uint64_t rows);

/* Time of the flow as the data tells it: microseconds since the first event of its timeline; of a
 * clock that counts ticks, these. */
int64_t page_time(const struct tp_page *page, int64_t t_ns);

/* The metric and the end, 0 or 1, whose bytes are the connection's rate; NULL where nothing tells.
 */
struct page_bytes {
    const struct tp_series *series;
    enum tp_metric_id metric;
    unsigned end;
};
struct page_bytes page_bytes(struct tp_page *page, const struct tp_flow *flow);

/* The page's text, made from src/page/assets when the program is built. */
struct page_asset {
    const unsigned char *bytes;
    size_t length;
};
/* Before the title; from it to the data; behind the data. The whole page of a server, and its policy. */
extern const struct page_asset page_head, page_body, page_tail, page_live, page_live_policy;

#endif
