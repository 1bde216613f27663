/* test_sampler.c: rounds out of messages that were made by hand: what is written of them, and what
 * is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <sys/stat.h>

#include <cmocka.h>

#include <tcpprobe/sampler.h>

#include "host/sample_line.h"

#include "socket_maker.h"

enum { ESTABLISHED = 1, CLOSE = 7, LISTEN = 10, INFO_BYTES = 248, TOTAL_RETRANS_AT = 100 };

/* --- a kernel ------------------------------------------------------------------------------------
 */

static struct socket_maker dumped, ended;
static struct tp_netlink *dump, *ends;
static struct tp_sampler *sampler;
static struct tp_sampler_source source;

static char lines[64][SAMPLE_LINE_BYTES];
static size_t line_count;
static int64_t last_ns;
static bool sorted;
static int answer;

static int take_line(void *context, int64_t ts_ns, const char *text, size_t length,
                     struct tp_error *error)
{
    (void)context;
    (void)error;
    assert_true(line_count < 64 && length < sizeof lines[0] && text[length - 1] == '\n');
    snprintf(lines[line_count++], sizeof lines[0], "%.*s", (int)length - 1, text);
    sorted &= ts_ns >= last_ns;
    last_ns = ts_ns;
    return answer;
}

static int begin_with(const struct tp_sampler_options *options)
{
    struct tp_sampler_options all = *options;

    memset(&dumped, 0, sizeof dumped);
    memset(&ended, 0, sizeof ended);
    answer = 0;
    last_ns = 0;
    sorted = true;
    /* The length may grow up to all of it. */
    dump = tp_netlink_replay(dumped.bytes, 0, NULL);
    ends = tp_netlink_replay(ended.bytes, 0, NULL);
    source = (struct tp_sampler_source){dump, ends, NULL};
    all.sources = &source;
    all.source_count = 1;
    all.states = TP_STATES_ALL;
    all.line = take_line;
    all.pid = 812;
    sampler = tp_sampler_new(&all, NULL);
    assert_non_null(sampler);
    return 0;
}

static int begin(void **state)
{
    const struct tp_sampler_options defaults = {.full_every = 0};

    (void)state;
    return begin_with(&defaults);
}

static int finish(void **state)
{
    (void)state;
    tp_sampler_free(sampler);
    tp_netlink_close(dump);
    tp_netlink_close(ends);
    return 0;
}

/* Of what was made meanwhile. */
static void reopen(void)
{
    tp_netlink_close(source.dump);
    tp_netlink_close(source.ends);
    source.dump = dump = tp_netlink_replay(dumped.bytes, dumped.length, NULL);
    source.ends = ends = tp_netlink_replay(ended.bytes, ended.length, NULL);
}

static void one_round(void)
{
    line_count = 0;
    reopen();
    assert_int_equal(tp_sampler_round(sampler, NULL), TP_OK);
    ended.length = 0;
    assert_true(line_count > 0);
    assert_non_null(strstr(lines[line_count - 1], ": tcp_socket_round: "));
}

/* The same with another number of segments sent again. */
static void set_retrans(size_t socket_at, uint32_t number)
{
    memcpy(dumped.bytes + socket_at + sizeof(struct nlmsghdr) + sizeof(struct inet_diag_msg) +
               sizeof(struct nlattr) + TOTAL_RETRANS_AT,
           &number, sizeof number);
}

static void end_of(uint32_t cookie, bool nameless)
{
    struct inet_diag_msg *body = maker_socket(&ended, CLOSE, cookie);

    body->idiag_timer = 0;
    body->idiag_inode = 0;
    if (nameless)
        body->id.idiag_dport = 0;
    maker_info(&ended, INFO_BYTES);
}

/* Is that word, whole, in the line? */
static bool has_word(const char *line, const char *word)
{
    const char *at = line;
    size_t length = strlen(word);

    while ((at = strstr(at, word)) != NULL) {
        if (at[-1] == ' ' && (at[length] == ' ' || at[length] == '\0'))
            return true;
        at++;
    }
    return false;
}

