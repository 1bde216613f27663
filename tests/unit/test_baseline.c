/* test_baseline.c: what is written is read again, and what is no baseline is refused with a
 * sentence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

#include "run_maker.h"

static char path[64];

static void write_file(const char *text, size_t length)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, length, file), length);
    fclose(file);
}

static char *read_file(void)
{
    static char text[1 << 16];
    FILE *file = fopen(path, "r");
    size_t length;

    assert_non_null(file);
    length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[length] = '\0';
    return text;
}

/* --- there and back --------------------------------------------------------------------------- */

static void fill_quantiles(struct tp_run_role *role)
{
    unsigned i;

    role->has_quantiles = true;
    for (i = 0; i < TP_RUN_QUANTILES; i++) {
        role->cwnd[i] = i;
        role->srtt[i] = 40 + i / 3.0;
        role->rate[i] = NAN;
    }
}

static void same_number(double one, double other)
{
    assert_true(one == other || (isnan(one) && isnan(other)));
}

static void same_text(const char *one, const char *other)
{
    if (one && other)
        assert_string_equal(one, other);
    else
        assert_true(one == other);
}

/* All but the sentences. */
static void same_reasons(const struct tp_run_reasons *one, const struct tp_run_reasons *other)
{
    assert_true(!one == !other);
    if (!one)
        return;
    assert_memory_equal(&one->sum.account, &other->sum.account, sizeof one->sum.account);
    assert_memory_equal(one->sum.count, other->sum.count, sizeof one->sum.count);
    assert_memory_equal(one->sum.cost_ns, other->sum.cost_ns, sizeof one->sum.cost_ns);
    assert_memory_equal(one->sum.blind, other->sum.blind, sizeof one->sum.blind);
    assert_int_equal(one->sum.flows, other->sum.flows);
    assert_int_equal(one->sum.origins, other->sum.origins);
    assert_true(one->judged == other->judged);
    same_number(one->carried_bytes, other->carried_bytes);
}

static void fill_reasons(struct tp_run_role *role)
{
    struct tp_run_reasons *reasons = calloc(1, sizeof *reasons);

    reasons->sum.flows = 7;
    reasons->sum.origins = 2;
    reasons->judged = (UINT64_C(1) << tp_reason_row_count) - 3; /* all but the second */
    reasons->carried_bytes = 1234567;
    for (unsigned i = 0; i < tp_reason_row_count; i++) {
        reasons->sum.count[i] = i == 1 ? 0 : i;
        reasons->sum.cost_ns[i] = i == 1 ? 0 : INT64_C(1000000007) * i;
    }
    for (unsigned i = 0; i < TP_WAIT_COUNT; i++)
        reasons->sum.account.time_ns[i] = INT64_C(998244353) * i;
    for (unsigned i = 0; i < TP_BLINDS; i++)
        reasons->sum.blind[i] = i + 1;
    role->reasons = reasons;
}

static void same_role(const struct tp_run_role *one, const struct tp_run_role *other)
{
    unsigned i;

    assert_string_equal(one->name, other->name);
    assert_int_equal(one->mice, other->mice);
    assert_int_equal(one->has_quantiles, other->has_quantiles);
    same_reasons(one->reasons, other->reasons);
    for (i = 0; i < TP_COMPARE_IDS; i++)
        same_number(one->value[i], other->value[i]);
    for (i = 0; one->has_quantiles && i < TP_RUN_QUANTILES; i++) {
        same_number(one->cwnd[i], other->cwnd[i]);
        same_number(one->srtt[i], other->srtt[i]);
        same_number(one->rate[i], other->rate[i]);
    }
}

static void same_run(const struct tp_run *one, const struct tp_run *other)
{
    size_t i;

    same_text(one->name, other->name);
    same_text(one->kernel, other->kernel);
    same_text(one->recorded_at, other->recorded_at);
    assert_int_equal(one->origin, other->origin);
    assert_int_equal(one->lost, other->lost);
    assert_int_equal(one->damaged, other->damaged);
    assert_int_equal(one->role_count, other->role_count);
    for (i = 0; i < one->role_count; i++)
        same_role(&one->roles[i], &other->roles[i]);
}

