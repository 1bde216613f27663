/* test_filter.c: the filter language by tables: what is understood, what is refused and where, and
 * what matches. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>

#include <tcpprobe/filter.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* --- what is understood ---------------------------------------------------------------------- */

static const struct understood {
    const char *expression, *text;
} understood[] = {
    {"sport == 80", "sport == 80"},
    {"sport==80||dport==80", "(sport == 80 || dport == 80)"},
    {"  sport\t==\n80  ", "sport == 80"},
    {"snd_cwnd > 100 && !(srtt < 0x1000)", "(snd_cwnd > 100 && !(srtt < 4096))"},
    {"snd_cwnd > 100 and not srtt < 0X1000", "(snd_cwnd > 100 && !(srtt < 4096))"},
    {"host 10.0.0.1 and port 443", "(host 10.0.0.1 && port 443)"},
    {"src net 10.0.0.0/8 or dst host fd00::1", "(saddr == 10.0.0.0/8 || daddr == fd00::1)"},
    {"src 10.0.0.1", "saddr == 10.0.0.1"},
    {"dst 10.0.0.0/24", "daddr == 10.0.0.0/24"},
    {"src [fd00::1]", "saddr == fd00::1"},
    {"dst port 80", "dport == 80"},
    {"src port 0", "sport == 0"},
    {"host ::ffff:10.0.0.1", "host 10.0.0.1"},
    {"host [FD00:0:0::0001]", "host fd00::1"},
    {"net [fd00::]/8", "net fd00::/8"},
    {"net 10.0.0.1/32", "host 10.0.0.1"},
    {"net 0.0.0.0/0", "net 0.0.0.0/0"},
    {"net ::/0", "net ::/0"},
    {"net ::ffff:10.0.0.0/104", "net 10.0.0.0/8"},
    {"saddr == 192.168.1.100", "saddr == 192.168.1.100"},
    {"saddr != 192.168.0.0/16", "saddr != 192.168.0.0/16"},
    {"saddrv6 == ::1", "saddr == ::1"},
    {"daddrv6 != [::1]", "daddr != ::1"},
    {"state == TCP_ESTABLISHED", "state == TCP_ESTABLISHED"},
    {"state == 1", "state == TCP_ESTABLISHED"},
    {"newstate != TCP_NEW_SYN_RECV", "newstate != TCP_NEW_SYN_RECV"},
    {"oldstate == 200", "oldstate == 200"},
    {"state & 3", "state & 3"},
    {"cong_state == Recovery", "cong_state == Recovery"},
    {"cong_state >= 3", "cong_state >= Recovery"},
    {"flags & SYN|FIN", "flags & FIN|SYN"},
    {"flags == 0x12 && flags != 0", "(flags == SYN|ACK && flags != 0)"},
    {"options&SACK | 0x8000||oddities == 0x2", "(options & SACK|0x8000 || oddities == TUNNEL)"},
    {"protocol == IPPROTO_TCP", "protocol == IPPROTO_TCP"},
    {"protocol != 262", "protocol != IPPROTO_MPTCP"},
    {"family == AF_INET", "family == AF_INET"},
    {"family != AF_INET6", "family != AF_INET6"},
    {"tcp_retransmit_skb || cong_state >= 3",
     "(event == tcp_retransmit_skb || cong_state >= Recovery)"},
    {"event == tcp_probe", "event == tcp_probe"},
    {"event != inet_sock_set_state", "event != inet_sock_set_state"},
    {"lost", "event == lost"},
    {"lost > 5", "lost > 5"},
    {"lost || lost > 5", "(event == lost || lost > 5)"},
    {"(lost)", "event == lost"},
    {"reason ~ \"TCP_*\"", "reason ~ \"TCP_*\""},
    {"reason == TCP_STATE", "reason == \"TCP_STATE\""},
    {"comm == 'a \"b\"'", "comm == 'a \"b\"'"},
    {"comm != \"it's\"", "comm != \"it's\""},
    {"COMM ~ '*'", "comm ~ \"*\""},
    {"comm == \"\"", "comm == \"\""},
    {"comm == 80", "comm == \"80\""},
    {"CPU == 1", "cpu == 1"},
    {"common_pid == 17", "pid == 17"},
    {"err == -11", "err == -11"},
    {"err >= -2147483648", "err >= -2147483648"},
    {"err == -0", "err == 0"},
    {"mark & 16", "mark & 0x10"},
    {"sock_cookie == 0x1049", "sock_cookie == 0x1049"},
    {"skaddr == 0xFFFF888134e50ce0", "skaddr == 0xffff888134e50ce0"},
    {"skaddr <= 18446744073709551615", "skaddr <= 0xffffffffffffffff"},
    {"snd_wnd == 4294967295", "snd_wnd == 4294967295"},
    {"port 65535", "port 65535"},
    {"!sport == 80", "!(sport == 80)"},
    {"not not lost", "!!(event == lost)"},
    {"!(sport == 1 || sport == 2)", "!(sport == 1 || sport == 2)"},
    {"((((sport == 1))))", "sport == 1"},
    {"sport == 1 || sport == 2 && sport == 3", "(sport == 1 || (sport == 2 && sport == 3))"},
    {"sport == 1 && sport == 2 || sport == 3", "((sport == 1 && sport == 2) || sport == 3)"},
    {"sport == 1 or sport == 2 or sport == 3", "(sport == 1 || sport == 2 || sport == 3)"},
    {"sport == 1 || (sport == 2 || sport == 3)", "(sport == 1 || (sport == 2 || sport == 3))"},
    {"!sport == 1 && sport == 2", "(!(sport == 1) && sport == 2)"},
};