/* --- what is written
 * ------------------------------------------------------------------------------ */

static void a_line_is_the_kernels_in_form(void **state)
{
    int64_t seconds, fraction;
    int end = 0;

    (void)state;
    maker_socket(&dumped, ESTABLISHED, 0xabc);
    maker_info(&dumped, INFO_BYTES);
    one_round();
    assert_int_equal(line_count, 2);
    assert_int_equal(sscanf(lines[0],
                            "        tcpprobe-812     [000] .....  %ld.%6ld: tcp_socket: "
                            "src=10.0.0.1:1000 dest=10.0.0.2:80 sock_cookie=abc full=1 "
                            "state=TCP_ESTABLISHED%n",
                            &seconds, &fraction, &end),
                     2);
    assert_true(end > 0);
    assert_true(has_word(lines[0], "total_retrans=1734763876"));
    assert_true(has_word(lines[0], "uid=6"));
    /* Times that pass by themselves are not in it, nor what is absent. */
    assert_null(strstr(lines[0], "last_"));
    assert_null(strstr(lines[0], "expires"));
    assert_null(strstr(lines[0], "rcvbuf"));
    assert_null(strstr(lines[0], "=-"));
    assert_true(has_word(lines[1], "sockets=1"));
    assert_true(has_word(lines[1], "changed=1"));
    assert_true(has_word(lines[1], "ended=0"));
    assert_true(sorted);
}

static void only_what_changes_is_written_again(void **state)
{
    struct inet_diag_msg *body = maker_socket(&dumped, ESTABLISHED, 1);
    size_t second;

    (void)state;
    maker_info(&dumped, INFO_BYTES);
    second = dumped.length;
    maker_socket(&dumped, ESTABLISHED, 2);
    maker_info(&dumped, INFO_BYTES);
    one_round();
    assert_int_equal(line_count, 3);
    body->idiag_expires = 99; /* passes by itself */
    one_round();
    assert_int_equal(line_count, 1);
    assert_true(has_word(lines[0], "sockets=2") && has_word(lines[0], "changed=0"));
    set_retrans(second, 77);
    one_round();
    assert_int_equal(line_count, 2);
    assert_string_equal(strstr(lines[0], "tcp_socket: "),
                        "tcp_socket: src=10.0.0.1:1000 dest=10.0.0.2:80 sock_cookie=2 "
                        "total_retrans=77");
    /* A timer that stops takes its number of tries along. */
    body->idiag_timer = 0;
    one_round();
    assert_string_equal(strstr(lines[0], "tcp_socket: "),
                        "tcp_socket: src=10.0.0.1:1000 dest=10.0.0.2:80 sock_cookie=1 timer=- "
                        "timer_count=-");
    one_round();
    assert_int_equal(line_count, 1);
}

static void now_and_then_all_is_written(void **state)
{
    const struct tp_sampler_options options = {.full_every = 3};
    size_t rounds = 0;

    (void)state;
    finish(NULL);
    begin_with(&options);
    maker_socket(&dumped, ESTABLISHED, 1);
    maker_info(&dumped, INFO_BYTES);
    one_round();
    do {
        one_round();
        rounds++;
    } while (line_count == 1);
    assert_int_equal(rounds, 3);
    assert_true(has_word(lines[0], "full=1"));
    one_round();
    assert_int_equal(line_count, 1);
    tp_sampler_part(sampler);
    one_round();
    assert_int_equal(line_count, 2);
    assert_true(has_word(lines[0], "full=1"));
    one_round();
    assert_int_equal(line_count, 1);
}

