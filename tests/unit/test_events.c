/* test_events.c: the format files of events, the choice of events, and their filters in files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "recorder/event_set.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define KERNELS      "tests/data/tracefs/"

/* --- format files --------------------------------------------------------------------------- */

static void check_field(const struct tp_kernel_event *event, const char *name, unsigned offset,
                        unsigned size, const char *flags)
{
    const struct tp_kernel_field *field = format_field(event, name);
    char is[8];

    assert_non_null(field);
    snprintf(is, sizeof is, "%s%s%s%s", field->is_signed ? "s" : "", field->is_array ? "a" : "",
             field->is_pointer ? "p" : "", field->is_dynamic ? "d" : "");
    assert_int_equal(field->offset, offset);
    assert_int_equal(field->size, size);
    assert_string_equal(is, flags);
}

static void test_format(void **state)
{
    struct event_format format;
    const char *print;

    (void)state;
    assert_int_equal(format_read(&format, KERNELS "6.18", "tcp", "tcp_probe", NULL), 0);
    assert_string_equal(format.event.system, "tcp");
    assert_string_equal(format.event.name, "tcp_probe");
    assert_int_equal(format.event.id, 2273);
    assert_int_equal(format.event.count, 21);
    check_field(&format.event, "common_type", 0, 2, "");
    check_field(&format.event, "common_pid", 4, 4, "s");
    check_field(&format.event, "saddr", 8, 28, "a");
    check_field(&format.event, "sport", 64, 2, "");
    check_field(&format.event, "sock_cookie", 112, 8, "");
    check_field(&format.event, "skaddr", 128, 8, "p");
    assert_null(format_field(&format.event, "saddr_v6"));
    print = format.event.print;
    assert_int_equal(strncmp(print, "\"family=%s src=%pISpc", 21), 0);
    assert_string_equal(strrchr(print, ','), ", REC->skaddr");
    format_release(&format);
}

#define HEAD "name: x\nID: 7\nformat:\n"

static void test_format_forms(void **state)
{
    static const char text[] =
        HEAD "\tfield:__data_loc char[] name;\toffset:8;\tsize:4;\tsigned:0;\n"
             "\tfield:char comm[16];\toffset:12;\tsize:16;\tsigned:1;\n"
             "\n\tfield:u8 old;\toffset:28;\tsize:1;\n";
    struct event_format format;

    (void)state;
    assert_int_equal(format_parse(&format, "any", text, sizeof text - 1, NULL), 0);
    assert_string_equal(format.event.system, "any");
    assert_int_equal(format.event.count, 3);
    check_field(&format.event, "name", 8, 4, "d");
    check_field(&format.event, "comm", 12, 16, "sa");
    check_field(&format.event, "old", 28, 1, "");
    assert_string_equal(format.event.print, "");
    format_release(&format);
    format_release(&format);
}

static void test_bad_formats(void **state)
{
    static const struct {
        const char *text;
        unsigned line, column;
    } bad[] = {
        {"", 0, 0},
        {"name: x\nformat:\n", 0, 0},
        {"name: \n", 1, 7},
        {"name: x\nID: y\n", 2, 5},
        {"name: x\nID: 65536\n", 2, 10},
        {"name: x\nID: 7 \n", 2, 6},
        {"what is this\n", 1, 1},
        {HEAD, 0, 0},
        {HEAD "\tfield:u8 a\n", 4, 8},
        {HEAD "\tfield:u8;\toffset:0;\tsize:1;\tsigned:0;\n", 4, 39},
        {HEAD "\tfield:u8 a;\toffset:x;\tsize:1;\tsigned:0;\n", 4, 21},
        {HEAD "\tfield:u8 a;\toffset:65535;\tsize:1;\tsigned:0;\n", 4, 35},
        {HEAD "\tfield:u8 a;\toffset:1;\tsize:-1;\tsigned:0;\n", 4, 29},
        {HEAD "\tfield:u8 a;\toffset:1;\tsize:1;\tsigned:no;\n", 4, 39},
    };
    struct tp_error error;
    struct event_format format;
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(bad); i++) {
        tp_error_clear(&error);
        assert_int_equal(format_parse(&format, "x", bad[i].text, strlen(bad[i].text), &error),
                         TP_ERR_FORMAT);
        if (error.line != bad[i].line || error.column != bad[i].column)
            fail_msg("%zu: line %u, column %u: %s", i, (unsigned)error.line, error.column,
                     bad[i].text);
        assert_null(format.text);
    }
    tp_error_clear(&error);
    assert_int_equal(format_read(&format, KERNELS "6.18", "tcp", "nosuch", &error), TP_ERR_IO);
    assert_string_equal(error.source, KERNELS "6.18/events/tcp/nosuch/format");
}

/* --- the choice ----------------------------------------------------------------------------- */

/* " name name ..." of the chosen ones. */
static const char *chosen(const struct event_set *set, char *buf, size_t size)
{
    size_t i, n = 0;

    buf[0] = '\0';
    for (i = 0; i < set->count; i++)
        if (set->events[i].chosen)
            n += (size_t)snprintf(buf + n, size - n, " %s", set->events[i].format.event.name);
    return buf;
}