static void numbers_come_back_in_full(void **state)
{
    char *names[] = {"bulk", "second"}, *expressions[] = {"dport == 5201 && \"quoted\\", "port 1"};
    struct tp_baseline written = {.runs = made_runs(5, 3, 0.2),
                                  .count = 5,
                                  .role_names = names,
                                  .role_expressions = expressions,
                                  .role_count = 2};
    struct tp_baseline back;
    struct tp_error error = TP_ERROR_INIT;
    size_t i;

    (void)state;
    written.runs[1].lost = 12;
    written.runs[1].kernel = strdup("6.1.0");
    written.runs[2].damaged = true;
    written.runs[3].origin = TP_FROM_PACKETS;
    written.runs[3].recorded_at = strdup("2026-01-02T03:04:05Z");
    written.runs[4].roles[0].mice = UINT32_MAX;
    fill_quantiles(&written.runs[4].roles[0]);
    fill_reasons(&written.runs[2].roles[0]);
    assert_int_equal(tp_baseline_write(&written, path, &error), TP_OK);
    assert_int_equal(tp_baseline_read(&back, path, &error), TP_OK);
    assert_int_equal(back.count, 5);
    for (i = 0; i < 5; i++)
        same_run(&written.runs[i], &back.runs[i]);
    assert_int_equal(back.role_count, 2);
    assert_string_equal(back.role_names[0], "bulk");
    assert_string_equal(back.role_expressions[0], expressions[0]);
    tp_baseline_release(&back);
    free_runs(written.runs, 5);
}

/* Reviewable: a run a line, keys in order, and the same bytes each time. */
static void files_are_made_for_diffs(void **state)
{
    struct tp_baseline written = {.runs = made_runs(3, 3, 0.2), .count = 3}, back;
    struct tp_error error = TP_ERROR_INIT;
    char *text, *first, *second;
    unsigned lines = 0;

    (void)state;
    assert_int_equal(tp_baseline_write(&written, path, &error), TP_OK);
    text = read_file();
    for (first = text; *first; first++)
        lines += *first == '\n';
    assert_int_equal(lines, 3 + 5);
    assert_true(strstr(text, "\"cwnd_p50\"") < strstr(text, "\"goodput\""));
    first = strdup(text);
    assert_int_equal(tp_baseline_read(&back, path, &error), TP_OK);
    assert_int_equal(tp_baseline_write(&back, path, &error), TP_OK);
    second = read_file();
    assert_string_equal(first, second);
    free(first);
    tp_baseline_release(&back);
    free_runs(written.runs, 3);
}

static void an_empty_baseline_is_one(void **state)
{
    struct tp_baseline none = {.count = 0}, back;
    struct tp_error error = TP_ERROR_INIT;

    (void)state;
    assert_int_equal(tp_baseline_write(&none, path, &error), TP_OK);
    assert_int_equal(tp_baseline_read(&back, path, &error), TP_OK);
    assert_int_equal(back.count, 0);
    tp_baseline_release(&back);
}

static void what_cannot_be_written_is_said(void **state)
{
    struct tp_baseline none = {.count = 0};
    struct tp_error error = TP_ERROR_INIT;

    (void)state;
    assert_int_equal(tp_baseline_write(&none, "/nowhere/at/all.json", &error), TP_ERR_IO);
    assert_string_equal(error.source, "/nowhere/at/all.json");
}

/* --- refusals --------------------------------------------------------------------------------- */

#define SOUND                                                                                      \
    "{\"definitions\":4,\"format\":\"tcpprobe baseline\",\"roles\":{\"bulk\":\"port 1\"},"         \
    "\"runs\":[{\"damaged\":false,\"lost\":0,\"name\":\"a\",\"origin\":\"kernel\",\"roles\":"      \
    "{\"bulk\":{\"metrics\":{\"goodput\":19.5},\"mice\":1}}}]}"

