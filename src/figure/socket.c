/* socket.c: getting figures out of samples of a socket: its totals, exact, in the recording. */
#include "figure/ways.h"

static const struct tp_sampled_socket *sampled_of(const struct tp_sheet *sheet, unsigned end)
{
    return tp_flow_sampled(sheet->flow, sheet->bulk_end ^ end);
}

static bool grew(const struct tp_sheet *sheet, unsigned end, enum tp_socket_id counter,
                 uint64_t *growth)
{
    return tp_flow_grew(sheet->flow, sheet->bulk_end ^ end, counter, growth);
}

struct tp_value socket_grew(struct tp_sheet *sheet, unsigned end, const struct tp_figure_way *way)
{
    uint64_t growth = 0;
    bool known = grew(sheet, end, (enum tp_socket_id)way->detail, &growth);
    const struct tp_sampled_socket *sampled = sampled_of(sheet, end);
    struct tp_value value = tp_value_integer_if(known, growth);

    value.at_least = known && sampled->wiped;
    return value;
}

struct tp_value socket_last(struct tp_sheet *sheet, unsigned end, const struct tp_figure_way *way)
{
    const struct tp_sampled_socket *sampled = sampled_of(sheet, end);
    enum tp_socket_id id = (enum tp_socket_id)way->detail;

    if (!sampled || !tp_socket_has(&sampled->now, id))
        return absent;
    return tp_value_integer_if(true, tp_socket_number(&sampled->now, id) * way->what);
}

/* --- what was carried ------------------------------------------------------------------------- */

/* The kernel counts the SYN of who connected and the FIN among the acknowledged bytes, and tells
 * not whether they are. More bytes acknowledged than sent means that all payload was; as many or
 * fewer that the FIN, which is behind all payload, was not, or the SYN is not among them: where it
 * was seen who opened the connection, all is known. */
struct tp_value socket_acked(struct tp_sheet *sheet, unsigned end, const struct tp_figure_way *way)
{
    const struct tp_sampled_socket *sampled = sampled_of(sheet, end);
    uint64_t acked, sent, again, most;
    struct tp_value value;

    (void)way;
    if (!sampled || !grew(sheet, end, TP_SOCKET_bytes_acked, &acked) ||
        !grew(sheet, end, TP_SOCKET_bytes_sent, &sent) ||
        !grew(sheet, end, TP_SOCKET_bytes_retrans, &again) || again > sent)
        return absent;
    most = sampled->fresh ? sent - again : UINT64_MAX;
    value = tp_value_integer_if(true, acked < most ? acked : most);
    if (sampled->fresh && sheet->flow->opener >= 0 && acked <= most)
        value.integer -=
            value.integer > 0 && (unsigned)sheet->flow->opener == (sheet->bulk_end ^ end);
    if (acked > most || (sampled->fresh && sheet->flow->opener >= 0) ||
        (!sampled->fresh && !tp_sock_may_count_fin(&sampled->now, sampled->ended))) {
        value.at_least = sampled->wiped;
        return value;
    }
    value.integer -= value.integer > 0;
    value.at_least = true;
    return value;
}

static int64_t transfer_ns(const struct tp_sampled_socket *sampled)
{
    return sampled && sampled->acked_last_ns ? sampled->acked_last_ns - sampled->first_ns : 0;
}

/* From the first sample to the last one that had more: of that time all is known. */
struct tp_value socket_goodput(struct tp_sheet *sheet, unsigned end,
                               const struct tp_figure_way *way)
{
    const struct tp_sampled_socket *sampled = sampled_of(sheet, end);

    (void)way;
    if (!sampled || !sampled->acked_last_ns || sampled->acked_last < sampled->acked_first)
        return absent;
    return steady_rate(sheet, end, sampled->acked_last - sampled->acked_first,
                       transfer_ns(sampled));
}

struct tp_value socket_transfer(struct tp_sheet *sheet, unsigned end,
                                const struct tp_figure_way *way)
{
    const struct tp_sampled_socket *sampled = sampled_of(sheet, end);

    (void)way;
    return tp_value_integer_if(transfer_ns(sampled) > 0, (uint64_t)transfer_ns(sampled));
}

