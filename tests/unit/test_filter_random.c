/* test_filter_random.c: random expressions against a naive evaluator.
 *
 * The generator writes an expression and at the same time works out which of 64 random records it
 * means, as a set of bits: && is &, || is |, ! is ~. It follows the grammar as documented and
 * shares no code with the parser. Each expression must match that set, and so must its
 * tp_filter_text(), which must also give the same tree.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>

#include "filter/tree.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define RECORDS      64
#define EXPRESSIONS  20000

struct generator {
    uint64_t random;
    struct tp_record records[RECORDS];
    char text[8192];
    size_t length;
    unsigned terms; /* that may still be written */
};

/* xorshift64*: the same sequence on every machine. */
static unsigned pick(struct generator *g, unsigned below)
{
    g->random ^= g->random >> 12;
    g->random ^= g->random << 25;
    g->random ^= g->random >> 27;
    return (unsigned)(g->random * UINT64_C(0x2545F4914F6CDD1D) >> 33) % below;
}

__attribute__((format(printf, 2, 3))) static void put(struct generator *g, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g->length += (size_t)vsnprintf(g->text + g->length, sizeof g->text - g->length, format, args);
    va_end(args);
    assert_true(g->length < sizeof g->text);
}

static void space(struct generator *g)
{
    static const char *const spaces[] = {"", " ", "  ", "\t", " \n"};

    put(g, "%s", spaces[pick(g, COUNT(spaces))]);
}

/* --- records --------------------------------------------------------------------------------- */

static const char *const addresses[] = {"::ffff:10.0.0.1",
                                        "::ffff:10.0.0.2",
                                        "::ffff:10.1.0.1",
                                        "::ffff:192.168.7.9",
                                        "::ffff:0.0.0.0",
                                        "fd00::1",
                                        "fd00::2",
                                        "fd00:0:1::1",
                                        "::",
                                        "::1"};
static const uint16_t ports[] = {0, 1, 22, 80, 443, 5201, 50000, 65535};
static const char *const texts[] = {"", "iperf3", "ssh", "TCP_STATE", "a\"b", "it's"};
static const uint64_t numbers[] = {0, 1, 2, 3, 10, 11, 0x1000, 0x7fffffff, 0x80000000, 0xffffffff};

static void get_address(uint8_t addr[16], unsigned i)
{
    assert_int_equal(inet_pton(AF_INET6, addresses[i], addr), 1);
}

static void make_record(struct generator *g, struct tp_record *r)
{
    uint8_t local[16], peer[16];
    const char *comm = texts[pick(g, COUNT(texts))], *reason = texts[pick(g, COUNT(texts))];

    r->kind = (uint8_t)pick(g, TP_KIND_COUNT);
    r->has_key = pick(g, 8) > 0;
    get_address(local, pick(g, COUNT(addresses)));
    get_address(peer, pick(g, COUNT(addresses)));
    r->local = (uint8_t)tp_flow_key_set(&r->key, local, ports[pick(g, COUNT(ports))], peer,
                                        ports[pick(g, COUNT(ports))], 0);
    r->have = (uint64_t)pick(g, 1u << 31) << 31 | pick(g, 1u << 31);
    r->snd_cwnd = (uint32_t)numbers[pick(g, COUNT(numbers))];
    r->srtt = (uint32_t)numbers[pick(g, COUNT(numbers))];
    r->mark = (uint32_t)numbers[pick(g, COUNT(numbers))];
    r->skaddr = numbers[pick(g, COUNT(numbers))] << (pick(g, 2) * 32);
    r->err = (int32_t)numbers[pick(g, COUNT(numbers))];
    r->pid = (int32_t)numbers[pick(g, COUNT(numbers))];
    r->state = (uint8_t)pick(g, 15);
    r->cong_state = (uint8_t)pick(g, 6);
    r->protocol = (uint16_t)(pick(g, 2) ? 6 : 262);
    r->flags = (uint16_t)pick(g, 64);
    r->lost = pick(g, 4);
    r->comm = (struct tp_text){comm, (uint32_t)strlen(comm)};
    r->reason = (struct tp_text){reason, (uint32_t)strlen(reason)};
}