static void refused(const char *text, size_t length, enum tp_code code, const char *sentence)
{
    struct tp_baseline baseline;
    struct tp_error error = TP_ERROR_INIT;
    int rc;

    write_file(text, length);
    rc = tp_baseline_read(&baseline, path, &error);
    if (rc == TP_OK)
        tp_baseline_release(&baseline);
    if (rc != (int)code || !strstr(error.text, sentence))
        fail_msg("%.200s\n%d %s, wanted %d %s", text, rc, error.text, code, sentence);
    assert_string_equal(error.source, path);
    assert_null(baseline.runs);
}

/* The sound document with its first `from` replaced by `to`. */
static void refused_with(const char *from, const char *to, enum tp_code code, const char *sentence)
{
    char text[8192];
    const char *at = strstr(SOUND, from);

    assert_non_null(at);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(strlen(SOUND) - strlen(at)), SOUND, to,
             at + strlen(from));
    refused(text, strlen(text), code, sentence);
}

static void the_sound_document_is_read(void **state)
{
    struct tp_baseline baseline;
    struct tp_error error = TP_ERROR_INIT;

    (void)state;
    write_file(SOUND, strlen(SOUND));
    assert_int_equal(tp_baseline_read(&baseline, path, &error), TP_OK);
    assert_int_equal(baseline.count, 1);
    assert_true(baseline.runs[0].roles[0].value[TP_COMPARE_GOODPUT] == 19.5);
    assert_true(isnan(baseline.runs[0].roles[0].value[TP_COMPARE_BETA]));
    assert_false(baseline.runs[0].roles[0].has_quantiles);
    tp_baseline_release(&baseline);
}

#define EXPLAINED(bytes, findings, waits, blind)                                                   \
    "\"explained\":{\"bytes\":" bytes ",\"findings\":" findings                                    \
    ",\"flows\":1,\"origins\":1,\"time_ns\":" waits ",\"not_judged\":" blind "}"
#define BLIND "[0,0,0,0,0,0]"

static const char *const wrong_reasons[] = {
    "\"explained\":7",
    "\"explained\":{}",
    EXPLAINED("-1", "{}", "{}", BLIND),
    EXPLAINED("\"1\"", "{}", "{}", BLIND),
    EXPLAINED("1", "[]", "{}", BLIND),
    EXPLAINED("1", "{\"rwnd\":7}", "{}", BLIND),
    EXPLAINED("1", "{\"rwnd\":[1]}", "{}", BLIND),
    EXPLAINED("1", "{\"rwnd\":[1,-1]}", "{}", BLIND),
    EXPLAINED("1", "{\"rwnd\":[1.5,1]}", "{}", BLIND),
    EXPLAINED("1", "{\"rwnd\":[1,9223372036854775807]}", "{}", BLIND),
    EXPLAINED("1", "{}", "[]", BLIND),
    EXPLAINED("1", "{}", "{\"rto\":-1}", BLIND),
    EXPLAINED("1", "{}", "{\"rto\":9223372036854775807}", BLIND),
    EXPLAINED("1", "{}", "{}", "[0]"),
    EXPLAINED("1", "{}", "{}", "[0,0,0,0,0,-1]"),
};