static void test_understood(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(understood); i++) {
        const struct understood *row = &understood[i];
        struct tp_error error = TP_ERROR_INIT;
        struct tp_filter *filter, *again;
        char *text;

        if (tp_filter_parse(&filter, row->expression, &error))
            fail_msg("%s: column %u: %s", row->expression, error.column, error.text);
        text = tp_filter_text(filter);
        assert_string_equal(text, row->text);
        assert_int_equal(tp_filter_parse(&again, text, &error), 0);
        tp_filter_free(filter);
        free(text);
        text = tp_filter_text(again);
        assert_string_equal(text, row->text);
        free(text);
        tp_filter_free(again);
    }
}

/* --- what is refused ------------------------------------------------------------------------- */

static const struct refused {
    const char *expression;
    unsigned column;
    const char *says; /* part of the sentence */
} refused[] = {
    {"", 1, "expected a comparison such as sport == 80, host 10.0.0.1 or tcp_probe, found the end"},
    {" \t ", 4, "found the end"},
    {"sport == 73621", 10, "a port is at most 65535"},
    {"port 65536", 6, "a port is at most 65535"},
    {"dst port -1", 10, "a port is at least 0"},
    {"snd_cwnd > 4294967296", 12, "snd_cwnd is at most 4294967295"},
    {"snd_cwnd > 99999999999999999999999", 12, "snd_cwnd is at most 4294967295"},
    {"skaddr == 0x10000000000000000", 11, "skaddr is at most 18446744073709551615"},
    {"srtt >= -1", 9, "srtt is at least 0"},
    {"err == 2147483648", 8, "err is at most 2147483647"},
    {"err == -2147483649", 8, "err is at least -2147483648"},
    {"state == 256", 10, "state is at most 255"},
    {"protocol == 65536", 13, "protocol is at most 65535"},
    {"sport == 80 ||", 15, "expected a comparison"},
    {"sport == 80 &&  ", 17, "found the end"},
    {"sport == 80 || || dport == 1", 16, "found '||'"},
    {"&& sport == 80", 1, "found '&&'"},
    {"sport = 80", 7, "did you mean ==?"},
    {"lost = 80", 6, "did you mean ==?"},
    {"srtt => 80", 6, "did you mean >=?"},
    {"srtt =< 80", 6, "did you mean <=?"},
    {"srtt <> 80", 6, "did you mean !=?"},
    {"comm =~ \"x\"", 6, "did you mean ~?"},
    {"comm !~ \"x\"", 6, "write !(FIELD ~ \"PATTERN\")"},
    {"sport === 80", 9, "did you mean ==?"},
    {"sport == 80 | dport == 80", 13, "did you mean ||?"},
    {"sport == 80 & dport == 80", 13, "expected && or ||, found '&'"},
    {"sport == 80 dport == 80", 13, "expected && or ||, found 'dport'"},
    {"1 < srtt < 5", 1, "expected a comparison such as"},
    {"srtt > 1 < 5", 10, "expected && or ||, found '<'"},
    {"sport == 010", 10, "a leading 0 would make this octal for the kernel"},
    {"port 00", 6, "a leading 0"},
    {"err == -01", 8, "a leading 0"},
    {"sock_cookie == ab41", 16, "hexadecimal begins with 0x: did you mean 0xab41?"},
    {"sport == 0x", 10, "expected a number, found '0x'"},
    {"sport == 0xg", 10, "expected a number, found '0xg'"},
    {"sport == 80a", 10, "did you mean 0x80a?"},
    {"sport == eighty", 10, "expected a number, found 'eighty'"},
    {"sport == -", 10, "expected a number, found '-'"},
    {"sport == dport", 10, "a field is compared with a value, not with field 'dport'"},
    {"sport == \"80\"", 10, "expected a number, found the text \"80\""},
    {"sport == (80)", 10, "expected a number, found '('"},
    {"sport ==", 9, "expected a number, found the end"},
    {"sport", 6, "expected == != < <= > >= or & after sport, found the end"},
    {"sport && dport == 80", 7, "after sport, found '&&'"},
    {"sport ~ \"8*\"", 7, "expected == != < <= > >= or & after sport, found '~'"},
    {"comm > \"a\"", 6, "expected == != or ~ after comm, found '>'"},
    {"comm ~ iperf*", 13, "a pattern stands in quotes"},
    {"comm == \"iperf", 9, "its closing quote is missing"},
    {"comm == ", 9, "expected a text in quotes, found the end"},
    {"saddr > 10.0.0.1", 7, "expected == or != after saddr, found '>'"},
    {"saddr == 0x0100007f", 10, "expected an address or net such as 10.0.0.1"},
    {"host example.com", 6, "expected an address such as 10.0.0.1 or fd00::1, found 'example.com'"},
    {"host", 5, "found the end"},
    {"host 10.0.0.256", 6, "expected an address"},
    {"host 10.0.0", 6, "expected an address"},
    {"host 010.0.0.1", 6, "expected an address"},
    {"host 10.0.0.0/8", 6, "a host has no prefix: did you mean net 10.0.0.0/8?"},
    {"host [fd00::1", 6, "expected an address"},
    {"host [fd00::1]:80", 6, "expected an address"},
    {"host fd00::1%eth0", 13, "'%' is not understood"},
    {"host 1111:2222:3333:4444:5555:6666:7777:8888:9999:1111:2222:3333:4444:5555", 6,
     "found '1111:2222:3333:4444:5555:6666:77...'"},
    {"net 10.0.0.0", 5, "expected a net such as 10.0.0.0/8"},
    {"net 10.0.0.0/33", 5, "expected a prefix length from 0 to 32 after the /"},
    {"net 10.0.0.0/", 5, "expected a prefix length"},
    {"net 10.0.0.0/08", 5, "expected a prefix length"},
    {"net fd00::/129", 5, "expected a prefix length from 0 to 128 after the /"},
    {"net 10.0.0.1/8", 5, "the address has bits beyond /8: did you mean 10.0.0.0/8?"},
    {"src net fd00::1/16", 9, "did you mean fd00::/16?"},
    {"src or dst port 80", 5, "expected an address or net"},
    {"port http", 6, "expected a number, found 'http'"},
    {"port 80 or 443", 12, "expected a comparison such as"},
    {"family == 4", 11, "expected AF_INET or AF_INET6, found '4'"},
    {"family < AF_INET6", 8, "expected == or != after family"},
    {"state == ESTABLISHED", 10, "unknown value 'ESTABLISHED': did you mean TCP_ESTABLISHED?"},
    {"state == \"TCP_CLOSE\"", 10, "expected a number or one of TCP_ESTABLISHED"},
    {"cong_state == recovery", 15, "did you mean Recovery?"},
    {"flags & SYNN", 9, "did you mean SYN?"},
    {"flags & SYN|", 13, "expected a number or one of FIN SYN RST PSH ACK URG ECE CWR AE"},
    {"flags & SYN|ACC", 13, "expected a number or one of FIN SYN"},
    {"flags & SYN|65536", 13, "flags is at most 65535"},
    {"options & SACK|SYN", 16, "expected a number or one of MSS"},
    {"snd_cwnd & 1|2", 13, "did you mean ||?"},
    {"sack == 1", 6, "options & SACK tells"},
    {"cong_state == Zzzzz", 15,
     "expected a number or one of Open Disorder CWR Recovery Loss, found 'Zzzzz'"},
    {"event == tcp_prob", 10, "unknown event 'tcp_prob': did you mean tcp_probe?"},
    {"event == 0", 10, "expected one of tcp_probe tcp_retransmit_skb"},
    {"event == zzz", 10, "expected one of tcp_probe"},
    {"tcp_probe == 1", 1, "'tcp_probe' is an event: it stands alone or after event =="},
    {"snd_cwn > 5", 1, "unknown field 'snd_cwn': did you mean snd_cwnd?"},
    {"sport == 1 && sprot == 80", 15, "unknown field 'sprot': did you mean sport?"},
    {"rtt > 5", 1, "did you mean srtt?"},
    {"nonsense > 5", 1, "unknown field 'nonsense': known are sport dport saddr daddr family event"},
    {"nonsense > 5", 1, "rcv_ssthresh window_clamp"},
    {"nonsense", 1,
     "unknown word 'nonsense': expected a field and an operator, or one of host net"},
    {"retransmit", 1, "unknown word 'retransmit': did you mean tcp_retransmit_skb?"},
    {"dup_ack", 1, "'dup_ack' is a word of 'tcpprobe packets --filter', and of no other"},
    {"sport == 80 && retransmission == 1", 16,
     "'retransmission' is a word of 'tcpprobe packets --filter', and of no other"},
    {"(sport == 80", 13, "expected &&, || or the ) for the ( in column 1, found the end"},
    {"sport == 1 && (sport == 80 dport", 28, "for the ( in column 15, found 'dport'"},
    {"sport == 80)", 12, "there is no ( for this )"},
    {"()", 2, "expected a comparison"},
    {"!", 2, "expected a comparison"},
    {"\"text\" == comm", 1, "found the text \"text\""},
    {"sport == 80 # web", 13, "'#' is not understood"},
    {"sport == 80;", 12, "';' is not understood"},
    {"sport == \x01", 10, "'\\x01' is not understood"},
};