/* --- comparisons ----------------------------------------------------------------------------- */

/* long double holds every 64-bit integer of either sign. */
static bool naive_compare(long double a, const char *op, long double b)
{
    if (strcmp(op, "&") == 0)
        return ((a < 0 ? (uint64_t)(int64_t)a : (uint64_t)a) &
                (b < 0 ? (uint64_t)(int64_t)b : (uint64_t)b)) != 0;
    return (strcmp(op, "==") == 0 && a == b) || (strcmp(op, "!=") == 0 && a != b) ||
           (strcmp(op, "<") == 0 && a < b) || (strcmp(op, "<=") == 0 && a <= b) ||
           (strcmp(op, ">") == 0 && a > b) || (strcmp(op, ">=") == 0 && a >= b);
}

static const char *const ops[] = {"==", "!=", "<", "<=", ">", ">=", "&"};

struct source {
    const char *name;
    uint64_t bit;
    long double (*get)(const struct tp_record *);
};

#define SOURCE(name)                                                                               \
    static long double get_##name(const struct tp_record *r)                                       \
    {                                                                                              \
        return r->name;                                                                            \
    }
SOURCE(snd_cwnd)
SOURCE(srtt)
SOURCE(mark)
SOURCE(skaddr)
SOURCE(err)
SOURCE(pid)
SOURCE(state)
SOURCE(cong_state)
SOURCE(protocol)
SOURCE(flags)
SOURCE(lost)

static const struct source sources[] = {
    {"snd_cwnd", TP_BIT(SND_CWND), get_snd_cwnd},
    {"srtt", TP_BIT(SRTT), get_srtt},
    {"mark", TP_BIT(MARK), get_mark},
    {"skaddr", TP_BIT(SKADDR), get_skaddr},
    {"lost", TP_BIT(LOST), get_lost},
    {"state", TP_BIT(STATE), get_state},
    {"cong_state", TP_BIT(CONG_STATE), get_cong_state},
    {"protocol", TP_BIT(PROTOCOL), get_protocol},
    {"flags", TP_BIT(FLAGS), get_flags},
    {"err", TP_BIT(ERR), get_err},
    {"pid", TP_BIT(PID), get_pid},
    {"common_pid", TP_BIT(PID), get_pid},
};

static long double put_flags(struct generator *g)
{
    static const char *const names[] = {"FIN", "SYN", "RST", "PSH", "ACK", "URG", "0x40", "0"};
    unsigned value = 0, i;

    do {
        i = pick(g, COUNT(names));
        put(g, "%s", names[i]);
        value |= i < 7 ? 1u << i : 0;
    } while (pick(g, 3) == 0 && (put(g, "|"), true));
    return value;
}

/* A value of the pool that the field can have, in one of its spellings. */
static long double put_value(struct generator *g, const char *name)
{
    static const char *const states[] = {"TCP_ESTABLISHED", "TCP_SYN_SENT", "TCP_SYN_RECV"};
    static const char *const cong[] = {"Open", "Disorder", "CWR", "Recovery", "Loss"};
    uint64_t value = numbers[pick(g, COUNT(numbers))];
    bool is_signed = !strcmp(name, "err") || !strcmp(name, "pid") || !strcmp(name, "common_pid");
    unsigned i;

    if (strcmp(name, "state") == 0 && (i = pick(g, 4)) < 3) {
        put(g, "%s", states[i]);
        return i + 1;
    }
    if (strcmp(name, "cong_state") == 0 && (i = pick(g, 6)) < 5) {
        put(g, "%s", cong[i]);
        return i;
    }
    if (strcmp(name, "flags") == 0)
        return put_flags(g);
    if (strstr(name, "state"))
        value = pick(g, 256);
    if (strcmp(name, "protocol") == 0) {
        put(g, "%s", pick(g, 2) ? "IPPROTO_TCP" : "6");
        return 6;
    }
    if (is_signed && value > INT32_MAX) {
        put(g, "%d", (int)(int32_t)value);
        return (int32_t)value;
    }
    if (strcmp(name, "skaddr") == 0)
        value <<= 32 * pick(g, 2);
    if (pick(g, 2))
        put(g, "%" PRIu64, value);
    else
        put(g, pick(g, 2) ? "0x%" PRIx64 : "0X%" PRIX64, value);
    return value;
}

