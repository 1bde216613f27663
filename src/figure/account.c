/* account.c: the account of time, by kernel events or by packets, as shares of it. */
#include "figure/ways.h"

/* By the chronometers of struct tcp_info (RFC 4898's SndLim). They tell what was busy from what was
 * not, and who limited it there but for the network. */
static bool socket_account(struct tp_sheet *sheet, unsigned end, struct tp_account *account)
{
    const struct tp_sampled_socket *sampled = tp_flow_sampled(sheet->flow, end);
    uint64_t busy_us, rwnd_us, sndbuf_us, limited_us;
    int64_t whole_ns;

    if (!sampled || sampled->wiped ||
        !tp_flow_grew(sheet->flow, end, TP_SOCKET_busy_time, &busy_us) ||
        !tp_flow_grew(sheet->flow, end, TP_SOCKET_rwnd_limited, &rwnd_us) ||
        !tp_flow_grew(sheet->flow, end, TP_SOCKET_sndbuf_limited, &sndbuf_us))
        return false;
    limited_us = rwnd_us + sndbuf_us;
    if (busy_us < limited_us) /* each is told in ticks of its own */
        busy_us = limited_us;
    whole_ns = sampled->last_ns - sampled->first_ns;
    if (whole_ns < (int64_t)busy_us * 1000) /* it was made before the first sample */
        whole_ns = (int64_t)busy_us * 1000;
    account->time_ns[TP_WAIT_RWND] = (int64_t)rwnd_us * 1000;
    account->time_ns[TP_WAIT_SNDBUF] = (int64_t)sndbuf_us * 1000;
    account->time_ns[TP_WAIT_NETWORK] = (int64_t)(busy_us - limited_us) * 1000;
    account->time_ns[TP_WAIT_APP] = whole_ns - (int64_t)busy_us * 1000;
    return true;
}

const struct tp_account *tp_sheet_account(struct tp_sheet *sheet, unsigned end, unsigned origin)
{
    unsigned of_flow = sheet->bulk_end ^ end, place = origin;
    struct tp_sheet_account *account;

    if (origin == TP_FROM_SOCKET)
        place = TP_ORIGINS;
    else if (origin >= TP_ORIGINS)
        return NULL;
    account = &sheet->accounts[end][place];
    if (!account->asked) {
        account->asked = true;
        account->known = (origin == TP_FROM_SOCKET
                              ? socket_account(sheet, of_flow, &account->account)
                              : tp_flow_account(sheet->flow, of_flow, (enum tp_origin)origin,
                                                &account->account)) &&
                         sheet->flow->timing == TP_TIMING_SECONDS &&
                         tp_account_whole(&account->account) > 0;
    }
    return account->known ? &account->account : NULL;
}

struct tp_value figure_account(struct tp_sheet *sheet, unsigned end,
                               const struct tp_figure_way *way)
{
    const struct tp_account *account = tp_sheet_account(sheet, end, way->what);
    int64_t whole_ns = account ? tp_account_whole(account) : 0;

    if (!account)
        return absent;
    switch (way->detail) {
    case ACCOUNT_MOST:
        return tp_value_text(tp_wait_name(tp_account_largest(account)));
    case ACCOUNT_MOST_SHARE:
        return share((double)account->time_ns[tp_account_largest(account)], (double)whole_ns);
    case ACCOUNT_WHOLE:
        return tp_value_integer(whole_ns);
    default:
        return share((double)account->time_ns[way->detail], (double)whole_ns);
    }
}

struct tp_value accounts_apart(struct tp_sheet *sheet, unsigned end,
                               const struct tp_figure_way *way)
{
    const struct tp_account *kernel = tp_sheet_account(sheet, end, TP_FROM_KERNEL);
    const struct tp_account *packets = tp_sheet_account(sheet, end, TP_FROM_PACKETS);

    (void)way;
    return kernel && packets ? real(tp_account_apart(kernel, packets)) : absent;
}
