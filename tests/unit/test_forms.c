/* test_forms.c: lines as kernels, distributions and tools with other options print them: what can
 * be read, what belongs to no event, and who printed what cannot be read. */
#include <inttypes.h>

#include "lines.h"

#define BODY "tcp_probe: src=1.1.1.1:1 dest=[fd00::2]:2 snd_cwnd=10 srtt=15\n"
#define SAYS "tcp_probe 1.1.1.1:1>[fd00::2]:2 snd_cwnd=10 srtt=15"

static const struct {
    const char *line;
    int64_t ts_ns;
    int cpu, pid; /* -1: not told */
    const char *comm;
} read[] = {
    /* flags of any width */
    {"       a task-4711    [003] ...s1..   994.157391: " BODY, NS(994, 157391000), 3, 4711,
     "a task"},
    {"       a task-4711    [003] ...s1..  1892.500000: " BODY, NS(1892, 500000000), 3, 4711,
     "a task"},
    {"       a task-4711    [003] dnLs2112x  994.1: " BODY, NS(994, 100000000), 3, 4711, "a task"},
    {"       a task-4711    [003] . 994.1: " BODY, NS(994, 100000000), 3, 4711, "a task"},
    {"       a task-4711    [003] d. 994.1: " BODY, NS(994, 100000000), 3, 4711, "a task"},
    {"       a task-4711    [003] d.s 123456.1: " BODY, NS(123456, 100000000), 3, 4711, "a task"},
    {"       a task-4711    [003] 994.1: " BODY, NS(994, 100000000), 3, 4711, "a task"},
    {"       a task-4711    [003] ...s1..           12: " BODY, 12, 3, 4711, "a task"},
    {"x.dat: a task-4711    [003] ...s1..  994.1: " BODY, NS(994, 100000000), 3, 4711,
     "x.dat: a task"},
    {"  a task-4711   3...s1..  994.1: " BODY, NS(994, 100000000), 3, 4711, "a task"},
    {"  a 1] task 4711 [003] ...s1..  994.1: " BODY, NS(994, 100000000), 3, 4711, "a 1] task"},
    {"\xef\xbb\xbf       a task-4711    [003] ..s2. 994.1: " BODY, NS(994, 100000000), 3, 4711,
     "a task"}, /* a byte order mark */
    /* times that begin where the processor or the flags end */
    {"       a task-4711  [003]3607683838112: " BODY, 3607683838112, 3, 4711, "a task"},
    {"       a task-4711  [003]123456.369350: " BODY, NS(123456, 369350000), 3, 4711, "a task"},
    {"       a task-4711  [003] ..s2.994157921000: " BODY, 994157921000, 3, 4711, "a task"},
    {"       a task-4711  [003] ...s1..994157921000: " BODY, 994157921000, 3, 4711, "a task"},
    {"       a task-4711  [003] ..s2a994157921000: " BODY, 994157921000, 3, 4711, "a task"},
    {"       a task-4711  [003] ..s2.123456.369350: " BODY, NS(123456, 369350000), 3, 4711,
     "a task"},
    {"  a task-4711   0..s2.994157921000: " BODY, 994157921000, 0, 4711, "a task"},
    {"f.dat:    a task-4711  [003]3607683838112: " BODY, 3607683838112, 3, 4711,
     "f.dat:    a task"},
    /* tabs */
    {"\t  a task-4711\t[003]\t..s2.\t994.1:\ttcp_probe: src=1.1.1.1:1\t\tdest=[fd00::2]:2 "
     "\t\tsnd_cwnd=10\tsrtt=15\t\n",
     NS(994, 100000000), 3, 4711, "\t  a task"},
    {"       a task-4711    [003] ..s2.   994.1: tcp_probe: src=1.1.1.1:1 dest=[fd00::2]:2 "
     "th_seq=0000000012345678\tsnd_cwnd=10 \t\t\t\tsrtt=15\n",
     NS(994, 100000000), 3, 4711, "a task"},
    /* columns of perf script */
    {"  a task  4711/4712 [003]   994.1:          1 tcp:" BODY, NS(994, 100000000), 3, 4712,
     "a task"},
    {"  a task  4711 [003]   994.1:        100            tcp:" BODY, NS(994, 100000000), 3, 4711,
     "a task"},
    {"  a task  4711 [003] K      994.1: tcp:" BODY, NS(994, 100000000), 3, 4711, "a task"},
    {"  a task  4711   994.1: tcp:" BODY, NS(994, 100000000), -1, 4711, "a task"},
    {"  a task  994.1: tcp:" BODY, NS(994, 100000000), -1, -1, "a task"},
    {"[003]   994.1: tcp:" BODY, NS(994, 100000000), 3, -1, NULL},
    {" 994.1: tcp:" BODY, NS(994, 100000000), -1, -1, NULL},
    {" 4711/123456789  994.1: tcp:" BODY, NS(994, 100000000), -1, -1, NULL},
    /* function_graph */
    {"   994.100000 |   3)   a task-4711  |               |      /* tcp_probe: src=1.1.1.1:1 "
     "dest=[fd00::2]:2 snd_cwnd=10 srtt=15 */\n",
     NS(994, 100000000), 3, 4711, "a task"},
    {"   994.100000 |   3)               |      /* tcp_probe: src=1.1.1.1:1 dest=[fd00::2]:2 "
     "snd_cwnd=10 srtt=15 */\r\n",
     NS(994, 100000000), 3, -1, NULL},
    {"   994.100000 |  a-b-4711  |  d.s2. |  |  /* tcp_probe: src=1.1.1.1:1 dest=[fd00::2]:2 "
     "snd_cwnd=10 srtt=15  */\n",
     NS(994, 100000000), -1, 4711, "a-b"},
};