static void test_defaults(void **state)
{
    static const struct {
        const char *kernel, *events;
    } kernels[] = {
        {KERNELS "6.18", " inet_sock_set_state tcp_cong_state_set tcp_destroy_sock tcp_probe"
                         " tcp_receive_reset tcp_retransmit_skb tcp_retransmit_synack"
                         " tcp_send_reset"},
        {KERNELS "6.1", " inet_sock_set_state tcp_cong_state_set tcp_destroy_sock tcp_probe"
                        " tcp_retransmit_skb tcp_send_reset"},
        {KERNELS "4.16", " inet_sock_set_state tcp_destroy_sock tcp_probe tcp_retransmit_skb"},
    };
    struct event_set set;
    char names[512];
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(kernels); i++) {
        assert_int_equal(events_read(&set, kernels[i].kernel, NULL), 0);
        assert_string_equal(chosen(&set, names, sizeof names), kernels[i].events);
        events_release(&set);
    }
}

#define FEW "-*,tcp_probe,"

static void test_choose(void **state)
{
    static const struct {
        const char *words, *events;
    } choices[] = {
        {FEW "tcp_rcv*", " tcp_probe tcp_rcv_space_adjust tcp_rcvbuf_grow"},
        {FEW "+tcp_rcv*,-*grow", " tcp_probe tcp_rcv_space_adjust"},
        {FEW "sock:*", " inet_sk_error_report inet_sock_set_state tcp_probe"},
        {FEW "sock/inet_sk*", " inet_sk_error_report tcp_probe"},
        {FEW "tcp/tcp_bad_csum,tcp:tcp_send?reset", " tcp_bad_csum tcp_probe tcp_send_reset"},
        {FEW "*:*error*,-tcp/*", " inet_sk_error_report"},
        {"-tcp_*", " inet_sock_set_state"},
        {"-tcp_rcv_space_adjust,-*:tcp_[!p]*,-sock:*", " tcp_probe"}, /* was not chosen: fine */
    };
    struct event_set set;
    char names[512];
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(choices); i++) {
        assert_int_equal(events_read(&set, KERNELS "6.18", NULL), 0);
        assert_int_equal(events_choose(&set, choices[i].words, NULL), 0);
        assert_string_equal(chosen(&set, names, sizeof names), choices[i].events);
        events_release(&set);
    }
}

static void test_choose_nothing(void **state)
{
    static const struct {
        const char *words;
        unsigned column;
        const char *sentence;
    } bad[] = {
        {"", 1, "expected the name of an event, or a pattern"},
        {"-", 2, "expected the name of an event, or a pattern"},
        {"tcp_probe,", 11, "expected the name of an event, or a pattern"},
        {"tcp_probe,,tcp_probe", 11, "expected the name of an event, or a pattern"},
        {"tcp_probe,-tcp_prob", 12, "this kernel has no event 'tcp_prob' of tcp or sock"},
        {"sock:tcp_probe", 1, "this kernel has no event 'sock:tcp_probe' of tcp or sock"},
        {"sched/*", 1, "this kernel has no event 'sched/*' of tcp or sock"},
        {"tcp_probe tcp_send_reset", 1,
         "this kernel has no event 'tcp_probe tcp_send_reset' of tcp or sock"},
    };
    struct event_set set;
    struct tp_error error;
    size_t i;

    (void)state;
    assert_int_equal(events_read(&set, KERNELS "6.18", NULL), 0);
    for (i = 0; i < COUNT(bad); i++) {
        tp_error_clear(&error);
        assert_int_equal(events_choose(&set, bad[i].words, &error), TP_ERR_USAGE);
        assert_string_equal(error.text, bad[i].sentence);
        assert_int_equal(error.column, bad[i].column);
    }
    events_release(&set);
}

/* --- other kernels -------------------------------------------------------------------------- */

static char folder[] = "/tmp/test_events-XXXXXX";

