/* run_reasons.c: what is found of the senders of one role in one run. */
#include <stdlib.h>
#include <string.h>

#include "compare/reasons.h"

/* Keeps the sentence of the one that it cost most; the first of several alike. */
static bool keep_sentence(struct tp_run_reasons *reasons, int64_t most_ns[TP_REASONS_MAX],
                          const struct tp_reason *reason)
{
    size_t row = (size_t)(reason->row - tp_reason_rows);

    if (reasons->sentence[row] && reason->cost_ns <= most_ns[row])
        return true;
    free(reasons->sentence[row]);
    reasons->sentence[row] = strdup(reason->sentence);
    most_ns[row] = reason->cost_ns;
    return reasons->sentence[row] != NULL;
}

int role_reasons(struct tp_run_role *role, struct sender *senders, size_t count)
{
    struct tp_run_reasons *reasons = calloc(1, sizeof *reasons);
    int64_t most_ns[TP_REASONS_MAX] = {0};
    struct tp_explanation told;
    bool whole = reasons != NULL, known = true;
    double bytes;

    for (size_t i = 0; whole && i < count; i++) {
        tp_explain(&senders[i].sheet, &told);
        tp_reason_sum_add(&reasons->sum, &told);
        for (size_t found = 0; whole && found < told.count; found++)
            whole = keep_sentence(reasons, most_ns, &told.list[found]);
        bytes = 0;
        known &= told.has_account &&
                 tp_sheet_number(&senders[i].sheet, TP_FIGURE_acked_bytes, 0, TP_BEST, &bytes);
        reasons->carried_bytes += bytes;
        whole &= !senders[i].sheet.out_of_memory;
    }
    role->reasons = reasons;
    if (!whole)
        return TP_ERR_NOMEM;
    reasons->judged = (UINT64_C(1) << tp_reason_row_count) - 1;
    reasons->carried_bytes = known ? reasons->carried_bytes : 0;
    return TP_OK;
}

void role_reasons_free(struct tp_run_reasons *reasons)
{
    for (size_t row = 0; reasons && row < TP_REASONS_MAX; row++)
        free(reasons->sentence[row]);
    free(reasons);
}