static void test_refused(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(refused); i++) {
        const struct refused *row = &refused[i];
        struct tp_error error = TP_ERROR_INIT;
        struct tp_filter *filter = (struct tp_filter *)1;

        if (tp_filter_parse(&filter, row->expression, &error) != TP_ERR_USAGE)
            fail_msg("%s: not refused", row->expression);
        assert_null(filter);
        assert_string_equal(error.source, "filter");
        assert_int_equal(error.line, 1);
        if (error.column != row->column || !strstr(error.text, row->says))
            fail_msg("%s: expected %u %s, got %u %s", row->expression, row->column, row->says,
                     error.column, error.text);
        assert_int_equal(tp_filter_parse(&filter, row->expression, NULL), TP_ERR_USAGE);
    }
}

/* --- limits ---------------------------------------------------------------------------------- */

static char *repeated(const char *before, size_t times, const char *middle, const char *after)
{
    char *text = calloc(1, times * (strlen(before) + strlen(after)) + strlen(middle) + 1),
         *at = text;
    size_t i;

    for (i = 0; i < times; i++)
        at = stpcpy(at, before);
    at = stpcpy(at, middle);
    for (i = 0; i < times; i++)
        at = stpcpy(at, after);
    return text;
}

static void check_limit(char *expression, int code, const char *says)
{
    struct tp_error error = TP_ERROR_INIT;
    struct tp_filter *filter;

    assert_int_equal(tp_filter_parse(&filter, expression, &error), code);
    if (code)
        assert_non_null(strstr(error.text, says));
    tp_filter_free(filter);
    free(expression);
}

