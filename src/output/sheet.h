/* sheet.h: the getters that the rows of figures name; each answers one kind of question and finds
 * the rest in the row: what and detail. */
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
    SHEET_BYTES,
    SHEET_FIRST_SEEN,
    SHEET_LAST_SEEN,
    SHEET_RECORDS,
    SHEET_TIMELINE,
    SHEET_OPENER,
    SHEET_LOST,
    SHEET_LOST_MARKERS,
    SHEET_HISTORY,
    SHEET_COMPLETE,
    SHEET_COMPLETENESS,
    SHEET_VANTAGE,
    SHEET_CLOCKS
};
tp_sheet_get tp_sheet_flow;

/* what: a metric; detail: one of these, the quantiles in the order of tp_sheet.quantile */
enum {
    SHEET_SAMPLES,
    SHEET_FIRST,
    SHEET_LAST,
    SHEET_MIN,
    SHEET_MEAN,
    SHEET_MAX,
    SHEET_STDEV,
    SHEET_P5,
    SHEET_P50,
    SHEET_P95,
    SHEET_P99
};
tp_sheet_get tp_sheet_metric;

/* --- kernel events ---------------------------------------------------------------------------- */

/* A uint32_t or int64_t member of struct tp_side, detail is its offset: absent unless events of
 * the kind `what` were met. */
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

/* --- packets ---------------------------------------------------------------------------------- */

/* What a member of struct tp_wire or struct tp_wire_trouble is, and when it is known. */
enum {
    SHEET_BOOL,
    SHEET_U8,
    SHEET_U16,
    SHEET_U32,
    SHEET_U64,
    SHEET_I64

};

enum {
    SHEET_IF_SEEN,      /* packets of that end were captured */
    SHEET_IF_ACKED,     /* ... and its peer's, which acknowledge its data */
    SHEET_IF_SENT,      /* it sent data */
    SHEET_IF_SYN,       /* its SYN was captured */
    SHEET_IF_ANSWERED,  /* its peer's packets were captured, and where among its own is known */
    SHEET_IF_ORDER,     /* what its packets and its peer's came first is known */
    SHEET_IF_BEGINNING, /* ... and its SYN was captured */
    SHEET_IF_WINDOWS,   /* the scale of its windows is known */
    SHEET_IF_FLIGHT,    /* outstanding bytes were measured */
    SHEET_IF_NOT_ZERO
};

#define SHEET_MEMBER(type, member, need)                                                           \
    (uint8_t)((need) << 4 | _Generic(((type *)0)->member, bool                                     \
                                     : SHEET_BOOL, uint8_t                                         \
                                     : SHEET_U8, uint16_t                                          \
                                     : SHEET_U16, uint32_t                                         \
                                     : SHEET_U32, uint64_t                                         \
                                     : SHEET_U64, int64_t                                          \
                                     : SHEET_I64))

/* what: SHEET_MEMBER(); detail: offset of the member */
tp_sheet_get tp_sheet_wire, tp_sheet_trouble;

/* detail: one of these */
enum {
    SHEET_WIRE_ACKED,
    SHEET_WIRE_GOODPUT,
    SHEET_WIRE_THROUGHPUT,
    SHEET_WIRE_STREAM,
    SHEET_WIRE_DATA_TIME,
    SHEET_WIRE_WSCALE,
    SHEET_WIRE_SCALE,
    SHEET_WIRE_HANDSHAKE,
    SHEET_WIRE_SHARE,
    SHEET_WIRE_OUT_OF_ORDER,
    SHEET_WIRE_FLIGHT_MEAN,
    SHEET_WIRE_WINDOW_MEAN,
    SHEET_WIRE_SEGMENT_MEAN
};
tp_sheet_get tp_sheet_derived;

/* what: one of these; detail: SHEET_SAMPLES to SHEET_STDEV */
enum {
    SHEET_RTT_ACK,
    SHEET_RTT_SACK,
    SHEET_RTT_TS,
    SHEET_RTT_RESENT, /* ACKs of segments sent again, from the last copy */
    SHEET_RTT_DELAY   /* from one transmission to the next */
};
tp_sheet_get tp_sheet_rtt;

/* detail: a quantile or this */
enum { SHEET_RTT_FROM = 100 };
tp_sheet_get tp_sheet_best_rtt;

/* what: enum tp_origin or this; detail: enum tp_limit (its share) or one of these */
#define SHEET_BEST_ORIGIN TP_ORIGINS
enum { SHEET_LIMITED_BY = TP_LIMITS, SHEET_LIMITED_SHARE, SHEET_LIMITED_FROM, SHEET_LIMIT_JUDGED };
tp_sheet_get tp_sheet_limit;

/* For tp_sheet_flow(): what the packets say of both ends. */
struct tp_value tp_sheet_connection(struct tp_sheet *sheet, unsigned detail);

#endif