static void words_are_escaped(void **state)
{
    (void)state;
    maker_socket(&dumped, ESTABLISHED, 1);
    maker_info(&dumped, INFO_BYTES);
    maker_attribute(&dumped, INET_DIAG_CONG, "a b\\\n\xff", 7);
    one_round();
    assert_true(has_word(lines[0], "cc=a\\x20b\\x5c\\x0a\\xff"));
}

/* --- ends
 * ----------------------------------------------------------------------------------------- */

static void ends_have_their_totals(void **state)
{
    (void)state;
    maker_socket(&dumped, ESTABLISHED, 1);
    maker_info(&dumped, INFO_BYTES);
    one_round();
    dumped.length = 0;
    end_of(1, false);
    end_of(2, false); /* that no dump met */
    end_of(3, true);  /* a listener, or nothing that is known */
    line_count = 0;
    reopen();
    assert_int_equal(tp_sampler_ends(sampler, NULL), TP_OK);
    assert_int_equal(line_count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_non_null(strstr(lines[i], ": tcp_socket_end: src=10.0.0.1:1000 dest=10.0.0.2:80 "));
        assert_true(has_word(lines[i], "total_retrans=1734763876"));
        assert_true(has_word(lines[i], i ? "sock_cookie=2" : "sock_cookie=1"));
        assert_true(has_word(lines[i], "state=TCP_CLOSE"));
    }
    ended.length = 0;
    one_round();
    assert_int_equal(line_count, 1);
    assert_true(has_word(lines[0], "sockets=0") && has_word(lines[0], "ended=2"));
    assert_int_equal(tp_sampler_summary(sampler)->met, 2);
    assert_int_equal(tp_sampler_summary(sampler)->ended, 2);
    assert_int_equal(tp_sampler_summary(sampler)->wiped, 0);
}

static void what_was_wiped_keeps_its_name(void **state)
{
    (void)state;
    maker_socket(&dumped, ESTABLISHED, 1);
    maker_info(&dumped, INFO_BYTES);
    one_round();
    dumped.length = 0;
    end_of(1, true);
    one_round();
    assert_int_equal(line_count, 2);
    assert_string_equal(strstr(lines[0], "tcp_socket_end: "),
                        "tcp_socket_end: src=10.0.0.1:1000 dest=10.0.0.2:80 sock_cookie=1 wiped=1 "
                        "state=TCP_CLOSE");
    assert_int_equal(tp_sampler_summary(sampler)->wiped, 1);
}

/* A dump may miss a socket: that is no end. */
static void what_a_dump_misses_is_remembered(void **state)
{
    size_t length;

    (void)state;
    maker_socket(&dumped, ESTABLISHED, 1);
    maker_info(&dumped, INFO_BYTES);
    length = dumped.length;
    one_round();
    dumped.length = 0;
    one_round();
    one_round();
    dumped.length = length;
    one_round();
    assert_int_equal(line_count, 1);
    assert_int_equal(tp_sampler_summary(sampler)->met, 1);
    dumped.length = 0;
    for (int i = 0; i < 4; i++)
        one_round();
    dumped.length = length;
    one_round();
    assert_int_equal(line_count, 2);
    assert_true(has_word(lines[0], "full=1"));
}

/* --- filters, failures
 * ---------------------------------------------------------------------------- */

static bool has_resent(void *context, const struct tp_sock *socket)
{
    (void)context;
    return TP_SOCKET_HAS(socket, total_retrans) && socket->total_retrans > 5;
}

static void who_was_wanted_once_is_written_to_the_end(void **state)
{
    const struct tp_sampler_options options = {.wanted = has_resent};

    (void)state;
    finish(NULL);
    begin_with(&options);
    maker_socket(&dumped, ESTABLISHED, 1);
    maker_info(&dumped, INFO_BYTES);
    set_retrans(0, 5);
    one_round();
    assert_int_equal(line_count, 1);
    assert_true(has_word(lines[0], "sockets=0"));
    set_retrans(0, 6);
    one_round();
    assert_int_equal(line_count, 2);
    assert_true(has_word(lines[0], "full=1") && has_word(lines[1], "sockets=1"));
    set_retrans(0, 5);
    one_round();
    assert_true(has_word(lines[0], "total_retrans=5"));
    end_of(1, true);
    dumped.length = 0;
    one_round();
    assert_int_equal(line_count, 2);
    assert_int_equal(tp_sampler_summary(sampler)->met, 1);
}

