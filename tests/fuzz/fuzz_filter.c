/* fuzz_filter.c: any expression is understood or refused at a column inside it, and what was
 * understood prints as an expression that means the same. */
#include <stdlib.h>
#include <string.h>

#include <tcpprobe/filter.h>

#include "fuzz.h"

#define TEXT(literal) ((struct tp_text){literal, sizeof(literal) - 1})

/* Every field is there, or none and no connection either. */
static void make_record(struct tp_record *record, bool full)
{
    static const uint8_t local[16] = {[10] = 0xff, 0xff, 10, 0, 0, 1}, peer[16] = {0xfd, [15] = 1};

    memset(record, 0, sizeof *record);
    if (!full)
        return;
    record->have = UINT64_MAX;
    record->has_key = true;
    record->local = (uint8_t)tp_flow_key_set(&record->key, local, 80, peer, 50000, 0);
    record->err = -11;
    record->snd_cwnd = 10;
    record->reason = TEXT("TCP_STATE");
    record->comm = TEXT("a[b]*c");
}

static void check_refusal(const char *expression, const struct tp_error *error)
{
    char buf[256];

    if (!error->text[0] || error->column > strlen(expression) + 1)
        abort();
    if (tp_filter_caret(expression, error, buf, sizeof buf) >= sizeof buf - 1)
        abort();
}

static const char *const names[] = {"bytes", "owner", "limit", "srtt_p50_us", "goodput_bps"};
static const char *const any_text[] = {NULL}, *const limits[] = {"network", "rwnd", "app", NULL};
static const char *const *const texts[] = {NULL, any_text, limits, NULL, NULL};
static const struct tp_filter_words words = {.names = names,
                                             .count = sizeof names / sizeof *names,
                                             .what = "five",
                                             .texts = texts,
                                             .alone = 1};

/* Of a full record all but the last one is known. */
static bool figure_of(void *context, size_t index, union tp_filter_value *value)
{
    const bool *full = context;

    if (index >= words.count)
        abort();
    if (texts[index])
        value->text = texts[index] == limits ? TEXT("rwnd") : TEXT("a[b]*c\xff");
    else
        value->number = index ? 0.5 : 1e6;
    return *full && index + 1 < words.count;
}

static void check_same(const struct tp_filter *filter, const struct tp_filter_words *figures)
{
    char *text = tp_filter_text(filter), *text_again;
    struct tp_filter *again;
    struct tp_record record;
    bool full = false;
    unsigned i;

    if (!text || tp_filter_parse_with(&again, text, figures, NULL))
        abort();
    text_again = tp_filter_text(again);
    if (!text_again || strcmp(text, text_again) != 0)
        abort();
    for (i = 0; i < 2; i++, full = true) {
        make_record(&record, full);
        if (tp_filter_match_with(filter, &record, figure_of, &full) !=
            tp_filter_match_with(again, &record, figure_of, &full))
            abort();
    }
    if (tp_filter_fields(filter) != tp_filter_fields(again))
        abort();
    tp_filter_free(again);
    free(text);
    free(text_again);
}

/* The text of longer ones, with all its parentheses, may be beyond what is parsed. */
#define LENGTH_MAX 8192

/* Asked of events, or of flows with figures. */
static void check(const char *expression, const struct tp_filter_words *figures)
{
    struct tp_error error = TP_ERROR_INIT;
    struct tp_filter *filter;

    if (tp_filter_parse_with(&filter, expression, figures, &error) == 0)
        check_same(filter, figures);
    else
        check_refusal(expression, &error);
    tp_filter_free(filter);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *expression = malloc(size + 1);

    if (!expression || size > LENGTH_MAX) {
        free(expression);
        return 0;
    }
    memcpy(expression, data, size);
    expression[size] = '\0';
    check(expression, NULL);
    check(expression, &words);
    free(expression);
    return 0;
}
