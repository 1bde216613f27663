/* test_lines.c: one line of every kernel and producer, and what it must say. */
#include "lines.h"

static const struct {
    const char *what, *line;
    int64_t ts_ns;
    const char *says;
} rows[] = {
    {"a tab before the message",
     "          <idle>-0     [004] ..s7    49.823798: tcp_probe: \tsrc=10.0.0.10:54326 "
     "dest=23.215.104.193:80 mark=0x0 length=32\n",
     NS(49, 823798000), "tcp_probe 10.0.0.10:54326>23.215.104.193:80 mark=0x0 length=32"},
    {"4.16: length, no cookie, four flags",
     "          <idle>-0     [004] ..s7    49.823798: tcp_probe: src=10.0.0.10:54326 "
     "dest=23.215.104.193:80 mark=0x0 length=32 snd_nxt=0xe3ae2ff5 snd_una=0xe3ae2ecd snd_cwnd=10 "
     "ssthresh=2147483647 snd_wnd=28960 srtt=19604 rcv_wnd=29312\n",
     NS(49, 823798000),
     "tcp_probe 10.0.0.10:54326>23.215.104.193:80 snd_nxt=0xe3ae2ff5 snd_una=0xe3ae2ecd "
     "snd_cwnd=10 ssthresh=2147483647 snd_wnd=28960 rcv_wnd=29312 srtt=19604 mark=0x0 length=32"},
    {"4.19: data_len and cookie",
     "          iperf3-3829  [003] .... 1892945.576997: tcp_probe: src=10.0.1.1:58760 "
     "dest=10.0.0.1:5201 mark=0x0 data_len=0 snd_nxt=0x35a5a298 snd_una=0x35a4a298 snd_cwnd=10 "
     "ssthresh=2147483647 snd_wnd=65536 srtt=105 rcv_wnd=65536 sock_cookie=ab41\n",
     NS(1892945, 576997000),
     "tcp_probe 10.0.1.1:58760>10.0.0.1:5201 snd_nxt=0x35a5a298 snd_una=0x35a4a298 snd_cwnd=10 "
     "ssthresh=2147483647 snd_wnd=65536 rcv_wnd=65536 srtt=105 data_len=0 sock_cookie=ab41 "
     "mark=0x0"},
    {"5.0: retransmission with state, the kernel's stray empty line after it",
     "          <idle>-0     [008] ..s2 1892947.095690: tcp_retransmit_skb: sport=58760 dport=5201 "
     "saddr=10.0.1.1 daddr=10.0.0.1 saddrv6=::ffff:10.0.1.1 daddrv6=::ffff:10.0.0.1 "
     "state=TCP_ESTABLISHED\n\n",
     NS(1892947, 95690000),
     "tcp_retransmit_skb 10.0.1.1:58760>10.0.0.1:5201 state=TCP_ESTABLISHED"},
    {"6.18: everything, IPv4 on an IPv6 socket",
     "          linkem-15034   [000] b..1.   993.976990: tcp_probe: family=AF_INET6 "
     "src=[::ffff:10.9.0.2]:47312 dest=[::ffff:10.9.0.1]:49954 mark=0xa data_len=1448 "
     "snd_nxt=0x0 snd_una=0xffffffff snd_cwnd=10 ssthresh=7 snd_wnd=1 srtt=15 rcv_wnd=65483 "
     "sock_cookie=1049 skbaddr=0000000023990de3 skaddr=00000000f63821f9\n",
     NS(993, 976990000),
     "tcp_probe 10.9.0.2:47312>10.9.0.1:49954 snd_nxt=0x0 snd_una=0xffffffff snd_cwnd=10 "
     "ssthresh=7 snd_wnd=1 rcv_wnd=65483 srtt=15 data_len=1448 sock_cookie=1049 mark=0xa "
     "skaddr=00000000f63821f9 skbaddr=0000000023990de3"},
    {"native IPv6: saddr is garbage, saddrv6 counts",
     "         python3-15137   [001] ..s2.   994.297618: tcp_destroy_sock: family=AF_INET6 "
     "sport=35724 dport=8081 saddr=127.0.0.6 daddr=0.0.0.0 saddrv6=::1 daddrv6=fd00::2 "
     "sock_cookie=104d\n",
     NS(994, 297618000), "tcp_destroy_sock [::1]:35724>[fd00::2]:8081 sock_cookie=104d"},
    {"6.17: a retransmission that failed",
     "          <idle>-0       [000] ..s2.  2236.828428: tcp_retransmit_skb: "
     "skbaddr=000000000ce1e58a skaddr=00000000f23a3b82 family=AF_INET sport=48084 dport=8091 "
     "saddr=0.0.0.0 daddr=10.1.1.1 saddrv6=::ffff:0.0.0.0 daddrv6=::ffff:10.1.1.1 "
     "state=TCP_SYN_SENT err=-101\n",
     NS(2236, 828428000),
     "tcp_retransmit_skb 0.0.0.0:48084>10.1.1.1:8091 skaddr=00000000f23a3b82 "
     "skbaddr=000000000ce1e58a err=-101 state=TCP_SYN_SENT"},
    {"congestion state",
     "          <idle>-0       [000] ..s2.  2236.828410: tcp_cong_state_set: family=AF_INET "
     "sport=48084 dport=8091 saddr=10.1.1.2 daddr=10.1.1.1 saddrv6=::ffff:10.1.1.2 "
     "daddrv6=::ffff:10.1.1.1 cong_state=4\n",
     NS(2236, 828410000), "tcp_cong_state_set 10.1.1.2:48084>10.1.1.1:8091 cong_state=4"},
    {"6.10: reset with src, dest and reason",
     "         python3-15138   [000] .....   994.431367: tcp_send_reset: skbaddr=0000000000000000 "
     "skaddr=0000000039b83166 src=[::ffff:127.0.0.1]:59136 dest=[::ffff:127.0.0.1]:8082 "
     "state=TCP_CLOSE reason=TCP_STATE\n",
     NS(994, 431367000),
     "tcp_send_reset 127.0.0.1:59136>127.0.0.1:8082 skaddr=0000000039b83166 "
     "skbaddr=0000000000000000 state=TCP_CLOSE reason=TCP_STATE"},
    {"4.15: reset with ports and addresses only",
     "         python3-15138 [000] ....   994.431367: tcp_send_reset: sport=80 dport=59136 "
     "saddr=127.0.0.1 daddr=127.0.0.2 saddrv6=::ffff:127.0.0.1 daddrv6=::ffff:127.0.0.2\n",
     NS(994, 431367000), "tcp_send_reset 127.0.0.1:80>127.0.0.2:59136"},
    {"4.15: tcp_set_state",
     "         python3-15054 [000] ....   994.157391: tcp_set_state: sport=80 dport=8080 "
     "saddr=127.0.0.1 daddr=127.0.0.2 saddrv6=::ffff:127.0.0.1 daddrv6=::ffff:127.0.0.2 "
     "oldstate=TCP_CLOSE newstate=TCP_SYN_SENT\n",
     NS(994, 157391000),
     "inet_sock_set_state 127.0.0.1:80>127.0.0.2:8080 oldstate=TCP_CLOSE newstate=TCP_SYN_SENT"},
    {"another protocol is no connection of ours",
     "         python3-15054 [000] ..... 994.157391: inet_sock_set_state: family=AF_INET "
     "protocol=IPPROTO_SCTP sport=1 dport=2 saddr=127.0.0.1 daddr=127.0.0.1 "
     "saddrv6=::ffff:127.0.0.1 daddrv6=::ffff:127.0.0.1 oldstate=TCP_CLOSE newstate=99\n",
     NS(994, 157391000), "inet_sock_set_state ->- oldstate=TCP_CLOSE newstate=99 protocol=132"},
    {"keys in another order, unknown keys, a missing one",
     "          x-1   [001] ..s2.   994.1: tcp_probe: th_seq=0x12 srtt=7 snd_una=0x1 "
     "dest=10.0.0.2:2 src=10.0.0.1:1 a_key_longer_than_any_other=3 snd_cwnd=4294967295\n",
     NS(994, 100000000), "tcp_probe 10.0.0.1:1>10.0.0.2:2 snd_una=0x1 snd_cwnd=4294967295 srtt=7"},
    {"6.17: tcp_rcvbuf_grow",
     "          x-1       [001] ..s2.   994.000001: tcp_rcvbuf_grow: time=100 rtt_us=20 "
     "copied=65536 inq=1 space=2 ooo=3 scaling_ratio=231 rcvbuf=131072 rcv_ssthresh=65484 "
     "window_clamp=65536 rcv_wnd=65483 family=AF_INET sport=1 dport=2 saddr=10.0.0.1 "
     "daddr=10.0.0.2 saddrv6=::ffff:10.0.0.1 daddrv6=::ffff:10.0.0.2 skaddr=00000000f23a3b82 "
     "sock_cookie=1\n",
     NS(994, 1000),
     "tcp_rcvbuf_grow 10.0.0.1:1>10.0.0.2:2 rcv_wnd=65483 sock_cookie=1 "
     "skaddr=00000000f23a3b82 time=100 rtt_us=20 copied=65536 inq=1 space=2 ooo=3 "
     "scaling_ratio=231 rcvbuf=131072 rcv_ssthresh=65484 window_clamp=65536"},
    {"5.10: tcp_bad_csum, whose dest is the socket",
     "          <idle>-0  [001] ..s2.   994.000001: tcp_bad_csum: skbaddr=00000000f23a3b82 "
     "src=10.0.0.2:2 dest=10.0.0.1:1\n",
     NS(994, 1000), "tcp_bad_csum 10.0.0.1:1>10.0.0.2:2 skbaddr=00000000f23a3b82"},
    {"trace-cmd report: padded names, pointers with 0x, mark=0",
     "           <...>-10934 [000]  2202.369350: tcp_probe:            family=AF_INET6 "
     "src=[::ffff:127.0.0.1]:8089 dest=[::ffff:127.0.0.1]:5 mark=0 data_len=0 snd_nxt=0x7 "
     "snd_una=0 snd_cwnd=10 ssthresh=2147483647 snd_wnd=65536 srtt=15 rcv_wnd=65483 "
     "sock_cookie=1049 skbaddr=0xffff888134e50ce0 skaddr=0xffff8881bb6e6b40\n",
     NS(2202, 369350000),
     "tcp_probe 127.0.0.1:8089>127.0.0.1:5 snd_nxt=0x7 snd_una=0x0 snd_cwnd=10 "
     "ssthresh=2147483647 snd_wnd=65536 rcv_wnd=65483 srtt=15 data_len=0 sock_cookie=1049 "
     "mark=0x0 skaddr=ffff8881bb6e6b40 skbaddr=ffff888134e50ce0"},
    {"trace-cmd report -t: nanoseconds",
     "           <...>-10934 [000]  2202.369350047: tcp_probe: src=1.1.1.1:1 dest=1.1.1.1:2 "
     "srtt=15\n",
     NS(2202, 369350047), "tcp_probe 1.1.1.1:1>1.1.1.1:2 srtt=15"},
    {"trace-cmd report -l",
     "   <...>-10934   0..s2.  2202.369350: tcp_probe:  src=1.1.1.1:1 dest=1.1.1.1:2 srtt=15\n",
     NS(2202, 369350000), "tcp_probe 1.1.1.1:1>1.1.1.1:2 srtt=15"},
    {"trace-cmd report --ts-diff",
     "           <...>-10934 [000]  2202.368949: (+799)   tcp_probe: src=1.1.1.1:1 "
     "dest=1.1.1.1:2 srtt=15\n",
     NS(2202, 368949000), "tcp_probe 1.1.1.1:1>1.1.1.1:2 srtt=15"},
    {"trace-cmd report of several files",
     "web1.dat:            <...>-10934 [000] ..s2.  2202.368949: tcp_probe: src=1.1.1.1:1 "
     "dest=1.1.1.1:2 srtt=15\n",
     NS(2202, 368949000), "tcp_probe 1.1.1.1:1>1.1.1.1:2 srtt=15"},
    {"perf script",
     "         python3 26930 [000]  1422.341572:            tcp:tcp_probe: family=AF_INET6 "
     "src=[::1]:8088 dest=[::1]:7 mark=0 data_len=3\n",
     NS(1422, 341572000), "tcp_probe [::1]:8088>[::1]:7 data_len=3 mark=0x0"},
    {"perf script -F pid,tid, a task name with spaces",
     " Web Content x 26930/26931 [000]  1422.341572103: tcp:tcp_probe: src=1.1.1.1:1 "
     "dest=1.1.1.1:2 srtt=15\n",
     NS(1422, 341572103), "tcp_probe 1.1.1.1:1>1.1.1.1:2 srtt=15"},
    {"perf: no socket",
     "         swapper     0 [001]  1422.341572: tcp:tcp_send_reset: skbaddr=0xffff888134e50ce0 "
     "skaddr=(nil) src=1.1.1.1:1 dest=1.1.1.1:2 state=UNKNOWN reason=NO_SOCKET\n",
     NS(1422, 341572000),
     "tcp_send_reset 1.1.1.1:1>1.1.1.1:2 skbaddr=ffff888134e50ce0 reason=NO_SOCKET"},
    {"/proc/net/tcpprobe",
     "0.507024701 192.168.122.233:40080 192.168.122.167:5201 28 0x65cef3ca 0x65ce5bea 30 29 "
     "1930880 40548 87616\n",
     NS(0, 507024701),
     "tcp_probe 192.168.122.233:40080>192.168.122.167:5201 snd_nxt=0x65cef3ca "
     "snd_una=0x65ce5bea snd_cwnd=30 ssthresh=29 snd_wnd=1930880 rcv_wnd=87616 srtt=40548 "
     "length=28"},
    {"/proc/net/tcpprobe without rcv_wnd: srtt is in jiffies, so it is not known",
     "0.507024701 [fd00::1]:40080 [fd00::2]:5201 28 0x65cef3ca 0x65ce5bea 30 29 1930880 40\n",
     NS(0, 507024701),
     "tcp_probe [fd00::1]:40080>[fd00::2]:5201 snd_nxt=0x65cef3ca snd_una=0x65ce5bea "
     "snd_cwnd=30 ssthresh=29 snd_wnd=1930880 length=28"},
    {"kernel's marker of lost events", "CPU:1 [LOST 127 EVENTS]\n", 0, "lost ->- lost=127"},
    {"the kernel does not know how many", "CPU:0 [LOST EVENTS]\n", 0, "lost ->-"},
    {"trace-cmd's marker", "CPU:11 [18446744073709551615 EVENTS DROPPED]\n", 0,
     "lost ->- lost=18446744073709551615"},
    {"trace-cmd's other marker", "CPU:3 [EVENTS DROPPED]\n", 0, "lost ->-"},
    {"a counter as clock",
     "         python3-15054   [000] .....            2: tcp_probe: src=1.1.1.1:1 dest=1.1.1.1:2 "
     "srtt=15\n",
     2, "tcp_probe 1.1.1.1:1>1.1.1.1:2 srtt=15"},
    {"options/record-tgid",
     "         python3-15054   (-------) [000] .....   994.157391: tcp_probe: src=1.1.1.1:1 "
     "dest=1.1.1.1:2 srtt=15\n",
     NS(994, 157391000), "tcp_probe 1.1.1.1:1>1.1.1.1:2 srtt=15"},
    {"options/record-tgid on an older kernel",
     "         python3-15054 ( 15000) [000] ....   994.157391: tcp_probe: src=1.1.1.1:1 "
     "dest=1.1.1.1:2 srtt=15\n",
     NS(994, 157391000), "tcp_probe 1.1.1.1:1>1.1.1.1:2 srtt=15"},
    {"tabs between words",
     "         python3-15054   [000] .....   994.157391: tcp_probe: src=1.1.1.1:1\tdest=1.1.1.1:2 "
     "th_seq=0000000012345678\tsnd_una=0x1 \t\t\t\tsrtt=15\t\n",
     NS(994, 157391000), "tcp_probe 1.1.1.1:1>1.1.1.1:2 snd_una=0x1 srtt=15"},
    {"lines that end in CR LF",
     "         python3-15054   [000] .....   994.157391: tcp_probe: src=1.1.1.1:1 dest=1.1.1.1:2 "
     "srtt=15\r\n",
     NS(994, 157391000), "tcp_probe 1.1.1.1:1>1.1.1.1:2 srtt=15"},
};