static void a_writer_that_fails_ends_the_round(void **state)
{
    (void)state;
    maker_socket(&dumped, ESTABLISHED, 1);
    maker_socket(&dumped, ESTABLISHED, 2);
    line_count = 0;
    reopen();
    answer = TP_ERR_IO;
    assert_int_equal(tp_sampler_round(sampler, NULL), TP_ERR_IO);
    assert_int_equal(line_count, 1);
    end_of(1, false);
    end_of(2, false);
    reopen();
    assert_int_equal(tp_sampler_ends(sampler, NULL), TP_ERR_IO);
    assert_int_equal(line_count, 2);
}

static void many_come_and_go(void **state)
{
    enum { MANY = 20 };
    uint64_t met = 0;

    (void)state;
    srand(5);
    for (int round = 0; round < 200; round++) {
        dumped.length = 0;
        for (uint32_t i = 0; i < MANY; i++)
            if (rand() % 2) {
                maker_socket(&dumped, ESTABLISHED, 1 + i * 1024);
                maker_info(&dumped, INFO_BYTES);
            } else if (rand() % 4 == 0) {
                end_of(1 + i * 1024, false);
            }
        one_round();
        met += line_count - 1;
    }
    assert_true(met > 0);
    assert_int_equal(tp_sampler_summary(sampler)->malformed, 0);
}

/* --- counters
 * ------------------------------------------------------------------------------------- */

static void write_file(const char *folder, const char *name, const char *text)
{
    char path[256];
    FILE *file;

    snprintf(path, sizeof path, "%s/net/%s", folder, name);
    file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void counters_are_written_as_they_change(void **state)
{
    char folder[] = "/tmp/test_sampler-XXXXXX", path[64];
    struct tp_counter_files *files;

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/net", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    write_file(folder, "snmp", "Tcp: RetransSegs OutSegs\nTcp: 5 900\nUdp: InErrors\nUdp: 1\n");
    write_file(folder, "netstat", "TcpExt: TCPSomethingNew\nTcpExt: 3\n");
    files = tp_counter_files_open(folder, NULL);
    assert_non_null(files);
    source.counters = files;
    one_round();
    assert_int_equal(line_count, 2);
    assert_string_equal(strstr(lines[0], "tcp_counters: "),
                        "tcp_counters: netns=0 full=1 TcpRetransSegs=5 TcpOutSegs=900 "
                        "TcpExtTCPSomethingNew=3");
    one_round();
    assert_int_equal(line_count, 1);
    write_file(folder, "snmp", "Tcp: RetransSegs OutSegs\nTcp: 6 900\nUdp: InErrors\nUdp: 7\n");
    one_round();
    assert_int_equal(line_count, 2);
    assert_string_equal(strstr(lines[0], "tcp_counters: "),
                        "tcp_counters: netns=0 TcpRetransSegs=6");
    tp_counter_files_close(files);
    snprintf(path, sizeof path, "rm -r %s", folder);
    assert_int_equal(system(path), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_line_is_the_kernels_in_form),
        TEST(only_what_changes_is_written_again),
        TEST(now_and_then_all_is_written),
        TEST(words_are_escaped),
        TEST(ends_have_their_totals),
        TEST(what_was_wiped_keeps_its_name),
        TEST(what_a_dump_misses_is_remembered),
        TEST(who_was_wanted_once_is_written_to_the_end),
        TEST(a_writer_that_fails_ends_the_round),
        TEST(many_come_and_go),
        TEST(counters_are_written_as_they_change),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