static uint64_t number_term(struct generator *g)
{
    const struct source *source = &sources[pick(g, COUNT(sources))];
    const char *op = ops[pick(g, COUNT(ops))];
    uint64_t set = 0;
    long double value;
    unsigned i;

    put(g, "%s", source->name);
    space(g);
    put(g, "%s", op);
    space(g);
    value = put_value(g, source->name);
    for (i = 0; i < RECORDS; i++)
        if ((g->records[i].have & source->bit) &&
            naive_compare(source->get(&g->records[i]), op, value))
            set |= UINT64_C(1) << i;
    return set;
}

static uint64_t text_term(struct generator *g)
{
    const char *text = texts[pick(g, COUNT(texts))];
    bool reason = pick(g, 2), negate = pick(g, 2);
    char quote = strchr(text, '"') ? '\'' : '"';
    uint64_t set = 0;
    unsigned i;

    put(g, "%s%s%c%s%c",
        reason       ? "reason"
        : pick(g, 2) ? "comm"
                     : "COMM",
        negate ? "!=" : "==", quote, text, quote);
    for (i = 0; i < RECORDS; i++) {
        const struct tp_record *r = &g->records[i];

        if ((r->have & (reason ? TP_BIT(REASON) : TP_BIT(COMM))) &&
            negate == (strcmp(reason ? r->reason.bytes : r->comm.bytes, text) != 0))
            set |= UINT64_C(1) << i;
    }
    return set;
}

enum which { SOURCE_END = 1, PEER_END = 2 };

static uint64_t port_term(struct generator *g)
{
    const char *op = ops[pick(g, COUNT(ops))];
    uint16_t port = ports[pick(g, COUNT(ports))];
    unsigned i, form = pick(g, 5), which = form < 2 ? 3 : form & 1 ? SOURCE_END : PEER_END;
    const char *end = which == SOURCE_END ? "src" : "dst";
    uint64_t set = 0;

    if (form < 2 || (form < 4 && pick(g, 2))) {
        op = "==";
        put(g, which == 3 ? "%sport %u" : "%s port %u", which == 3 ? "" : end, port);
    } else {
        put(g, "%cport%s%u", *end, op, port);
    }
    for (i = 0; i < RECORDS; i++) {
        const struct tp_record *r = &g->records[i];

        if (r->has_key &&
            (((which & SOURCE_END) && naive_compare(r->key.port[r->local], op, port)) ||
             ((which & PEER_END) && naive_compare(r->key.port[!r->local], op, port))))
            set |= UINT64_C(1) << i;
    }
    return set;
}

/* Bit by bit. */
static bool naive_inside(const uint8_t addr[16], const uint8_t net[16], unsigned prefix)
{
    static const uint8_t v4[12] = {[10] = 0xff, [11] = 0xff};
    unsigned i;

    if (prefix < 96 && memcmp(addr, v4, 12) == 0)
        return false;
    for (i = 0; i < prefix; i++)
        if ((addr[i / 8] ^ net[i / 8]) >> (7 - i % 8) & 1)
            return false;
    return true;
}