/* Of another version: findings and waits that are not known here are passed over. */
static void unknown_findings_are_passed_over(void **state)
{
    static const char text[] =
        "{\"definitions\":4,\"format\":\"tcpprobe baseline\",\"roles\":{},"
        "\"runs\":[{\"damaged\":false,\"lost\":0,\"name\":\"a\",\"origin\":\"kernel\",\"roles\":"
        "{\"bulk\":{\"metrics\":{}," EXPLAINED("1", "{\"rwnd\":[2,5],\"other\":[1,1]}",
                                               "{\"rto\":3,\"other\":4}", BLIND) "}}}]}";
    struct tp_baseline baseline;
    struct tp_error error = TP_ERROR_INIT;
    const struct tp_run_reasons *reasons;
    size_t rwnd = (size_t)(tp_reason_find("rwnd") - tp_reason_rows);

    (void)state;
    write_file(text, strlen(text));
    assert_int_equal(tp_baseline_read(&baseline, path, &error), TP_OK);
    reasons = baseline.runs[0].roles[0].reasons;
    assert_true(reasons->judged == UINT64_C(1) << rwnd);
    assert_int_equal(reasons->sum.count[rwnd], 2);
    assert_true(reasons->sum.cost_ns[rwnd] == 5);
    assert_true(tp_account_whole(&reasons->sum.account) == 3);
    tp_baseline_release(&baseline);
}