static void write_file(const char *path, const char *text)
{
    char whole[256], *slash;
    FILE *file;

    snprintf(whole, sizeof whole, "%s/%s", folder, path);
    for (slash = strchr(whole + strlen(folder) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(whole, 0755);
        *slash = '/';
    }
    file = fopen(whole, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static const char *file_text(const char *path)
{
    static char text[256];
    char whole[256];
    FILE *file;

    snprintf(whole, sizeof whole, "%s/%s", folder, path);
    file = fopen(whole, "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

#define FIELD "\tfield:u16 sport;\toffset:8;\tsize:2;\tsigned:0;\n"

static void test_no_events(void **state)
{
    struct tp_error error = TP_ERROR_INIT;
    struct event_set set;

    (void)state;
    assert_int_equal(events_read(&set, folder, &error), TP_ERR_UNSUPPORTED);
    assert_string_equal(error.text, "this kernel has no tcp events");
    assert_null(set.events);
    tp_error_clear(&error);
    write_file("events/tcp/enable", "0\n");
    write_file("events/tcp/tcp_destroy_sock/format", HEAD FIELD);
    assert_int_equal(events_read(&set, folder, &error), TP_ERR_UNSUPPORTED);
    assert_string_equal(error.text, "this kernel has no event tcp_probe: it came with Linux 4.16");
    tp_error_clear(&error);
    write_file("events/tcp/tcp_probe/format", "name: tcp_probe\nID: 8\nformat:\n" FIELD);
    write_file("events/tcp/tcp_zero/id", "9\n");
    assert_int_equal(events_read(&set, folder, &error), TP_ERR_IO);
    assert_non_null(strstr(error.source, "events/tcp/tcp_zero/format"));
}

/* --- filters -------------------------------------------------------------------------------- */

/* Ordinary files keep what is written to them, which is what a kernel that takes a filter does. */
static void test_apply(void **state)
{
    struct tp_error error = TP_ERROR_INIT;
    struct event_set set;
    struct event *probe;

    (void)state;
    assert_int_equal(events_read(&set, KERNELS "6.18", NULL), 0);
    probe = events_find(&set, "tcp_probe");
    assert_null(events_find(&set, "tcp_prob"));
    assert_int_equal(events_lower(&set, NULL, NULL), 0);
    assert_string_equal(probe->filter, "");
    assert_int_equal(event_apply_filter(probe, folder, &error), TP_ERR_IO);
    assert_non_null(strstr(error.text, "cannot open the filter of tcp_probe: No such file"));
    write_file("events/tcp/tcp_probe/filter", "none\n");
    assert_int_equal(event_apply_filter(probe, folder, NULL), 0);
    assert_string_equal(file_text("events/tcp/tcp_probe/filter"), "0");
    free(probe->filter);
    probe->filter = strdup("sport == 80");
    assert_int_equal(event_apply_filter(probe, folder, NULL), 0);
    assert_string_equal(file_text("events/tcp/tcp_probe/filter"), "sport == 80");
    free(probe->filter);
    probe->filter = NULL;
    assert_int_equal(event_apply_filter(probe, folder, NULL), TP_ERR_USAGE);
    events_release(&set);
}

/* Lines that are no records cannot be asked for what the kernel left: such events are left out. */
static void test_lower(void **state)
{
    static const struct {
        const char *expression, *event, *filter;
        bool exact;
    } rows[] = {
        {"net 10.0.0.0/8", "tcp_probe", "", false},
        {"net 10.0.0.0/8", "tcp_bad_csum", "", false},
        {"net 10.0.0.0/8", "tcp_sendmsg_locked", NULL, true},
        {"port 80", "inet_sk_error_report", "protocol == 6 && (sport == 80 || dport == 80)", true},
        {"host 10.0.0.1", "inet_sk_error_report", NULL, false},
        {"cpu == 1", "tcp_sendmsg_locked", "CPU == 1", true},
    };
    struct tp_filter *filter;
    struct event_set set;
    struct event *event;
    size_t i;

    (void)state;
    assert_int_equal(events_read(&set, KERNELS "6.18", NULL), 0);
    for (i = 0; i < COUNT(rows); i++) {
        assert_int_equal(tp_filter_parse(&filter, rows[i].expression, NULL), 0);
        assert_int_equal(events_lower(&set, filter, NULL), 0);
        event = events_find(&set, rows[i].event);
        assert_int_equal(!event->filter, !rows[i].filter);
        if (rows[i].filter)
            assert_string_equal(event->filter, rows[i].filter);
        assert_int_equal(event->exact, rows[i].exact);
        tp_filter_free(filter);
    }
    events_release(&set);
}

/* /dev/full refuses to be written, /dev/null keeps nothing. */
static void test_apply_refused(void **state)
{
    static const char *const devices[][2] = {
        {"/dev/full", "cannot write the filter of tcp_probe: No space left on device"},
        {"/dev/null", "the filter of tcp_probe is not what was written"}};
    struct event event = {.format.event = {.system = "tcp", .name = "tcp_probe"}};
    char path[256], none[] = "", some[] = "sport == 80";
    struct tp_error error;
    size_t i;

    (void)state;
    snprintf(path, sizeof path, "%s/events/tcp/tcp_probe/filter", folder);
    for (i = 0; i < 2 * COUNT(devices); i++) {
        event.filter = i % 2 ? none : some;
        tp_error_clear(&error);
        unlink(path);
        assert_int_equal(symlink(devices[i / 2][0], path), 0);
        assert_int_equal(event_apply_filter(&event, folder, &error), TP_ERR_IO);
        if (i != 1) /* /dev/full is full of zeros: they are no filter either */
            assert_string_equal(error.text, devices[i / 2][1]);
        assert_string_equal(error.source, path);
    }
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    char command[128];

    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_format),      cmocka_unit_test(test_format_forms),
        cmocka_unit_test(test_bad_formats), cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_choose),      cmocka_unit_test(test_choose_nothing),
        cmocka_unit_test(test_no_events),   cmocka_unit_test(test_apply),
        cmocka_unit_test(test_lower),       cmocka_unit_test(test_apply_refused),
    };

    return cmocka_run_group_tests_name("events", tests, make_folder, remove_folder);
}