/* Writes addresses[a]/prefix in one of its spellings, and leaves in net what it stands for. */
static unsigned put_net(struct generator *g, uint8_t net[16], bool host)
{
    unsigned a = pick(g, COUNT(addresses)), prefix = 128, i;
    bool v4, as_v4, bracket = pick(g, 4) == 0;
    char text[64];

    get_address(net, a);
    v4 = IN6_IS_ADDR_V4MAPPED((const struct in6_addr *)(const void *)net);
    if (!host)
        prefix = v4 ? 96 + pick(g, 33) : pick(g, 129);
    for (i = prefix; i < 128; i++)
        net[i / 8] &= (uint8_t) ~(0x80 >> i % 8);
    as_v4 = v4 && pick(g, 2);
    inet_ntop(as_v4 ? AF_INET : AF_INET6, as_v4 ? net + 12 : net, text, sizeof text);
    put(g, bracket ? "[%s]" : "%s", text);
    if (!host)
        put(g, "/%u", as_v4 ? prefix - 96 : prefix);
    return prefix;
}

static uint64_t net_term(struct generator *g)
{
    static const char *const forms[] = {
        "host ", "net ",    "src host ", "dst host ", "src net ",  "dst net ",  "src ",
        "dst ",  "saddr==", "daddr ==",  "saddr!= ",  "daddr != ", "saddrv6==", "daddrv6!="};
    const char *form = forms[pick(g, COUNT(forms))];
    bool host = strstr(form, "host") || (!strstr(form, "net") && pick(g, 2));
    bool negate = strchr(form, '!') != NULL;
    unsigned i, prefix, which = *form == 's' ? SOURCE_END : *form == 'd' ? PEER_END : 3;
    uint64_t set = 0;
    uint8_t net[16];

    put(g, "%s", form);
    prefix = put_net(g, net, host);
    for (i = 0; i < RECORDS; i++) {
        const struct tp_record *r = &g->records[i];
        bool source = naive_inside(r->key.addr[r->local], net, prefix);
        bool peer = naive_inside(r->key.addr[!r->local], net, prefix);

        if (r->has_key &&
            negate != (((which & SOURCE_END) && source) || ((which & PEER_END) && peer)))
            set |= UINT64_C(1) << i;
    }
    return set;
}

static uint64_t kind_term(struct generator *g)
{
    unsigned kind = pick(g, TP_KIND_COUNT), form = pick(g, 3), i;
    static const char *const forms[] = {"", "event==", "event != "};
    uint64_t set = 0;

    put(g, "%s%s", forms[form], tp_kind_name((enum tp_kind)kind));
    for (i = 0; i < RECORDS; i++)
        if ((g->records[i].kind == kind) == (form < 2))
            set |= UINT64_C(1) << i;
    return set;
}

static uint64_t family_term(struct generator *g)
{
    bool negate = pick(g, 2), v6 = pick(g, 2);
    uint64_t set = 0;
    unsigned i;

    put(g, "family %s AF_INET%s", negate ? "!=" : "==", v6 ? "6" : "");
    for (i = 0; i < RECORDS; i++) {
        const struct tp_record *r = &g->records[i];
        char text[INET6_ADDRSTRLEN];

        inet_ntop(AF_INET6, r->key.addr[r->local], text, sizeof text);
        if (r->has_key && negate != (v6 != (strncmp(text, "::ffff:", 7) == 0)))
            set |= UINT64_C(1) << i;
    }
    return set;
}

/* --- groups ---------------------------------------------------------------------------------- */

static uint64_t any_of(struct generator *g, unsigned depth);

static uint64_t one(struct generator *g, unsigned depth)
{
    static uint64_t (*const terms[])(struct generator *) = {number_term, text_term, port_term,
                                                            net_term,    kind_term, family_term};
    uint64_t set;
    unsigned choice = depth ? pick(g, 6) : 5;

    space(g);
    if (choice == 0) {
        put(g, "%s", pick(g, 2) ? "!" : "not ");
        set = ~one(g, depth - 1);
    } else if (choice < 3) {
        put(g, "(");
        set = any_of(g, depth - 1);
        put(g, ")");
    } else {
        set = terms[pick(g, COUNT(terms))](g);
        g->terms -= g->terms > 0;
    }
    space(g);
    return set;
}

