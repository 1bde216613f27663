/* sum.c: what explanations of several connections come to. */
#include <tcpprobe/explain.h>

void tp_reason_sum_add(struct tp_reason_sum *sum, const struct tp_explanation *explanation)
{
    sum->flows++;
    sum->held_up += explanation->held_up_ns > 0;
    for (size_t i = 0; i < explanation->count; i++) {
        size_t row = (size_t)(explanation->list[i].row - tp_reason_rows);

        sum->count[row]++;
        sum->cost_ns[row] += explanation->list[i].cost_ns;
    }
    for (unsigned wait = 0; explanation->has_account && wait < TP_WAIT_COUNT; wait++)
        sum->account.time_ns[wait] += explanation->account.time_ns[wait];
    if (explanation->has_account)
        sum->origins |= 1u << explanation->origin;
    for (unsigned blind = 0; blind < TP_BLINDS; blind++)
        sum->blind[blind] += explanation->blind >> blind & 1;
}

int64_t tp_reason_sum_cost(const struct tp_reason_sum *sum)
{
    int64_t cost_ns = 0;

    for (size_t row = 0; row < tp_reason_row_count; row++)
        cost_ns += sum->cost_ns[row];
    return cost_ns;
}
