/* limits.c: the table of what may limit a sender, and the facts that decide. */
#include <inttypes.h>
#include <string.h>

#include <tcpprobe/limit.h>

#include "base/phrase.h"
#include "base/units.h"
#include "host/derived.h"

/* Ten jiffies of the slowest kernels (HZ=100): by less the chronometers are too coarse. */
#define JUDGED_US 100000.0
/* TCP_DELACK_MIN, with HZ=1000: others wait longer. */
#define DELAYED_ACK_US 40000

enum { SYN_SENT = 2, SYN_RECV = 3, TIME_WAIT = 6, CLOSED = 7, LISTEN = 10 };

/* --- facts ------------------------------------------------------------------------------ */

static void know(struct tp_limit_facts *facts, enum tp_limit_fact fact, bool known, double value)
{
    if (!known)
        return;
    facts->is[fact] = value;
    facts->have |= UINT32_C(1) << fact;
}

#define HAS(socket, name) TP_SOCKET_HAS(socket, name)

static double cwnd_use(const struct tp_sock *socket)
{
    return socket->snd_cwnd ? (double)socket->unacked / socket->snd_cwnd : 0;
}

static double buffer_use(const struct tp_sock *socket)
{
    return socket->sndbuf ? (double)socket->wmem_queued / socket->sndbuf : 0;
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

/* The chronometers tick in jiffies: shares may come out above 1. */
static double share(double part, double whole)
{
    return whole > 0 ? (part > whole ? 1 : part / whole) : 0;
}

static void know_times(struct tp_limit_facts *facts, const struct tp_socket_view *view)
{
    double us = (double)(view->now->ts_ns - view->before->ts_ns) / 1e3, part;
    bool known = derived_growth(view, TP_SOCKET_busy_time, &facts->busy_us) && us > 0;

    know(facts, TP_LIMIT_FACT_INTERVAL, us > 0, us);
    know(facts, TP_LIMIT_FACT_BUSY, known, share(facts->busy_us, us));
    if (known && derived_growth(view, TP_SOCKET_rwnd_limited, &part))
        know(facts, TP_LIMIT_FACT_RWND, true, share(part, facts->busy_us));
    if (known && derived_growth(view, TP_SOCKET_sndbuf_limited, &part))
        know(facts, TP_LIMIT_FACT_SNDBUF, true, share(part, facts->busy_us));
    if (derived_growth(view, TP_SOCKET_bytes_received, &part))
        know(facts, TP_LIMIT_FACT_RECEIVED, true, part);
}

/* What holds in both states is likely to have held between them. */
static void know_queues(struct tp_limit_facts *facts, const struct tp_sock *now,
                        const struct tp_sock *before)
{
    know(facts, TP_LIMIT_FACT_CWND_USE, HAS(now, unacked) && HAS(before, unacked),
         larger(cwnd_use(now), cwnd_use(before)));
    know(facts, TP_LIMIT_FACT_UNSENT, HAS(now, notsent) && HAS(before, notsent),
         larger(now->notsent, before->notsent));
    know(facts, TP_LIMIT_FACT_SNDBUF_USE,
         HAS(now, sndbuf) && HAS(before, sndbuf) && now->sndbuf && before->sndbuf,
         larger(buffer_use(now), buffer_use(before)));
    know(facts, TP_LIMIT_FACT_SND_WND, HAS(now, snd_wnd), now->snd_wnd);
    know(facts, TP_LIMIT_FACT_SND_WND_RATE, HAS(now, snd_wnd) && HAS(now, srtt),
         now->srtt ? now->snd_wnd * 8e6 / now->srtt : 0);
    know(facts, TP_LIMIT_FACT_SNDBUF_BYTES, HAS(now, sndbuf), now->sndbuf);
    know(facts, TP_LIMIT_FACT_MSS, HAS(now, mss), now->mss);
    know(facts, TP_LIMIT_FACT_CWND_BYTES, HAS(now, snd_cwnd) && HAS(now, mss),
         (double)now->snd_cwnd * now->mss);
}

static void know_path(struct tp_limit_facts *facts, struct tp_socket_view *view)
{
    const struct tp_sock *now = view->now;
    struct tp_value resent = derived_round_retransmit_share(view);

    know(facts, TP_LIMIT_FACT_SRTT, HAS(now, srtt), now->srtt);
    know(facts, TP_LIMIT_FACT_RTT_RATIO, HAS(now, srtt) && HAS(now, min_rtt) && now->min_rtt,
         now->min_rtt ? (double)now->srtt / now->min_rtt : 0);
    know(facts, TP_LIMIT_FACT_QUEUED,
         HAS(now, srtt) && HAS(now, min_rtt) && HAS(now, delivery_rate) &&
             now->srtt >= now->min_rtt,
         (double)now->delivery_rate * ((double)now->srtt - now->min_rtt) / 1e6);
    know(facts, TP_LIMIT_FACT_DELIVERY, HAS(now, delivery_rate), (double)now->delivery_rate * 8);
    know(facts, TP_LIMIT_FACT_PACING_LIMIT, HAS(now, max_pacing_rate),
         (double)now->max_pacing_rate * 8);
    know(facts, TP_LIMIT_FACT_RESENT, resent.type == TP_VALUE_REAL, resent.real);
    know(facts, TP_LIMIT_FACT_RTO_IN_ROW, HAS(now, retransmits), now->retransmits);
}

/* --- rules ------------------------------------------------------------------------------ */

static bool knows(const struct tp_limit_facts *facts, enum tp_limit_fact fact)
{
    return facts->have >> fact & 1;
}

static bool is_at_least(const struct tp_limit_facts *facts, enum tp_limit_fact fact, double least)
{
    return knows(facts, fact) && facts->is[fact] >= least;
}

static bool is_below(const struct tp_limit_facts *facts, enum tp_limit_fact fact, double limit)
{
    return knows(facts, fact) && facts->is[fact] < limit;
}

static bool opens(const struct tp_limit_facts *facts)
{
    return facts->view->now->tcp_state == SYN_SENT;
}

static bool is_unjudged(const struct tp_limit_facts *facts)
{
    return !knows(facts, TP_LIMIT_FACT_BUSY) || !is_at_least(facts, TP_LIMIT_FACT_INTERVAL, 1e5);
}

static bool is_idle(const struct tp_limit_facts *facts)
{
    return facts->busy_us <= 0 && is_below(facts, TP_LIMIT_FACT_UNSENT, 1) &&
           is_below(facts, TP_LIMIT_FACT_CWND_USE, 1e-9);
}

static bool writes_little(const struct tp_limit_facts *facts)
{
    return is_below(facts, TP_LIMIT_FACT_BUSY, 0.5);
}

static bool is_short(const struct tp_limit_facts *facts)
{
    return facts->busy_us < JUDGED_US;
}

static bool is_unread(const struct tp_limit_facts *facts)
{
    return is_at_least(facts, TP_LIMIT_FACT_RWND, 0.5) && is_below(facts, TP_LIMIT_FACT_SND_WND, 1);
}

static bool fills_window(const struct tp_limit_facts *facts)
{
    return is_at_least(facts, TP_LIMIT_FACT_RWND, 0.5);
}

static bool fills_buffer(const struct tp_limit_facts *facts)
{
    return is_at_least(facts, TP_LIMIT_FACT_SNDBUF, 0.5);
}

/* BBR paces always: only a limit that was set says something. */
static bool keeps_pace(const struct tp_limit_facts *facts)
{
    const struct tp_sock *now = facts->view->now;

    return knows(facts, TP_LIMIT_FACT_PACING_LIMIT) && knows(facts, TP_LIMIT_FACT_DELIVERY) &&
           HAS(now, pacing_rate) &&
           (double)now->pacing_rate >= 0.99 * (double)now->max_pacing_rate &&
           (double)now->delivery_rate >= 0.9 * (double)now->pacing_rate;
}

/* At both moments, what tcp_rate_check_app_limited() of the kernel takes for it: less than a
 * segment is left to send, the congestion window has room, and nothing is to be sent again. */
static bool has_sent_all(const struct tp_limit_facts *facts)
{
    return knows(facts, TP_LIMIT_FACT_MSS) &&
           is_below(facts, TP_LIMIT_FACT_UNSENT, facts->is[TP_LIMIT_FACT_MSS]) &&
           is_below(facts, TP_LIMIT_FACT_CWND_USE, 1) &&
           is_below(facts, TP_LIMIT_FACT_RTO_IN_ROW, 1) && !facts->view->now->cong_state &&
           !facts->view->before->cong_state;
}

/* Its chronometer stands still where what was written before the buffer was full is sent already
 * (tcp_cwnd_validate()). No writer is woken before a third is free (sk_stream_is_writeable()), so
 * that it is less full for a moment only; a buffer of the kernel's own tuning has room for two
 * windows, and is never so full where all is sent. */
static bool waits_for_room(const struct tp_limit_facts *facts)
{
    return has_sent_all(facts) && is_at_least(facts, TP_LIMIT_FACT_SNDBUF_USE, 2.0 / 3);
}

static bool waits_for_answers(const struct tp_limit_facts *facts)
{
    return has_sent_all(facts) && is_at_least(facts, TP_LIMIT_FACT_RECEIVED, 1);
}

static bool is_silent(const struct tp_limit_facts *facts)
{
    double acked;

    return is_at_least(facts, TP_LIMIT_FACT_RTO_IN_ROW, 1) &&
           derived_growth(facts->view, TP_SOCKET_bytes_acked, &acked) && acked <= 0;
}

/* Few segments under way wait for a delayed ACK, which looks like a queue; then there are none of
 * its own in one. */
static bool stands_in_queue(const struct tp_limit_facts *facts)
{
    const struct tp_sock *now = facts->view->now;
    bool delayed_ack = knows(facts, TP_LIMIT_FACT_MSS) &&
                       is_below(facts, TP_LIMIT_FACT_QUEUED, 2 * facts->is[TP_LIMIT_FACT_MSS]) &&
                       now->srtt - now->min_rtt < DELAYED_ACK_US;

    return is_at_least(facts, TP_LIMIT_FACT_RTT_RATIO, 1.25) && !delayed_ack;
}

static bool loses_without_queue(const struct tp_limit_facts *facts)
{
    return is_at_least(facts, TP_LIMIT_FACT_RESENT, 0.01) &&
           knows(facts, TP_LIMIT_FACT_RTT_RATIO) && !stands_in_queue(facts);
}

static bool always(const struct tp_limit_facts *facts)
{
    (void)facts;
    return true;
}

#define BIT   TP_LIMIT_FACT_BIT
#define THUMB "a rule of thumb"
#define HALF  "half of the time: what it was for most of it"
#define KERNELS                                                                                    \
    "what the kernel takes for limited by the application (tcp_rate_check_app_limited), at both "  \
    "moments"
#define PATH                                                                                       \
    (BIT(BUSY) | BIT(SRTT) | BIT(RTT_RATIO) | BIT(QUEUED) | BIT(RESENT) | BIT(DELIVERY) |          \
     BIT(CWND_BYTES))

/* The order is part of the rules. */
const struct tp_socket_limit_rule tp_socket_limit_rules[] = {
    {"handshake", "handshake", opens, 0, "the connection is being opened", NULL, NULL},
    {"unknown", "unknown", is_unjudged, BIT(INTERVAL),
     "the kernel did not say how long it was busy (it does since 4.10), or the interval is too "
     "short",
     "an interval of 200 ms or more", "ten jiffies of a kernel with HZ=100"},
    {"idle", "app", is_idle, BIT(BUSY), "there was nothing to send", NULL, NULL},
    {"app", "app", writes_little, BIT(BUSY), "the application wrote less than the network takes",
     "if that is too slow: the program that writes; the network has room", HALF},
    {"unknown", "unknown", is_short, BIT(BUSY) | BIT(INTERVAL),
     "it was busy for less than 100 ms, which the kernel measures too coarsely to tell",
     "a longer interval", "ten jiffies of a kernel with HZ=100"},
    {"unread", "rwnd", is_unread, BIT(RWND) | BIT(SND_WND) | BIT(UNSENT),
     "the peer's window is closed: its application does not read", "the program at the peer", HALF},
    {"rwnd", "rwnd", fills_window,
     BIT(RWND) | BIT(SND_WND) | BIT(SRTT) | BIT(SND_WND_RATE) | BIT(CWND_BYTES),
     "the peer's window is full: its receive buffer is smaller than what is under way, or its "
     "application reads slowly",
     "at the peer: net.ipv4.tcp_rmem, SO_RCVBUF (better none: it ends the kernel's tuning), or the "
     "program that reads",
     HALF},
    {"sndbuf", "sndbuf", fills_buffer,
     BIT(SNDBUF) | BIT(SNDBUF_BYTES) | BIT(SRTT) | BIT(CWND_BYTES),
     "the send buffer is full: it holds less than the path and the windows take",
     "net.ipv4.tcp_wmem, SO_SNDBUF (better none: it ends the kernel's tuning)", HALF},
    {"pacing", "pacing", keeps_pace, BIT(DELIVERY) | BIT(PACING_LIMIT),
     "it sends at the pace that was set for it", "SO_MAX_PACING_RATE of the program",
     "delivered at 90 % of the pace or more: " THUMB},
    {"sndbuf", "sndbuf", waits_for_room,
     BIT(UNSENT) | BIT(CWND_USE) | BIT(SNDBUF_BYTES) | BIT(SNDBUF_USE) | BIT(SRTT),
     "the send buffer is full, and all that is in it is sent",
     "net.ipv4.tcp_wmem, SO_SNDBUF (better none: it ends the kernel's tuning)",
     "what wakes a writer (sk_stream_is_writeable)"},
    {"waits", "app", waits_for_answers,
     BIT(BUSY) | BIT(UNSENT) | BIT(CWND_USE) | BIT(RECEIVED) | BIT(SRTT),
     "the application waits for answers: all is sent, the windows have room, and data came back",
     "fewer round trips: larger requests, or several at a time", KERNELS},
    {"app", "app", has_sent_all, BIT(BUSY) | BIT(UNSENT) | BIT(CWND_USE),
     "the application writes little at a time: all is sent, and the windows have room",
     "if that is too slow: the program that writes; the network has room", KERNELS},
    {"silent", "network", is_silent, BIT(RTO_IN_ROW) | BIT(SRTT),
     "nothing was acknowledged, and timeouts run: the path or the peer does not answer",
     "the path; the peer's machine", NULL},
    {"loss", "network", loses_without_queue, PATH,
     "the network loses packets while hardly any of this connection stand in a queue: at random, "
     "by a "
     "policer, or in a queue of others",
     "the path: radio, a bad cable, a policer; a congestion control that bears it (bbr)",
     "1 % sent again, and srtt below 1.25 times the least, or less than two segments in a "
     "queue: " THUMB},
    {"queue", "network", stands_in_queue, PATH,
     "the network: a queue stands before the bottleneck, as it should of a sender at full speed",
     "if delay matters: a managed queue (fq_codel, cake) there, or a smaller one",
     "srtt 1.25 times the least or more: " THUMB},
    {"network", "network", always, PATH,
     "the network: neither the application, nor windows, nor buffers hold it up", NULL, NULL},
};

const size_t tp_socket_limit_rule_count =
    sizeof tp_socket_limit_rules / sizeof *tp_socket_limit_rules;

static bool can_send(const struct tp_sock *socket)
{
    const unsigned none = 1U << SYN_RECV | 1U << TIME_WAIT | 1U << CLOSED | 1U << LISTEN;

    return HAS(socket, snd_cwnd) && !(none >> (socket->tcp_state & 31) & 1);
}

const struct tp_socket_limit_rule *tp_socket_limit(const struct tp_socket_view *view,
                                                   struct tp_limit_facts *facts)
{
    struct tp_limit_facts own;
    struct tp_socket_view copy = *view;

    facts = facts ? facts : &own;
    memset(facts, 0, sizeof *facts);
    facts->view = view;
    if (!view->before || !can_send(view->now))
        return NULL;
    know_times(facts, view);
    know_queues(facts, view->now, view->before);
    know_path(facts, &copy);
    for (size_t i = 0; i < tp_socket_limit_rule_count; i++)
        if (tp_socket_limit_rules[i].holds(facts))
            return &tp_socket_limit_rules[i];
    return NULL;
}

/* --- as text ---------------------------------------------------------------------------- */

enum show { SECONDS, SHARE, BYTES, RATE, MS, TIMES, COUNT };

static void number_text(double value, enum show show, char *text, size_t size)
{
    struct tp_phrase phrase = tp_phrase_in(text, size);

    switch (show) {
    case SECONDS:
        tp_units_duration((int64_t)(value * 1e3), text, size);
        break;
    case SHARE:
        tp_phrase_add(&phrase, "%.*f %%",
                      value <= 0 || value >= 0.1 ? 0
                      : value >= 0.01            ? 1
                                                 : 2,
                      value * 100);
        break;
    case BYTES:
        tp_units_si_unit(value, "B", text, size);
        break;
    case RATE:
        tp_units_si_unit(value, "bit/s", text, size);
        break;
    case MS:
        tp_phrase_add(&phrase, "%.1f ms", value / 1e3);
        break;
    case TIMES:
        tp_phrase_add(&phrase, "%.2f", value);
        break;
    case COUNT:
        tp_phrase_add(&phrase, "%.0f", value);
        break;
    }
}

void tp_limit_facts_text(const struct tp_limit_facts *facts, uint32_t which, char *text,
                         size_t size)
{
    static const struct {
        const char *text;
        enum show show;
    } says[] = {
#define SAYS(ID, text, show) {text, show},
        TP_LIMIT_FACTS(SAYS)
#undef SAYS
    };
    struct tp_phrase phrase = tp_phrase_in(text, size);
    const char *hole;
    char number[32];

    for (unsigned i = 0; i < TP_LIMIT_FACT_COUNT; i++) {
        if (!(facts->have & which & UINT32_C(1) << i))
            continue;
        number_text(facts->is[i], says[i].show, number, sizeof number);
        hole = strstr(says[i].text, "%s");
        tp_phrase_item(&phrase, ", ", "%.*s%s%s", (int)(hole - says[i].text), says[i].text, number,
                       hole + strlen("%s"));
    }
}
