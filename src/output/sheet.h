/* sheet.h: the getters that figures.c names in its rows; each answers one kind of question and
 * finds the rest in the row: metric and detail. */
#ifndef TCPPROBE_OUTPUT_SHEET_H
#define TCPPROBE_OUTPUT_SHEET_H

#include <tcpprobe/output.h>

typedef struct tp_value tp_sheet_get(struct tp_sheet *sheet, const struct tp_flow_figure *figure);

/* detail: one of these */
enum {
    SHEET_ID,
    SHEET_BOTH,
    SHEET_SRC,
    SHEET_DST,
    SHEET_START,
    SHEET_DURATION,
    SHEET_FIRST_SEEN,
    SHEET_LAST_SEEN,
    SHEET_RECORDS,
    SHEET_TIMELINE,
    SHEET_OPENER,
    SHEET_LOST,
    SHEET_LOST_MARKERS
};
tp_sheet_get tp_sheet_flow;

/* detail: one of these; metric: a state */
enum {
    SHEET_SAMPLES,
    SHEET_FIRST,
    SHEET_LAST,
    SHEET_MIN,
    SHEET_MEAN,
    SHEET_P5,
    SHEET_P50,
    SHEET_P95,
    SHEET_P99,
    SHEET_MAX
};
tp_sheet_get tp_sheet_state;

/* A uint32_t or int64_t member of struct tp_side, detail is its offset: absent unless events of
 * the kind `metric` were met. */
tp_sheet_get tp_sheet_events, tp_sheet_event_time;

/* detail: one of these */
enum {
    SHEET_ACKED,
    SHEET_GOODPUT,
    SHEET_SHARE,
    SHEET_RECEIVED,
    SHEET_RECEIVED_MAX,
    SHEET_MSS,
    SHEET_INITIAL_CWND,
    SHEET_PROBES,
    SHEET_TCP_STATE,
    SHEET_CONG_STATE,
    SHEET_CLOSED,
    SHEET_COOKIE,
    SHEET_SOCKET_FIRST,
    SHEET_SOCKET_LAST
};
tp_sheet_get tp_sheet_side;

#endif