static void check(const struct tp_record *record, size_t row)
{
    const struct tp_text *comm = &record->comm;

    if (strcmp(describe(record), SAYS) != 0 || record->ts_ns != read[row].ts_ns)
        fail_msg("%" PRId64 " %s: %s", record->ts_ns, describe(record), read[row].line);
    if (TP_HAS(record, CPU) != (read[row].cpu >= 0) ||
        (read[row].cpu >= 0 && record->cpu != (uint32_t)read[row].cpu))
        fail_msg("processor %u: %s", record->cpu, read[row].line);
    if (TP_HAS(record, COMM) != (read[row].comm != NULL))
        fail_msg("task or none: %s", read[row].line);
    if (!read[row].comm)
        return;
    if (TP_HAS(record, PID) != (read[row].pid >= 0) ||
        (read[row].pid >= 0 && record->pid != read[row].pid))
        fail_msg("task %d: %s", record->pid, read[row].line);
    if (comm->length != strlen(read[row].comm) ||
        memcmp(comm->bytes, read[row].comm, comm->length) != 0)
        fail_msg("\"%.*s\": %s", (int)comm->length, comm->bytes, read[row].line);
}

static void these_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof read / sizeof *read; i++)
        check(parse_one(read[i].line), i);
}

/* In a file each line may have another form. */
static void forms_may_be_mixed(void **state)
{
    static char text[8192];
    const struct batch *batch;
    size_t i, j, count = sizeof read / sizeof *read;

    (void)state;
    for (i = 0; i < count; i++)
        for (j = 0; j < count; j++) {
            snprintf(text, sizeof text, "%s%s%s", read[i].line, read[j].line, read[i].line);
            batch = parse(text);
            assert_int_equal(batch->count, 3);
            check(&batch->records[0], i);
            check(&batch->records[1], j);
            check(&batch->records[2], i);
        }
}

static void call_chains_belong_to_the_event_before(void **state)
{
    static const char text[] =
        "       a task-4711    [003] ..s2.   994.157391: " BODY
        "       a task-4711    [003] ..s2.   994.157392: <stack trace>\n"
        " => trace_event_raw_event_tcp_probe\n"
        " => a\n"
        "   kworker/u4:2-4712    [003] ..s2.   994.157393: " BODY
        "       a task-4711    [003] .....   994.157392: <user stack trace>\r\n"
        " =>  <00007f32d6eba8e7>\r\n"
        " => /usr/lib/libc.so.6[+0x1108e7]\n"
        "=> tcp_rcv_established (ffffffff81234567)\n"
        "a task  4711 [003]   994.157394: tcp:" BODY
        "\tffffffff820575c2 inet_sk_state_store+0x62 ([kernel.kallsyms])\n"
        "\t           1525a8 [unknown] (/usr/lib/libc.so.6)\n"
        "\t    7f32d6eba8e7\n"
        "\n";
    const struct batch *batch = parse(text);
    const struct tp_text *comm = &batch->records[1].comm;

    (void)state;
    if (batch->malformed)
        fail_msg("%s", batch->malformed_text);
    assert_int_equal(batch->count, 3);
    assert_int_equal(batch->other_total, 0);
    assert_int_equal(comm->length, 12);
    assert_memory_equal(comm->bytes, "kworker/u4:2", 12);
}