static void what_is_no_baseline_is_refused(void **state)
{
    static const struct {
        const char *from, *to, *sentence;
    } cases[] = {
        {"tcpprobe baseline", "other", "is no baseline of tcpprobe"},
        {"\"tcpprobe baseline\"", "7", "is no baseline of tcpprobe"},
        {"\"definitions\":4", "\"definitions\":\"1\"", "its version of definitions"},
        {"\"definitions\":4,", "", "its version of definitions"},
        {"\"definitions\":4", "\"definitions\":5", "write the baseline anew with --write-baseline"},
        {"\"definitions\":4", "\"definitions\":-9223372036854775808",
         "was written with definitions"},
        {"\"roles\":{\"bulk\":\"port 1\"},", "", "its roles"},
        {"\"port 1\"", "1", "'bulk' is no text"},
        {"\"port 1\"", "\"a\\u0000b\"", "is no JSON"},
        {"\"runs\":[", "\"other\":[", "there are no runs"},
        {"{\"damaged\"", "7,{\"damaged\"", "a run is no object"},
        {"\"damaged\":false,", "", "whether it is damaged"},
        {"\"damaged\":false", "\"damaged\":0", "whether it is damaged"},
        {"\"lost\":0,", "", "what was lost"},
        {"\"lost\":0", "\"lost\":-1", "what was lost"},
        {"\"lost\":0", "\"lost\":0.5", "what was lost"},
        {"\"lost\":0", "\"lost\":99999999999999999999", "is no JSON"},
        {"\"name\":\"a\",", "", "a run has no name"},
        {"\"name\":\"a\"", "\"name\":null", "'name' is no text"},
        {"\"name\":\"a\"", "\"name\":\"a\",\"kernel\":6.1", "'kernel' is no text"},
        {"\"name\":\"a\"", "\"name\":\"a\",\"recorded_at\":[]", "'recorded_at' is no text"},
        {"\"name\":\"a\"", "\"name\":\"a\",\"name\":\"b\"", "is no JSON: duplicate"},
        {"\"kernel\"", "\"guess\"", "whether kernel events, packets"},
        {"\"origin\":\"kernel\",", "", "whether kernel events, packets"},
        {"{\"bulk\":{", "[{", "is no JSON"},
        {"{\"bulk\":{\"metrics\":{\"goodput\":19.5},\"mice\":1}}", "[]", "a run has no roles"},
        {"{\"metrics\":{\"goodput\":19.5},\"mice\":1}", "3", "a role is no object"},
        {"\"metrics\":{\"goodput\":19.5},", "", "a role has no metrics"},
        {"\"goodput\"", "\"goodputs\"", "there is no metric 'goodputs'"},
        {"19.5", "null", "metric 'goodput' is no finite number"},
        {"19.5", "\"19.5\"", "metric 'goodput' is no finite number"},
        {"19.5", "true", "metric 'goodput' is no finite number"},
        {"19.5", "1e200", "metric 'goodput' is no finite number"},
        {"19.5", "1e999", "is no JSON"},
        {"19.5", "NaN", "is no JSON"},
        {"19.5", "19.5,\"goodput\":20", "is no JSON: duplicate"},
        {"\"mice\":1", "\"cwnd\":[1,2,3]", "'cwnd' is no list of 21 numbers"},
        {"\"mice\":1", "\"cwnd\":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,\"x\"]",
         "'cwnd' holds what is no number"},
        {"\"mice\":1", "\"cwnd\":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21]",
         "'srtt' is no list of 21 numbers"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof wrong_reasons / sizeof *wrong_reasons; i++)
        refused_with("\"mice\":1", wrong_reasons[i], TP_ERR_FORMAT, "does not say what was found");
    for (i = 0; i < sizeof cases / sizeof *cases; i++)
        refused_with(cases[i].from, cases[i].to, TP_ERR_FORMAT, cases[i].sentence);
}

/* Each beginning of a sound document. */
static void cut_documents_are_refused(void **state)
{
    size_t length;

    (void)state;
    for (length = 0; length < strlen(SOUND); length++)
        refused(SOUND, length, TP_ERR_FORMAT, "is no JSON");
}

static void depth_has_a_bound(void **state)
{
    static char deep[1 << 20];

    (void)state;
    memset(deep, '[', sizeof deep);
    refused(deep, sizeof deep - 1, TP_ERR_FORMAT, "is no JSON");
}

static void bytes_that_are_no_text_are_refused(void **state)
{
    (void)state;
    refused("{\"a\0b\":1}", 9, TP_ERR_FORMAT, "is no JSON");
    refused("\xff\xfe{}", 4, TP_ERR_FORMAT, "is no JSON");
    refused("{\"a\":\"\xc3\x28\"}", 10, TP_ERR_FORMAT, "is no JSON");
}

static void more_runs_than_can_be_compared_are_refused(void **state)
{
    struct tp_baseline many = {.runs = made_runs(TP_RUNS_MAX + 1, 3, 0.2), .count = TP_RUNS_MAX},
                       back;
    struct tp_error error = TP_ERROR_INIT;

    (void)state;
    assert_int_equal(tp_baseline_write(&many, path, &error), TP_OK);
    assert_int_equal(tp_baseline_read(&back, path, &error), TP_OK);
    tp_baseline_release(&back);
    many.count++;
    assert_int_equal(tp_baseline_write(&many, path, &error), TP_OK);
    assert_int_equal(tp_baseline_read(&back, path, &error), TP_ERR_LIMIT);
    free_runs(many.runs, TP_RUNS_MAX + 1);
}

static void what_cannot_be_opened_is_said(void **state)
{
    struct tp_baseline baseline;
    struct tp_error error = TP_ERROR_INIT;

    (void)state;
    assert_int_equal(tp_baseline_read(&baseline, "/nowhere/at/all.json", &error), TP_ERR_IO);
    assert_string_equal(error.source, "/nowhere/at/all.json");
    tp_error_clear(&error);
    assert_int_equal(tp_baseline_read(&baseline, "/", &error), TP_ERR_IO);
    assert_int_equal(tp_baseline_read(&baseline, "/", NULL), TP_ERR_IO);
}

static int make_path(void **state)
{
    int fd;

    (void)state;
    strcpy(path, "/tmp/test_baseline.XXXXXX");
    fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_path(void **state)
{
    (void)state;
    return unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_come_back_in_full),
        cmocka_unit_test(files_are_made_for_diffs),
        cmocka_unit_test(an_empty_baseline_is_one),
        cmocka_unit_test(what_cannot_be_written_is_said),
        cmocka_unit_test(the_sound_document_is_read),
        cmocka_unit_test(unknown_findings_are_passed_over),
        cmocka_unit_test(what_is_no_baseline_is_refused),
        cmocka_unit_test(cut_documents_are_refused),
        cmocka_unit_test(depth_has_a_bound),
        cmocka_unit_test(bytes_that_are_no_text_are_refused),
        cmocka_unit_test(more_runs_than_can_be_compared_are_refused),
        cmocka_unit_test(what_cannot_be_opened_is_said),
    };

    return cmocka_run_group_tests(tests, make_path, remove_path);
}