static void every_form_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct tp_record *record = parse_one(rows[i].line);

        if (strcmp(describe(record), rows[i].says) != 0)
            fail_msg("%s:\n  says  %s\n  wants %s", rows[i].what, describe(record), rows[i].says);
        if (record->kind != TP_KIND_LOST)
            assert_int_equal(record->ts_ns, rows[i].ts_ns);
    }
}

/* A kind's layout is learnt from each line: what follows must be read as if it came alone. */
static void layouts_never_leak_into_the_next_line(void **state)
{
    static char text[4096], alone[2048];
    size_t i, j, count = sizeof rows / sizeof *rows;

    (void)state;
    for (i = 0; i < count; i++)
        for (j = 0; j < count; j++) {
            const struct batch *batch;

            snprintf(text, sizeof text, "%s%s%s", rows[i].line, rows[j].line, rows[i].line);
            batch = parse(text);
            assert_int_equal(batch->count, 3);
            snprintf(alone, sizeof alone, "%s", describe(&batch->records[2]));
            assert_string_equal(alone, rows[i].says);
            assert_string_equal(describe(&batch->records[1]), rows[j].says);
        }
}

/* What a block says, as text: a line that counts, and one for each record. */
static void say(const struct batch *batch, char *text, size_t size)
{
    size_t i, n;

    n = (size_t)snprintf(text, size, "%u malformed, %u other\n", (unsigned)batch->malformed,
                         (unsigned)batch->other_total);
    for (i = 0; i < batch->count && n < size; i++) {
        const struct tp_record *record = &batch->records[i];

        n += (size_t)snprintf(text + n, size - n, "%lld [%d] %d %.*s: %s\n",
                              (long long)record->ts_ns, TP_HAS(record, CPU) ? (int)record->cpu : -1,
                              TP_HAS(record, PID) ? record->pid : -1,
                              TP_HAS(record, COMM) ? (int)record->comm.length : 0,
                              TP_HAS(record, COMM) ? record->comm.bytes : "", describe(record));
    }
}