static void calls_are_events_that_are_not_used(void **state)
{
    static const char *const lines[] = {
        "       a task-4711    [003] ..s2.   994.157391: tcp_ack <-tcp_rcv_established\n",
        "       a task-4711    [003] ...s1..   994.157391: nf_hook [nf_tables] <-nf_hook_slow\n",
        " 1892.500010 |   3)    <idle>-0    |   0.341 us    |      tcp_ack();\n",
        " 3)   0.341 us    |      tcp_ack();\n",
        " 3)               |    /* a comment: of trace_printk */\n",
        " 3) + 12.3 us     |  } /* tcp_v4_rcv */\n",
        "         swapper     0 [000]     0.000000: PERF_RECORD_FORK(1:1):(0:0)\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        const struct batch *batch = parse(lines[i]);

        if (batch->count || batch->malformed || batch->other_total != 1)
            fail_msg("%s: %s", lines[i], batch->malformed ? batch->malformed_text : "read");
    }
}

static void the_option_is_named(void **state)
{
    static const struct {
        const char *line, *words;
    } rows[] = {
        {"    sshd-1234    0..s2. 332492us : " BODY, "options/latency-format"},
        {"    sshd-1234    0..s2. 332492us!: " BODY, "options/latency-format"},
        {"            perl    1367   1 0 00000000 00000000 [a497b183] 28.707ms (+0.864ms): " BODY,
         "options/verbose"},
        {BODY, "options/context-info"},
        {"1343 0 2761050243857 type: 2287\n", "options/raw"},
        {"type: 2287\r\n", "options/raw"},
        {"0000696f 00000000 0000060af8e9084a type: 2273\n", "options/hex"},
        {"       a task-4711    [003] ..s2.   994.1: tcp_probe: saddr=<INVALID-SIZE> sport=0xbb7f "
         "(47999) dport=0xaefa (44794)\n",
         "options/fields"},
        {"       a task-4711    [003] ..s2.   994.1: inet_sock_set_state: skaddr=0xffff8881 (-13) "
         "oldstate=0x7 (7)\n",
         "options/fields"},
        {"       a task-4711    [003]   994.1: tcp_probe:    saddr=ARRAY[02, 00] sport=0xbb7f\n",
         "without -R"},
        {"[ 1892.700000] Dumping ftrace buffer:\n", "trace_pipe"},
        {"Nov 28 20:00:00 host kernel: Dumping ftrace buffer:\n", "trace_pipe"},
        {"[ 1892.700000]   iperf3-3829      3..s2. 1892500000us : " BODY, "trace_pipe"},
        {" 3)               |    /* tcp_probe: src=1.1.1.1:1 dest=1.1.1.1:2 */\n",
         "options/funcgraph-abstime"},
        {" 3)    <idle>-0   |               |    /* tcp_probe: src=1.1.1.1:1 dest=1.1.1.1:2 */\n",
         "options/funcgraph-abstime"},
        {"       a task-4711  [003] ..s21994157921000: " BODY, "record -C mono"},
        {"     0.000 perl/1642 sock:inet_sock_set_state(skaddr: 0xffff888102cec0c0, oldstate: 7)\n",
         "perf trace"},
        {"            perl  1534 [000] tcp:" BODY, "-F +time"},
        {"            perl  1534 [000]  2784.597813: family=AF_INET src=1.1.1.1:1\n", "-F +event"},
        {"            perl  1534 [000]  2784.597813: tcp:tcp_probe: \n", "-F +trace"},
        {"0x2e8@perf.data [0x110]: event: 69\n", "without -D"},
        {"an apple-1 a day\n", "not an event of a known form: 'an apple-1 a day'"},
        {"\n\t no address\n", "not an event of a known form"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct batch *batch = parse(rows[i].line);

        assert_int_equal(batch->count, 0);
        if (batch->malformed != 1 || !strstr(batch->malformed_text, rows[i].words))
            fail_msg("%s: %s", rows[i].line, batch->malformed ? batch->malformed_text : "nothing");
        assert_true(strlen(batch->malformed_text) < sizeof batch->malformed_text - 1);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(these_are_read),
        cmocka_unit_test(forms_may_be_mixed),
        cmocka_unit_test(call_chains_belong_to_the_event_before),
        cmocka_unit_test(calls_are_events_that_are_not_used),
        cmocka_unit_test(the_option_is_named),
    };

    return cmocka_run_group_tests_name("forms", tests, NULL, NULL);
}
