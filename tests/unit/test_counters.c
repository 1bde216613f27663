/* test_counters.c: counters out of the kernel's text, whole and odd; growth, shares, findings,
 * files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <tcpprobe/counters.h>

#include "host/counter_text.h"

static struct tp_counters of(const char *text)
{
    struct tp_counters counters = {0};
    char *copy = strdup(text);

    assert_non_null(copy);
    assert_int_equal(counter_pairs(&counters, copy, NULL), TP_OK);
    free(copy);
    return counters;
}

static int64_t value(const struct tp_counters *counters, const char *name)
{
    const struct tp_counter *counter = tp_counters_find(counters, name);

    if (!counter)
        fail_msg("there is no %s", name);
    return counter->value;
}

/* --- text ------------------------------------------------------------------------------- */

static void counters_are_read_by_name(void **state)
{
    struct tp_counters a = of("Tcp: RtoMin MaxConn RetransSegs\nTcp: 200 -1 5\n"
                              "TcpExt: TCPTimeouts NewOne\nTcpExt: 7 18446744073709551\n"),
                       b = of("TcpExt: NewOne TCPTimeouts\nTcpExt: 18446744073709551 7\n");

    (void)state;
    assert_int_equal(value(&a, "TcpMaxConn"), -1);
    assert_int_equal(value(&a, "TcpRetransSegs"), 5);
    assert_int_equal(value(&a, "TcpExtTCPTimeouts"), value(&b, "TcpExtTCPTimeouts"));
    /* One that is not known is kept. */
    assert_int_equal(value(&a, "TcpExtNewOne"), 18446744073709551);
    assert_null(tp_counters_find(&a, "TcpExtNewOne")->row);
    assert_int_equal(a.malformed + b.malformed, 0);
    tp_counters_release(&a);
    tp_counters_release(&b);
}