/* With the shape of a line that came before, one is read as if it came alone. */
static void check_behind(const char *before, const char *line)
{
    static char text[4096], alone[4096], behind[8192], wanted[8192];
    const char *newline;

    say(parse(line), alone, sizeof alone);
    say(parse(before), wanted, sizeof wanted);
    newline = strchr(wanted, '\n') + 1;
    snprintf(text, sizeof text, "%s", newline);
    newline = strchr(alone, '\n') + 1;
    snprintf(wanted, sizeof wanted, "%.*s%s%s", (int)(newline - alone), alone, text, newline);
    snprintf(text, sizeof text, "%s%s", before, line);
    say(parse(text), behind, sizeof behind);
    if (strcmp(behind, wanted) != 0)
        fail_msg("%s  says  %s  wants %s", line, behind, wanted);
}

static void one_other_byte_is_read_as_if_alone(void **state)
{
    static const char before[] = "          <idle>-0       [012] ..s2.   994.157391: tcp_probe: "
                                 "family=AF_INET src=10.0.0.1:4000 dest=10.0.0.2:80 mark=0x0 "
                                 "data_len=0 snd_nxt=0xe2527e16 snd_una=0xdd9c0f snd_cwnd=24 "
                                 "ssthresh=2147483647 snd_wnd=64256 srtt=12345678 rcv_wnd=7 "
                                 "sock_cookie=1a skbaddr=00000000c26b0fc5 "
                                 "skaddr=0000000076de4ba2\n";
    static const char others[] = "09afx=: -[].#\t\n\r\v\x7f\x80\xb0\xff";
    char line[sizeof before];

    (void)state;
    for (size_t at = 0; at < sizeof before - 2; at++)
        for (size_t i = 0; i < sizeof others - 1; i++) {
            snprintf(line, sizeof line, "%s", before);
            line[at] = others[i];
            check_behind(before, line);
        }
}

