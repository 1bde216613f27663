/* account.c: the account of time, by kernel events or by packets, as shares of it. */
#include "figure/ways.h"

static const struct tp_account *account_of(struct tp_sheet *sheet, unsigned end,
                                           enum tp_origin origin)
{
    struct tp_sheet_account *account = &sheet->accounts[end][origin];

    if (!account->asked) {
        account->asked = true;
        account->known =
            tp_flow_account(sheet->flow, sheet->bulk_end ^ end, origin, &account->account) &&
            sheet->flow->timing != TP_TIMING_TICKS && tp_account_whole(&account->account) > 0;
    }
    return account->known ? &account->account : NULL;
}

struct tp_value figure_account(struct tp_sheet *sheet, unsigned end,
                               const struct tp_figure_way *way)
{
    const struct tp_account *account = account_of(sheet, end, (enum tp_origin)way->what);
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
    const struct tp_account *kernel = account_of(sheet, end, TP_FROM_KERNEL);
    const struct tp_account *packets = account_of(sheet, end, TP_FROM_PACKETS);

    (void)way;
    return kernel && packets ? real(tp_account_apart(kernel, packets)) : absent;
}