static void what_cannot_be_is_counted(void **state)
{
    static const struct {
        const char *text;
        size_t count;
        uint64_t malformed;
    } rows[] = {
        {"", 0, 0},
        {"Tcp: A B\nTcp: 1\n", 1, 1},                     /* a value is missing */
        {"Tcp: A\nTcp: 1 2\n", 1, 0},                     /* one too many says nothing */
        {"Tcp: A\nUdp: 1\n", 0, 1},                       /* of another */
        {"Tcp: A\n", 0, 1},                               /* cut */
        {"Tcp A\nTcp 1\n", 0, 1},                         /* no colon */
        {"Tcp: A B\nTcp: x 2\n", 1, 1},                   /* no number */
        {"Tcp: A\nTcp: 99999999999999999999999\n", 0, 1}, /* more than there is */
        {"Tcp: A\nTcp: 1x\n", 0, 1},
        {"Tcp:  A   B \nTcp:  1   2 \n", 2, 0},
        {"Tcp: 0123456789012345678901234567890123456789012345678901234567890\nTcp: 1\n", 0, 1},
        {"\n\nTcp: A\nTcp: 1\n\nUdp: B\nUdp: 2", 2, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tp_counters counters = of(rows[i].text);

        if (counters.count != rows[i].count || counters.malformed != rows[i].malformed)
            fail_msg("row %zu: %zu counters, %u malformed", i, counters.count,
                     (unsigned)counters.malformed);
        tp_counters_release(&counters);
    }
}

static void lines_of_snmp6_are_read(void **state)
{
    struct tp_counters counters = {0};
    char text[] = "Ip6InReceives                   \t5\nIp6OutRequests 7\nodd\nIp6X y\n";

    (void)state;
    assert_int_equal(counter_lines(&counters, text, NULL), TP_OK);
    assert_int_equal(value(&counters, "Ip6InReceives"), 5);
    assert_int_equal(value(&counters, "Ip6OutRequests"), 7);
    assert_int_equal(counters.count, 2);
    assert_int_equal(counters.malformed, 2);
    tp_counters_release(&counters);
}

/* A folder that looks like /proc, and one in which snmp6 is missing. */
static void files_are_a_parameter(void **state)
{
    char folder[] = "/tmp/test_counters-XXXXXX", path[64];
    static const char *const text[][2] = {{"snmp", "Tcp: RetransSegs\nTcp: 5\n"},
                                          {"netstat", "TcpExt: TW\nTcpExt: 6\n"}};
    struct tp_counter_files *files;
    struct tp_counters counters = {0};
    struct tp_error error = TP_ERROR_INIT;

    (void)state;
    assert_non_null(mkdtemp(folder));
    assert_null(tp_counter_files_open(folder, &error));
    assert_int_equal(error.code, TP_ERR_IO);
    snprintf(path, sizeof path, "%s/net", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    for (size_t i = 0; i < 2; i++) {
        FILE *file;

        snprintf(path, sizeof path, "%s/net/%s", folder, text[i][0]);
        file = fopen(path, "w");
        assert_non_null(file);
        fputs(text[i][1], file);
        fclose(file);
    }
    files = tp_counter_files_open(folder, NULL);
    assert_non_null(files);
    for (unsigned i = 0; i < 2; i++) { /* again from its beginning */
        assert_int_equal(tp_counters_read(files, &counters, NULL), TP_OK);
        assert_int_equal(counters.count, 2);
        assert_int_equal(value(&counters, "TcpExtTW"), 6);
    }
    tp_counter_files_close(files);
    tp_counters_release(&counters);
    for (size_t i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/net/%s", folder, text[i][0]);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/net", folder);
    rmdir(path);
    rmdir(folder);
}

/* --- growth ----------------------------------------------------------------------------- */

static void growth_is_never_negative(void **state)
{
    struct tp_counters before = of("Tcp: CurrEstab RetransSegs InSegs\nTcp: 5 10 7\n"),
                       now = of("Tcp: CurrEstab RetransSegs InSegs OutSegs\nTcp: 9 15 3 8\n");
    uint64_t growth = 0;

    (void)state;
    assert_true(tp_counter_growth(&now, &before, "TcpRetransSegs", &growth));
    assert_int_equal(growth, 5);
    assert_false(tp_counter_growth(&now, &before, "TcpInSegs", &growth));    /* went down */
    assert_false(tp_counter_growth(&now, &before, "TcpCurrEstab", &growth)); /* a level */
    assert_false(tp_counter_growth(&now, &before, "TcpOutSegs", &growth));   /* was not there */
    tp_counters_release(&before);
    tp_counters_release(&now);
}

static void shares_are_of_growth(void **state)
{
    struct tp_counters before = of("Tcp: ActiveOpens PassiveOpens RetransSegs\nTcp: 10 10 50\n"
                                   "TcpExt: TCPOrigDataSent TCPSynRetrans\nTcpExt: 100 0\n"),
                       now = of("Tcp: ActiveOpens PassiveOpens RetransSegs\nTcp: 20 40 60\n"
                                "TcpExt: TCPOrigDataSent TCPSynRetrans\nTcpExt: 300 1\n");
    double share = 0;

    (void)state;
    assert_true(tp_counter_share(&now, &before, tp_counter_row_find("TcpRetransSegs"), &share));
    assert_float_equal(share, 10.0 / 200, 1e-12);
    assert_true(tp_counter_share(&now, NULL, tp_counter_row_find("TcpRetransSegs"), &share));
    assert_float_equal(share, 60.0 / 300, 1e-12);
    assert_true(
        tp_counter_share(&now, &before, tp_counter_row_find("TcpExtTCPSynRetrans"), &share));
    assert_float_equal(share, 1.0 / 40, 1e-12);
    assert_false(tp_counter_share(&now, &before, tp_counter_row_find("TcpInErrs"), &share));
    assert_false(
        tp_counter_share(&now, &now, tp_counter_row_find("TcpRetransSegs"), &share)); /* of 0 */
    tp_counters_release(&before);
    tp_counters_release(&now);
}

static int worst_of(int64_t resent, int64_t sent, int64_t overflows, int64_t seconds)
{
    struct tp_counters before = of("Tcp: RetransSegs PassiveOpens\nTcp: 900000 7\n"
                                   "TcpExt: TCPOrigDataSent ListenOverflows\nTcpExt: 1000000 4\n"),
                       now;
    char text[256];
    int worst = -1;

    snprintf(text, sizeof text,
             "Tcp: RetransSegs PassiveOpens\nTcp: %lld 9\n"
             "TcpExt: TCPOrigDataSent ListenOverflows\nTcpExt: %lld %lld\n",
             900000LL + resent, 1000000LL + sent, 4LL + overflows);
    now = of(text);
    now.ts_ns = seconds * 1000000000;
    for (size_t i = 0; i < tp_counter_finding_count; i++)
        if ((int)tp_counter_findings[i].level > worst &&
            tp_counter_finding_holds(&tp_counter_findings[i], &now, &before))
            worst = (int)tp_counter_findings[i].level;
    tp_counters_release(&before);
    tp_counters_release(&now);
    return worst;
}

static void findings_are_of_growth(void **state)
{
    (void)state;
    /* 90 % of the sums were sent again, long ago. */
    assert_int_equal(worst_of(0, 0, 0, 1), -1);
    assert_int_equal(worst_of(9, 1000, 0, 1), -1);
    assert_int_equal(worst_of(10, 1000, 0, 1), TP_FINDING_WARN);
    assert_int_equal(worst_of(50, 1000, 0, 1), TP_FINDING_BAD);
    assert_int_equal(worst_of(50, 999, 0, 1), -1); /* too few to judge */
    assert_int_equal(worst_of(0, 0, 1, 1), TP_FINDING_WARN);
    assert_int_equal(worst_of(0, 0, 5, 1), TP_FINDING_BAD);
    assert_int_equal(worst_of(0, 0, 5, 2), TP_FINDING_WARN);
}

/* What a row or a finding names is a row; what a share is of does not only go up and down. */
static void rows_fit_together(void **state)
{
    (void)state;
    for (size_t i = 0; i < tp_counter_row_count; i++) {
        const struct tp_counter_row *row = &tp_counter_rows[i];

        assert_ptr_equal(tp_counter_row_find(row->name), row);
        assert_non_null(row->counts);
        for (unsigned k = 0; k < 2 && row->of[k]; k++) {
            assert_non_null(tp_counter_row_find(row->of[k]));
            assert_false(tp_counter_row_find(row->of[k])->gauge);
        }
    }
    for (size_t i = 0; i < tp_counter_finding_count; i++) {
        const struct tp_counter_finding *finding = &tp_counter_findings[i];
        const struct tp_counter_row *row = tp_counter_row_find(finding->counter);

        assert_non_null(row);
        assert_true(finding->share == 0 || row->of[0]);
        assert_true(finding->advice && finding->basis && finding->least > 0);
    }
}

/* --- files ------------------------------------------------------------------------------ */

static void what_is_saved_comes_back(void **state)
{
    struct tp_counters saved = of("Tcp: MaxConn RetransSegs\nTcp: -1 5\n"), loaded = {0};
    const struct tp_counter_place place = {"some-boot", 4711, "6.1", 42};
    struct tp_counter_place then;
    char path[] = "/tmp/test_counters-XXXXXX";
    int fd = mkstemp(path);

    (void)state;
    assert_true(fd >= 0);
    close(fd);
    saved.ts_ns = 77;
    assert_int_equal(tp_counters_save(path, &saved, &place, NULL), TP_OK);
    assert_int_equal(tp_counters_load(path, &loaded, &then, NULL), TP_OK);
    assert_int_equal(loaded.count, 2);
    assert_int_equal(value(&loaded, "TcpMaxConn"), -1);
    assert_int_equal(value(&loaded, "TcpRetransSegs"), 5);
    assert_int_equal(loaded.ts_ns, 77);
    assert_string_equal(then.boot_id, "some-boot");
    assert_string_equal(then.kernel, "6.1");
    assert_int_equal(then.netns, 4711);
    assert_int_equal(then.wall_ns, 42);
    unlink(path);
    tp_counters_release(&saved);
    tp_counters_release(&loaded);
}

static void other_files_are_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "{",
        "[]",
        "{}",
        "{\"kind\":\"tcpprobe counters\"}",
        "{\"kind\":\"tcpprobe counters\",\"counters\":[]}",
        "{\"kind\":\"other\",\"counters\":{}}",
        "{\"kind\":7,\"counters\":{}}",
        "{\"kind\":\"tcpprobe counters\",\"kind\":\"x\",\"counters\":{}}"};
    char path[] = "/tmp/test_counters-XXXXXX";
    int fd = mkstemp(path);

    (void)state;
    assert_true(fd >= 0);
    close(fd);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct tp_counters loaded = {0};
        struct tp_counter_place place;
        struct tp_error error = TP_ERROR_INIT;
        FILE *file = fopen(path, "w");

        assert_non_null(file);
        fputs(texts[i], file);
        fclose(file);
        if (tp_counters_load(path, &loaded, &place, &error) != TP_ERR_FORMAT)
            fail_msg("%s", texts[i]);
        assert_string_equal(error.source, path);
        tp_counters_release(&loaded);
    }
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counters_are_read_by_name), cmocka_unit_test(what_cannot_be_is_counted),
        cmocka_unit_test(lines_of_snmp6_are_read),   cmocka_unit_test(files_are_a_parameter),
        cmocka_unit_test(growth_is_never_negative),  cmocka_unit_test(shares_are_of_growth),
        cmocka_unit_test(findings_are_of_growth),    cmocka_unit_test(rows_fit_together),
        cmocka_unit_test(what_is_saved_comes_back),  cmocka_unit_test(other_files_are_refused),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