static void test_limits(void **state)
{
    (void)state;
    check_limit(repeated("(", 200, "lost", ")"), 0, NULL);
    check_limit(repeated("(", 201, "lost", ")"), TP_ERR_USAGE, "more than 200 parentheses");
    check_limit(repeated("(", 30000, "", ""), TP_ERR_USAGE, "more than 200 parentheses");
    check_limit(repeated("!", 64, "lost", ""), 0, NULL);
    check_limit(repeated("!", 65, "lost", ""), TP_ERR_USAGE, "more than 64 levels");
    check_limit(repeated("lost||", 10000, "lost", ""), 0, NULL);
    check_limit(repeated("lost and ", 7000, "lost", ""), 0, NULL);
    check_limit(repeated(" ", 65535, "lost", ""), TP_ERR_LIMIT, "longer than 65536 bytes");
}

/* --- what matches ---------------------------------------------------------------------------- */

static void set_end(uint8_t addr[16], const char *text)
{
    char mapped[64];

    snprintf(mapped, sizeof mapped, "%s%s", strchr(text, ':') ? "" : "::ffff:", text);
    assert_int_equal(inet_pton(AF_INET6, mapped, addr), 1);
}

static void set_key(struct tp_record *record, const char *src, uint16_t sport, const char *dst,
                    uint16_t dport)
{
    uint8_t local[16], peer[16];

    set_end(local, src);
    set_end(peer, dst);
    record->local = (uint8_t)tp_flow_key_set(&record->key, local, sport, peer, dport, 0);
    record->has_key = true;
}