static void task_names_are_any_bytes(void **state)
{
    static const char *const names[] = {
        "Web Content",   "(sd-pam)",     "x  [001] d..1.",
        "n: tcp_probe:", "ab=cd:ef",     "a\tb\x01",
        "\xff\xfe\x80",  "a\nb: fake",   "\n",
        "x\n",           "<idle>",       "<...>",
        "1.5: tcp_p: x", "-12 [001] ..", "CPU:1 [LOST 1",
        "# x",           "cpus=2",
    };
    static const char body[] = "   [001] ..s2.   994.157391: tcp_probe: src=1.1.1.1:1 "
                               "dest=1.1.1.1:2 srtt=15\n";
    char line[256], name[64];

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct tp_record *record;

        snprintf(line, sizeof line, "%16s-%-7d%s", names[i], 4321, body + 2);
        record = parse_one(line);
        assert_string_equal(describe(record), "tcp_probe 1.1.1.1:1>1.1.1.1:2 srtt=15");
        assert_int_equal(record->pid, 4321);
        assert_int_equal(record->cpu, 1);
        if (names[i][0] == '\n' || names[i][0] == '#')
            continue; /* a first half that is blank or a comment is not joined */
        snprintf(name, sizeof name, "%.*s", (int)record->comm.length, record->comm.bytes);
        assert_string_equal(name, names[i]);
    }
}

