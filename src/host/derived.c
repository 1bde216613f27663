/* derived.c: what is worked out of the fields of a socket, or of the same socket a round before. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <tcpprobe/limit.h>

#include "host/derived.h"

#define HAS(name) TP_SOCKET_HAS(view->now, name)

static struct tp_value absent(void)
{
    return tp_value_integer_if(false, 0);
}

/* --- which socket ----------------------------------------------------------------------- */

struct tp_value derived_time_ns(struct tp_socket_view *view)
{
    return tp_value_integer_if(view->wall_minus_monotonic_ns != 0,
                               (uint64_t)(view->now->ts_ns + view->wall_minus_monotonic_ns));
}

struct tp_value derived_namespace(struct tp_socket_view *view)
{
    return tp_value_text(view->netns);
}

struct tp_value derived_short_state(struct tp_socket_view *view)
{
    struct tp_value state = tp_socket_value(view, TP_SOCKET_tcp_state);

    if (state.type == TP_VALUE_TEXT && strncmp(state.text, "TCP_", 4) == 0)
        state.text += 4;
    return state;
}

struct tp_value derived_own_end(struct tp_socket_view *view)
{
    tp_endpoint_text(&view->now->key, view->now->local, view->text, sizeof view->text);
    return tp_value_text(view->text);
}

/* Of what listens, or is only bound, there is none. */
struct tp_value derived_peer_end(struct tp_socket_view *view)
{
    if (view->now->key.port[!view->now->local] == 0)
        return absent();
    tp_endpoint_text(&view->now->key, !view->now->local, view->text, sizeof view->text);
    return tp_value_text(view->text);
}

struct tp_value derived_both(struct tp_socket_view *view)
{
    const struct tp_flow_key *key = &view->now->key;
    unsigned local = view->now->local;
    size_t length = tp_endpoint_text(key, local, view->text, sizeof view->text);

    if (key->port[!local]) {
        memcpy(view->text + length, " -> ", 5);
        tp_endpoint_text(key, !local, view->text + length + 4, sizeof view->text - length - 4);
    }
    return tp_value_text(view->text);
}

struct tp_value derived_cookie_text(struct tp_socket_view *view)
{
    snprintf(view->text, sizeof view->text, "%" PRIx64, view->now->cookie);
    return tp_value_text(view->text);
}

struct tp_value derived_bytes(struct tp_socket_view *view)
{
    return tp_value_integer_if(HAS(bytes_acked) && HAS(bytes_received),
                               view->now->bytes_acked + view->now->bytes_received);
}

/* --- owners ----------------------------------------------------------------------------- */

struct tp_value derived_owned_by(struct tp_socket_view *view)
{
    const struct tp_sock *now = view->now;

    if (now->pid)
        snprintf(view->text, sizeof view->text, "%s/%" PRId32, now->owner, now->pid);
    else if (now->cgroup && now->cgroup[1])
        return tp_value_text(strrchr(now->cgroup, '/') + 1);
    else if (HAS(uid))
        snprintf(view->text, sizeof view->text, "uid %" PRIu32, now->uid);
    else
        return absent();
    return tp_value_text(view->text);
}

struct tp_value derived_process(struct tp_socket_view *view)
{
    return tp_value_integer_if(view->now->pid != 0, (uint64_t)view->now->pid);
}

struct tp_value derived_process_name(struct tp_socket_view *view)
{
    return tp_value_text(view->now->pid ? view->now->owner : NULL);
}

struct tp_value derived_cgroup_path(struct tp_socket_view *view)
{
    return tp_value_text(view->now->cgroup);
}

/* --- of one moment ---------------------------------------------------------------------- */

struct tp_value derived_queue_delay(struct tp_socket_view *view)
{
    const struct tp_sock *now = view->now;

    return tp_value_integer_if(HAS(srtt) && HAS(min_rtt) && now->srtt >= now->min_rtt,
                               now->srtt - now->min_rtt);
}

struct tp_value derived_inflight(struct tp_socket_view *view)
{
    const struct tp_sock *now = view->now;
    int64_t segs = (int64_t)now->unacked - now->sacked - now->lost + now->retrans;

    return tp_value_integer_if(HAS(unacked) && HAS(mss) && segs >= 0, (uint64_t)segs * now->mss);
}