#define TEXT(literal) ((struct tp_text){literal, sizeof(literal) - 1})

enum { PROBE, RESET, STATE, LOST, RETRANSMIT, RECORDS };

static void make_records(struct tp_record records[RECORDS])
{
    struct tp_record *r;

    memset(records, 0, RECORDS * sizeof *records);
    r = &records[PROBE]; /* of the end that is larger in the key */
    r->kind = TP_KIND_PROBE;
    set_key(r, "10.0.0.2", 50000, "10.0.0.1", 80);
    r->have = TP_BIT(SND_CWND) | TP_BIT(SRTT) | TP_BIT(MARK) | TP_BIT(SKADDR) | TP_BIT(COMM) |
              TP_BIT(CPU) | TP_BIT(PID);
    r->snd_cwnd = 10;
    r->srtt = 4000000000U;
    r->mark = 0x12;
    r->skaddr = UINT64_C(0xffff888134e50ce0);
    r->comm = TEXT("iperf3");
    r->cpu = 1;
    r->pid = 42;
    r = &records[RESET];
    r->kind = TP_KIND_SEND_RESET;
    set_key(r, "fd00::1", 443, "fd00:0:1::2", 40000);
    r->have = TP_BIT(REASON) | TP_BIT(STATE);
    r->reason = TEXT("TCP_STATE");
    r->state = 7;
    r = &records[STATE];
    r->kind = TP_KIND_SET_STATE;
    set_key(r, "192.168.1.100", 0, "::", 22);
    r->have = TP_BIT(OLDSTATE) | TP_BIT(NEWSTATE) | TP_BIT(PROTOCOL);
    r->oldstate = 7;
    r->newstate = 2;
    r->protocol = 6;
    r = &records[LOST];
    r->kind = TP_KIND_LOST;
    r->have = TP_BIT(LOST);
    r->lost = 127;
    r = &records[RETRANSMIT];
    r->kind = TP_KIND_RETRANSMIT_SKB;
    set_key(r, "10.0.0.1", 80, "10.0.0.2", 50000);
    r->have = TP_BIT(ERR) | TP_BIT(STATE);
    r->err = -11;
    r->state = 1;
}

#define P (1 << PROBE)
#define R (1 << RESET)
#define S (1 << STATE)
#define L (1 << LOST)
#define T (1 << RETRANSMIT)