static void nonsense_is_counted_with_its_place(void **state)
{
    static const struct {
        const char *line;
        unsigned column;
    } bad[] = {
        {"hello world, this is no event", 1},
        {"          x-1   [001] ..s2.   994.1: tcp_probe: src=1.1.1.1:1 dest=1.1.1.1:2 srtt=1x",
         78},
        {"          x-1   [001] ..s2.   994.1: tcp_probe: src=1.1.1.1:1 dest=1.1.1.1:2 srtt=", 78},
        {"          x-1   [001] ..s2.   994.1: tcp_probe: src=1.1.1.1:1 dest=1.1.1.1:2 "
         "srtt=4294967296",
         78},
        {"          x-1   [001] ..s2.   994.1: tcp_probe: src=1.1.1.1:65536 dest=1.1.1.1:2", 49},
        {"          x-1   [001] ..s2.   994.1: tcp_probe: src=1.1.1.300:1 dest=1.1.1.1:2", 49},
        {"          x-1   [001] ..s2.   994.1: tcp_probe: src=1.1.1.1:1 srtt=3", 49},
        {"          x-1   [001] ..s2.   994.1: tcp_probe: src=1.1.1.1:1 dest=1.1.1.1:2 "
         "snd_nxt=0x123456789",
         78},
        {"          x-1   [001] ..s2.   994.1: tcp_probe: src=1.1.1.1:1 dest=1.1.1.1:2 snd_nxt=0x",
         78},
        {"          x-1   [001] ..s2.   994.1: tcp_probe: src=1.1.1.1:1 dest=1.1.1.1:2 noequals",
         78},
        {"          x-1   [001] ..s2.   994.1: inet_sock_set_state: src=1.1.1.1:1 "
         "dest=1.1.1.1:2 newstate=TCP_NONE",
         88},
        {"0.5 1.1.1.1:1 1.1.1.1:2 28 0x1 0x2 3", 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[512];
        const struct batch *batch;

        snprintf(text, sizeof text, "\n%s\n%s\n", bad[i].line, bad[i].line);
        batch = parse(text);
        assert_int_equal(batch->count, 0);
        assert_int_equal(batch->malformed, 2);
        assert_int_equal(batch->malformed_line, 2);
        if (batch->malformed_column != bad[i].column)
            fail_msg("column %u instead of %u: %s", batch->malformed_column, bad[i].column,
                     bad[i].line);
    }
}

static void other_events_are_counted_by_name(void **state)
{
    const struct batch *batch =
        parse("          x-1       [001] ..s2.   994.100000: tcp_sendmsg_locked: skb_addr 0000 "
              "skb_len 65160 msg_left 90848 size_goal 65160\n"
              "          x-1       [001] ..s2.   994.100000: sched_switch: prev_comm=y-1 [120] "
              "prev_pid=1 ==> next_comm=z: a\n"
              "          x-1       [001] ..s2.   994.100000: tcp_sendmsg_locked: skb_addr 0000\n"
              "          x-1       [001] ..s2.   994.100000: tcp_hash_ao_required: src=1.1.1.1:1 "
              "dest=1.1.1.1:2\n");

    (void)state;
    assert_int_equal(batch->count, 0);
    assert_int_equal(batch->malformed, 0);
    assert_int_equal(batch->other_total, 4);
    assert_int_equal(batch->others, 3);
    assert_string_equal(batch->other[0].name, "tcp_sendmsg_locked");
    assert_int_equal(batch->other[0].count, 2);
    assert_string_equal(batch->other[1].name, "sched_switch");
}

/* Line by line with one parser, the record is what it is in a block. */
static void single_lines_are_read_alike(void **state)
{
    static const char split[] = "       a\nb: fake-17874   [001] ..s2.   9.000001: tcp_probe: "
                                "src=1.1.1.1:1 dest=1.1.1.1:2 srtt=15";
    struct tp_line_parser *parser;
    const struct tp_record *record;
    char expected[2048];

    (void)state;
    assert_int_equal(tp_line_parser_new(&parser, 0, NULL), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t length = strlen(rows[i].line);

        /* With or without the newline; what follows the line is not looked at. */
        assert_int_equal(tp_line_parse(parser, rows[i].line, length - i % 2, &record, NULL), 1);
        snprintf(expected, sizeof expected, "%s", describe(record));
        assert_string_equal(expected, rows[i].says);
        if (record->kind != TP_KIND_LOST)
            assert_int_equal(record->ts_ns, rows[i].ts_ns);
    }
    assert_int_equal(tp_line_parse(parser, split, sizeof split - 1, &record, NULL), 1);
    assert_int_equal(record->pid, 17874);
    assert_int_equal(record->comm.length, 9);
    tp_line_parser_free(parser);
    tp_line_parser_free(NULL);
}

static void single_lines_without_a_record(void **state)
{
    static const struct {
        const char *line;
        int rc;
        unsigned column;
    } lines[] = {
        {"", 0, 0},
        {"\n", 0, 0},
        {"# tracer: nop\n", 0, 0},
        {"          x-1       [001] ..s2.   9.1: tcp_hash_ao_required: src=1.1.1.1:1 "
         "dest=1.1.1.1:2\n",
         0, 0},
        {"hello world, this is no event\n", TP_ERR_FORMAT, 1},
        {"          x-1   [001] ..s2.   9.1: tcp_probe: src=1.1.1.1:1 srtt=3", TP_ERR_FORMAT, 47},
    };
    const struct tp_record *record;
    struct tp_line_parser *parser;
    struct tp_error error;

    (void)state;
    assert_int_equal(tp_line_parser_new(&parser, TP_BIT(SRTT), NULL), 0);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        tp_error_clear(&error);
        assert_int_equal(
            tp_line_parse(parser, lines[i].line, strlen(lines[i].line), &record, &error),
            lines[i].rc);
        assert_null(record);
        assert_int_equal(error.code, lines[i].rc);
        assert_int_equal(error.column, lines[i].column);
    }
    tp_line_parser_free(parser);
}

static void empty_lines_count(void **state)
{
    const struct batch *batch;
    char text[64];

    (void)state;
    for (size_t count = 0; count < 40; count++) {
        memset(text, '\n', count);
        strcpy(text + count, "bad\n\n\n");
        batch = parse(text);
        assert_int_equal(batch->lines, count + 3);
        assert_int_equal(batch->malformed, 1);
        assert_int_equal(batch->malformed_line, count + 1);
    }
    assert_int_equal(parse("\n\n")->lines, 2);
    batch = parse("\r\n\r\nbad\r\n\n\r\n\r"); /* of Windows */
    assert_int_equal(batch->lines, 6);
    assert_int_equal(batch->malformed, 1);
    assert_int_equal(batch->malformed_line, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(single_lines_are_read_alike),
        cmocka_unit_test(single_lines_without_a_record),
        cmocka_unit_test(every_form_is_read),
        cmocka_unit_test(layouts_never_leak_into_the_next_line),
        cmocka_unit_test(one_other_byte_is_read_as_if_alone),
        cmocka_unit_test(task_names_are_any_bytes),
        cmocka_unit_test(nonsense_is_counted_with_its_place),
        cmocka_unit_test(empty_lines_count),
        cmocka_unit_test(other_events_are_counted_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
