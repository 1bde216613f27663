/* fuzz_counters.c: whatever the files of counters hold, it becomes counters with names and numbers,
 * or is counted; what grew, and what is found of it, can be asked. The first byte says which form
 * it is. */
#include <stdlib.h>
#include <string.h>

#include <tcpprobe/counters.h>

#include "host/counter_text.h"

#include "fuzz.h"

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void read_text(struct tp_counters *counters, const uint8_t *data, size_t size, bool pairs)
{
    char *text = malloc(size + 1);

    check(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    check((pairs ? counter_pairs : counter_lines)(counters, text, NULL) == TP_OK);
    free(text);
}

static void ask(const struct tp_counters *now, const struct tp_counters *before)
{
    uint64_t growth;
    double share;

    for (size_t i = 0; i < now->count; i++) {
        check(strnlen(now->list[i].name, TP_COUNTER_NAME_BYTES) < TP_COUNTER_NAME_BYTES);
        tp_counter_growth(now, before, now->list[i].name, &growth);
        if (now->list[i].row && tp_counter_share(now, before, now->list[i].row, &share))
            check(share >= 0);
    }
    for (size_t i = 0; i < tp_counter_finding_count; i++)
        tp_counter_finding_holds(&tp_counter_findings[i], now, before);
}

/* Two readings: the halves of the input. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tp_counters before = {0}, now = {.ts_ns = 1000000000};
    size_t half = size / 2;

    if (size < 1 || size > 65536)
        return 0;
    read_text(&before, data + 1, half ? half - 1 : 0, data[0] & 1);
    read_text(&now, data + half, size - half, data[0] & 1);
    ask(&now, &before);
    ask(&now, &now);
    tp_counters_release(&before);
    tp_counters_release(&now);
    return 0;
}