/* A rate that the application limited says nothing of the path. */
struct tp_value derived_bdp(struct tp_socket_view *view)
{
    const struct tp_sock *now = view->now;

    return tp_value_real_if(HAS(delivery_rate) && HAS(app_limited) && !now->app_limited &&
                                HAS(min_rtt),
                            (double)now->delivery_rate * now->min_rtt / 1e6);
}

static struct tp_value share(bool known, double part, double whole)
{
    double value = whole > 0 ? part / whole : 0;

    return tp_value_real_if(known && whole > 0, value > 1 ? 1 : value);
}

struct tp_value derived_retransmit_share(struct tp_socket_view *view)
{
    const struct tp_sock *now = view->now;

    if (HAS(bytes_sent))
        return share(true, (double)now->bytes_retrans, (double)now->bytes_sent);
    return share(HAS(data_segs_out), now->total_retrans, now->data_segs_out);
}

/* --- since the round before ------------------------------------------------------------- */

bool derived_growth(const struct tp_socket_view *view, enum tp_socket_id id, double *by)
{
    unsigned bits = tp_socket_rows[id].size * 8;
    uint64_t difference;

    if (!view->before || !tp_socket_has(view->now, id) || !tp_socket_has(view->before, id))
        return false;
    difference = (tp_socket_number(view->now, id) - tp_socket_number(view->before, id)) &
                 UINT64_MAX >> (64 - bits);
    *by = (double)difference;
    return difference <= UINT64_MAX >> (65 - bits); /* or it went backwards */
}

static double seconds(const struct tp_socket_view *view)
{
    return view->before ? (double)(view->now->ts_ns - view->before->ts_ns) / 1e9 : 0;
}

static struct tp_value bit_rate(const struct tp_socket_view *view, enum tp_socket_id id)
{
    double by = 0;
    bool known = derived_growth(view, id, &by) && seconds(view) > 0;

    return tp_value_real_if(known, known ? by * 8 / seconds(view) : 0);
}

struct tp_value derived_goodput(struct tp_socket_view *view)
{
    return bit_rate(view, TP_SOCKET_bytes_acked);
}

struct tp_value derived_received_rate(struct tp_socket_view *view)
{
    return bit_rate(view, TP_SOCKET_bytes_received);
}

struct tp_value derived_round_retransmits(struct tp_socket_view *view)
{
    double by = 0;
    bool known = derived_growth(view, TP_SOCKET_total_retrans, &by);

    return tp_value_integer_if(known, (uint64_t)by);
}

static struct tp_value growth_share(const struct tp_socket_view *view, enum tp_socket_id part,
                                    enum tp_socket_id whole)
{
    double a = 0, b = 0;
    bool known = derived_growth(view, part, &a) && derived_growth(view, whole, &b);

    return share(known, a, b);
}

struct tp_value derived_round_retransmit_share(struct tp_socket_view *view)
{
    if (HAS(bytes_sent))
        return growth_share(view, TP_SOCKET_bytes_retrans, TP_SOCKET_bytes_sent);
    return growth_share(view, TP_SOCKET_total_retrans, TP_SOCKET_data_segs_out);
}

/* The chronometers tick in jiffies, so a share may come out above 1. */
struct tp_value derived_busy_share(struct tp_socket_view *view)
{
    double by = 0;
    bool known = derived_growth(view, TP_SOCKET_busy_time, &by);

    return share(known, by, seconds(view) * 1e6);
}

struct tp_value derived_rwnd_share(struct tp_socket_view *view)
{
    return growth_share(view, TP_SOCKET_rwnd_limited, TP_SOCKET_busy_time);
}

struct tp_value derived_sndbuf_share(struct tp_socket_view *view)
{
    return growth_share(view, TP_SOCKET_sndbuf_limited, TP_SOCKET_busy_time);
}

/* --- what limits it --------------------------------------------------------------------- */

struct tp_value derived_limit(struct tp_socket_view *view)
{
    const struct tp_socket_limit_rule *rule = tp_socket_limit(view, NULL);

    return tp_value_text(rule ? rule->name : NULL);
}

struct tp_value derived_limited_by(struct tp_socket_view *view)
{
    const struct tp_socket_limit_rule *rule = tp_socket_limit(view, NULL);

    return tp_value_text(rule ? rule->limited_by : NULL);
}