struct tp_value socket_retransmit_share(struct tp_sheet *sheet, unsigned end,
                                        const struct tp_figure_way *way)
{
    uint64_t sent, again;

    (void)way;
    if (!grew(sheet, end, TP_SOCKET_bytes_sent, &sent) ||
        !grew(sheet, end, TP_SOCKET_bytes_retrans, &again))
        return absent;
    return share((double)again, (double)sent);
}

/* --- what limited it -------------------------------------------------------------------------- */

/* The chronometers count jiffies, so that a share may come out a little above 1. */
static struct tp_value share_at_most_1(uint64_t part, uint64_t whole)
{
    double of_whole = whole ? (double)part / (double)whole : 0;

    return tp_value_real_if(whole > 0, of_whole < 1 ? of_whole : 1);
}

struct tp_value socket_share(struct tp_sheet *sheet, unsigned end, const struct tp_figure_way *way)
{
    uint64_t part, whole;

    if (!grew(sheet, end, (enum tp_socket_id)way->detail, &part) ||
        !grew(sheet, end, (enum tp_socket_id)way->what, &whole))
        return absent;
    return share_at_most_1(part, whole);
}

/* What it was busy before its first sample is known, but not for how long it lived then. */
struct tp_value socket_busy_share(struct tp_sheet *sheet, unsigned end,
                                  const struct tp_figure_way *way)
{
    const struct tp_sampled_socket *sampled = sampled_of(sheet, end);

    (void)way;
    if (!sampled || !TP_SOCKET_HAS(&sampled->now, busy_time) ||
        sampled->now.busy_time < sampled->busy_first_us)
        return absent;
    return share_at_most_1(sampled->now.busy_time - sampled->busy_first_us,
                           (uint64_t)(sampled->busy_last_ns - sampled->first_ns) / 1000);
}

struct tp_value socket_rtt_min(struct tp_sheet *sheet, unsigned end,
                               const struct tp_figure_way *way)
{
    const struct tp_sampled_socket *sampled = sampled_of(sheet, end);

    (void)way;
    return tp_value_integer_if(sampled && sampled->rtt_min_us, sampled ? sampled->rtt_min_us : 0);
}

/* --- who -------------------------------------------------------------------------------------- */

static struct tp_value text_of(const char *text)
{
    return tp_value_text(text && text[0] ? text : NULL);
}

struct tp_value socket_owner(struct tp_sheet *sheet, unsigned end, const struct tp_figure_way *way)
{
    const struct tp_sampled_socket *sampled = sampled_of(sheet, end);

    (void)way;
    return text_of(sampled && sampled->now.pid ? sampled->now.owner : NULL);
}

struct tp_value socket_process(struct tp_sheet *sheet, unsigned end,
                               const struct tp_figure_way *way)
{
    const struct tp_sampled_socket *sampled = sampled_of(sheet, end);

    (void)way;
    return tp_value_integer_if(sampled && sampled->now.pid,
                               sampled ? (uint64_t)sampled->now.pid : 0);
}

struct tp_value socket_cgroup(struct tp_sheet *sheet, unsigned end, const struct tp_figure_way *way)
{
    const struct tp_sampled_socket *sampled = sampled_of(sheet, end);

    (void)way;
    return text_of(sampled ? sampled->now.cgroup : NULL);
}

struct tp_value socket_cc(struct tp_sheet *sheet, unsigned end, const struct tp_figure_way *way)
{
    const struct tp_sampled_socket *sampled = sampled_of(sheet, end);

    (void)way;
    return text_of(sampled && TP_SOCKET_HAS(&sampled->now, cc) ? sampled->now.cc : NULL);
}

struct tp_value socket_lines(struct tp_sheet *sheet, unsigned end, const struct tp_figure_way *way)
{
    const struct tp_sampled_socket *sampled = sampled_of(sheet, end);

    (void)way;
    return tp_value_integer_if(sampled, sampled ? sampled->lines : 0);
}

struct tp_value socket_whole(struct tp_sheet *sheet, unsigned end, const struct tp_figure_way *way)
{
    const struct tp_sampled_socket *sampled = sampled_of(sheet, end);

    (void)way;
    return sampled ? tp_value_bool(sampled->ended && !sampled->wiped) : absent;
}