static uint64_t all_of(struct generator *g, unsigned depth)
{
    uint64_t set = one(g, depth);

    while (g->terms && pick(g, 3) == 0) {
        put(g, "%s", pick(g, 2) ? "&&" : " and ");
        set &= one(g, depth);
    }
    return set;
}

static uint64_t any_of(struct generator *g, unsigned depth)
{
    uint64_t set = all_of(g, depth);

    while (g->terms && pick(g, 3) == 0) {
        put(g, "%s", pick(g, 2) ? "||" : " or ");
        set |= all_of(g, depth);
    }
    return set;
}

/* --- checks ---------------------------------------------------------------------------------- */

static bool same_tree(const struct tp_filter *a, uint32_t i, const struct tp_filter *b, uint32_t j)
{
    const struct tp_node *m = &a->nodes[i], *n = &b->nodes[j];

    if (m->type != n->type || m->op != n->op || m->end != n->end || m->field != n->field)
        return false;
    if (m->type == TP_NODE_TEXT)
        return m->text.length == n->text.length &&
               memcmp(m->text.bytes, n->text.bytes, m->text.length) == 0;
    if (m->type == TP_NODE_NET)
        return memcmp(&m->net, &n->net, sizeof m->net) == 0;
    if (m->type > TP_NODE_NOT)
        return m->number == n->number && m->bias == n->bias;
    for (i = m->child, j = n->child; i != TP_NODE_NONE && j != TP_NODE_NONE;
         i = a->nodes[i].next, j = b->nodes[j].next)
        if (!same_tree(a, i, b, j))
            return false;
    return i == j;
}

static void check_set(const struct generator *g, const char *expression,
                      const struct tp_filter *filter, uint64_t expected)
{
    uint64_t set = 0;
    unsigned i;

    for (i = 0; i < RECORDS; i++)
        set |= (uint64_t)tp_filter_match(filter, &g->records[i]) << i;
    if (set != expected)
        fail_msg("%s\nmatched %#" PRIx64 ", expected %#" PRIx64, expression, set, expected);
}

static void check_expression(const struct generator *g, uint64_t expected)
{
    struct tp_error error = TP_ERROR_INIT;
    struct tp_filter *filter, *again;
    char *text, *text_again;

    if (tp_filter_parse(&filter, g->text, &error))
        fail_msg("%s: column %u: %s", g->text, error.column, error.text);
    check_set(g, g->text, filter, expected);
    text = tp_filter_text(filter);
    if (tp_filter_parse(&again, text, &error))
        fail_msg("%s: column %u: %s", text, error.column, error.text);
    check_set(g, text, again, expected);
    text_again = tp_filter_text(again);
    assert_string_equal(text, text_again);
    if (!same_tree(filter, filter->root, again, again->root))
        fail_msg("%s\nis another tree than\n%s", text, g->text);
    assert_true(tp_filter_fields(filter) == tp_filter_fields(again));
    tp_filter_free(filter);
    tp_filter_free(again);
    free(text);
    free(text_again);
}

static void test_random(void **state)
{
    struct generator *g = calloc(1, sizeof *g);
    unsigned i, j, some = 0;
    uint64_t expected;

    (void)state;
    assert_non_null(g);
    g->random = 20;
    for (i = 0; i < EXPRESSIONS; i++) {
        if (i % 100 == 0)
            for (j = 0; j < RECORDS; j++)
                make_record(g, &g->records[j]);
        g->length = 0;
        g->terms = 1 + pick(g, 12);
        expected = any_of(g, 5);
        check_expression(g, expected);
        some += expected != 0 && expected != UINT64_MAX;
    }
    assert_true(some > EXPRESSIONS / 2); /* most expressions tell records apart */
    free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random)};

    return cmocka_run_group_tests_name("filter_random", tests, NULL, NULL);
}