static const struct matched {
    const char *expression;
    unsigned records; /* that match */
} matched[] = {
    {"sport == 80", T},
    {"dport == 80", P},
    {"port 80", P | T},
    {"src port 50000", P | S}, /* the port of a connect() is not chosen yet */
    {"port 50000", P | S | T},
    {"!(src port 50000)", R | S | L | T},
    {"src port 1023", 0},
    {"src port 1024", S},
    {"sport != 50000", R | S | T},
    {"sport & 64", P | S | T},
    {"!(sport & 64)", R | S | L},
    {"!(sport & 0xfc00)", S | R | L | T},
    {"sport > 65534", S},
    {"sport > 65535", 0},
    {"!(sport >= 0)", L},
    {"port 22 && sport > 60000", S},
    {"dst port 50000", T},
    {"port 22", S},
    {"sport == 0", S},
    {"sport != 80", P | R | S},
    {"!(sport == 80)", P | R | S | L},
    {"!(sport != 80)", T | L},
    {"sport < 443", S | T},
    {"sport <= 443", S | T | R},
    {"sport > 443", P | S},
    {"sport >= 443", P | R | S},
    {"dport & 16", P | S | T},
    {"host 10.0.0.1", P | T},
    {"src host 10.0.0.1", T},
    {"dst 10.0.0.1", P},
    {"saddr == 10.0.0.2", P},
    {"saddr != 10.0.0.2", R | S | T},
    {"!(saddr == 10.0.0.2)", R | S | T | L},
    {"net 10.0.0.0/8", P | T},
    {"net 10.0.0.0/31", P | T},
    {"net 10.0.0.2/31", P | T},
    {"src net 10.0.0.2/31", P},
    {"net 10.0.0.1/32", P | T},
    {"net 0.0.0.0/0", P | S | T},
    {"net ::/0", R | S},
    {"src net ::/0", R},
    {"net fd00::/32", R},
    {"dst net fd00::/48", 0},
    {"src net fd00::/48", R},
    {"net fd00::/16 and dst host fd00:0:1::2", R},
    {"saddr == fd00::/47", R},
    {"host ::", S},
    {"host 192.168.1.100", S},
    {"family == AF_INET", P | S | T},
    {"family == AF_INET6", R},
    {"family != AF_INET6", P | S | T},
    {"tcp_probe", P},
    {"!tcp_probe", R | S | L | T},
    {"event != tcp_probe", R | S | L | T},
    {"lost", L},
    {"lost > 100", L},
    {"lost == 127 && !(port 80)", L},
    {"lost != 127", 0},
    {"snd_cwnd == 10", P},
    {"snd_cwnd != 10", 0},
    {"snd_cwnd != 11", P},
    {"!(snd_cwnd == 11)", P | R | S | L | T},
    {"srtt > 3999999999", P},
    {"srtt < 2147483648", 0},
    {"skaddr > 0x7fffffffffffffff", P},
    {"skaddr == 0xffff888134e50ce0", P},
    {"mark & 0x2", P},
    {"mark & 0xd", 0},
    {"mark & 0", 0},
    {"err < 0", T},
    {"err == -11", T},
    {"err > -12 && err < -10", T},
    {"err >= 0", 0},
    {"err != -11", 0},
    {"cpu == 1 && pid == 42", P},
    {"CPU == 0", 0},
    {"state == TCP_CLOSE", R},
    {"state == TCP_ESTABLISHED", T},
    {"oldstate == TCP_CLOSE && newstate == TCP_SYN_SENT", S},
    {"protocol == IPPROTO_TCP", S},
    {"reason == \"TCP_STATE\"", R},
    {"reason == \"TCP_STAT\"", 0},
    {"reason != \"TCP_STAT\"", R},
    {"reason ~ \"TCP_*\"", R},
    {"comm ~ \"iperf*\"", P},
    {"comm ~ \"*3\"", P},
    {"comm ~ \"*per*\"", P},
    {"comm ~ \"iperf?\"", P},
    {"comm ~ \"iperf\"", 0},
    {"comm ~ \"[a-j]perf[!4-9]\"", P},
    {"comm == iperf3", P},
    {"sport == 80 || sport == 443 || sport == 0", T | R | S},
    {"port 80 && !tcp_probe || lost", T | L},
    {"port 80 && (!tcp_probe || lost)", T},
    {"!(port 80 && tcp_probe) && !(lost || port 22)", R | T},
    {"!(!(port 80) || tcp_probe)", T},
    {"not (not port 80 or tcp_probe)", T},
};

static void test_matched(void **state)
{
    struct tp_record records[RECORDS];
    size_t i, j;

    (void)state;
    make_records(records);
    for (i = 0; i < COUNT(matched); i++) {
        struct tp_filter *filter;
        unsigned found = 0;

        assert_int_equal(tp_filter_parse(&filter, matched[i].expression, NULL), 0);
        for (j = 0; j < RECORDS; j++)
            found |= (unsigned)tp_filter_match(filter, &records[j]) << j;
        if (found != matched[i].records)
            fail_msg("%s: matched %#x, expected %#x", matched[i].expression, found,
                     matched[i].records);
        tp_filter_free(filter);
    }
    assert_true(tp_filter_match(NULL, &records[0]));
}

/* --- patterns -------------------------------------------------------------------------------- */

static const struct pattern {
    const char *pattern, *text;
    bool matches;
} patterns[] = {
    {"", "", true},
    {"", "a", false},
    {"*", "", true},
    {"**", "abc", true},
    {"a*c", "abbbc", true},
    {"a*c", "abbbd", false},
    {"a*b*c", "aXbYbZc", true},
    {"*ab", "aab", true},
    {"*aab", "aaaab", true},
    {"?", "", false},
    {"?", "x", true},
    {"a?c", "abc", true},
    {"[abc]", "b", true},
    {"[abc]", "d", false},
    {"[a-c]", "c", true},
    {"[!a-c]", "c", false},
    {"[!a-c]", "d", true},
    {"[]]", "]", true},
    {"[!]]", "]", false},
    {"[a-]", "-", true},
    {"[a-]", "b", false},
    {"[", "[", true},
    {"[abc", "[abc", true},
    {"[abc", "a", false},
    {"[!", "[!", true},
    {"\\*", "*", true},
    {"\\*", "x", false},
    {"\\", "\\", true},
    {"a\\?b", "a?b", true},
    {"a\\?b", "axb", false},
    {"*[0-9]", "eth0", true},
    {"*[0-9]x", "eth0", false},
    {"x*", "", false},
};

static void test_patterns(void **state)
{
    struct tp_record record = {.kind = TP_KIND_PROBE, .have = TP_BIT(COMM)};
    char expression[64];
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(patterns); i++) {
        struct tp_filter *filter;

        snprintf(expression, sizeof expression, "comm ~ \"%s\"", patterns[i].pattern);
        record.comm = (struct tp_text){patterns[i].text, (uint32_t)strlen(patterns[i].text)};
        assert_int_equal(tp_filter_parse(&filter, expression, NULL), 0);
        if (tp_filter_match(filter, &record) != patterns[i].matches)
            fail_msg("%s on '%s'", expression, patterns[i].text);
        tp_filter_free(filter);
    }
}

/* --- fields, caret --------------------------------------------------------------------------- */

static void test_fields(void **state)
{
    struct tp_filter *filter;

    (void)state;
    assert_int_equal(tp_filter_parse(&filter, "snd_cwnd > 1 || (!comm ~ \"x\" && CPU == 2)", NULL),
                     0);
    assert_true(tp_filter_fields(filter) == (TP_BIT(SND_CWND) | TP_BIT(COMM) | TP_BIT(CPU)));
    tp_filter_free(filter);
    assert_int_equal(tp_filter_parse(&filter, "host ::1 && family == AF_INET && tcp_probe", NULL),
                     0);
    assert_true(tp_filter_fields(filter) == 0);
    tp_filter_free(filter);
    assert_int_equal(tp_filter_parse(&filter, "port 80", NULL), 0);
    assert_true(tp_filter_fields(filter) == TP_BIT(NEWSTATE));
    tp_filter_free(filter);
    assert_true(tp_filter_fields(NULL) == 0);
    tp_filter_free(NULL);
}

static void test_caret(void **state)
{
    struct tp_error error = {.column = 10};
    char buf[300], *text;

    (void)state;
    assert_int_equal(tp_filter_caret("sport == x\ty", &error, buf, sizeof buf), 24);
    assert_string_equal(buf, "sport == x?y\n         ^\n");
    error.column = 13;
    tp_filter_caret("sport == x\ty", &error, buf, sizeof buf);
    assert_string_equal(buf, "sport == x?y\n            ^\n");
    assert_int_equal(tp_filter_caret("sport == x\ty", &error, buf, 8), 7);
    assert_string_equal(buf, "sport =");
    assert_int_equal(tp_filter_caret("x", &error, buf, 0), 0);

    text = repeated("sport == 1 && ", 40, "x", "");
    error.column = 561;
    tp_filter_caret(text, &error, buf, sizeof buf);
    assert_int_equal(strcspn(buf, "\n"), 54);
    assert_int_equal(buf[53], 'x');
    assert_int_equal(buf[55 + 53], '^');
    assert_memory_equal(buf, "...", 3);
    error.column = 1;
    tp_filter_caret(text, &error, buf, sizeof buf);
    assert_int_equal(strcspn(buf, "\n"), 103);
    assert_string_equal(buf + 100, "...\n^\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_understood), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_limits),     cmocka_unit_test(test_matched),
        cmocka_unit_test(test_patterns),   cmocka_unit_test(test_fields),
        cmocka_unit_test(test_caret),
    };

    return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}
