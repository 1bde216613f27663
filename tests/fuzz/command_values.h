/* command_values.h: values for the options of every command, by what their help calls them: TIME,
 * EXPR, FILE ... Names come from the tables of the program, so what is added there is tried here.
 *
 * A rule's forms may hold other rules after a $. Now and then a value is one of those that nobody
 * means: control characters, bytes that are no UTF-8, far too much.
 */
#ifndef TCPPROBE_TESTS_COMMAND_VALUES_H
#define TCPPROBE_TESTS_COMMAND_VALUES_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tcpprobe/compare.h>
#include <tcpprobe/explain.h>
#include <tcpprobe/figure.h>
#include <tcpprobe/output.h>
#include <tcpprobe/plot.h>
#include <tcpprobe/socket.h>

#define VALUE_BYTES 512
#define VALUE_DEPTH 5

/* splitmix64 (Steele, Lea and Flood 2014) */
static inline uint64_t pick_number(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static inline size_t pick(uint64_t *state, size_t count)
{
    return count ? (size_t)(pick_number(state) % count) : 0;
}

/* --- names from the program's tables: NULL behind the last one ---------------------------------
 */

static inline const char *value_field(size_t index)
{
    return index < TP_FIELD_COUNT ? tp_fields[index].name : NULL;
}

static inline const char *value_metric(size_t index)
{
    return index < TP_METRIC_IDS ? tp_metrics[index].name : NULL;
}

static inline const char *value_compared(size_t index)
{
    return index < TP_COMPARE_IDS ? tp_compare_metrics[index].name : NULL;
}

static inline const char *value_writer(size_t index)
{
    return index < tp_writer_count ? tp_writers[index]->name : NULL;
}

static inline const char *value_report(size_t index)
{
    return index < tp_report_count ? tp_reports[index]->name : NULL;
}

static inline const char *value_tunnel(size_t index)
{
    return tp_tunnel_name((unsigned)index);
}

static inline const char *value_panel(size_t index)
{
    struct tp_panel_info info;

    return tp_panel_list(index, &info) ? info.name : NULL;
}

static inline const char *value_column(size_t index)
{
    static struct tp_figure_columns *columns; /* for as long as the fuzzer runs */

    if (!columns)
        columns = tp_figure_columns_new(NULL);
    return columns && index < columns->count ? columns->list[index].name : NULL;
}

static inline const char *value_finding(size_t index)
{
    return index < tp_reason_row_count ? tp_reason_rows[index].id : NULL;
}

static inline const char *value_socket(size_t index)
{
    return index < TP_SOCKET_IDS ? tp_socket_rows[index].column.name : NULL;
}

/* --- rules ------------------------------------------------------------------------------------ */

#define VALUE_FORMS 28

static const struct value_rule {
    const char *name;
    const char *(*table)(size_t index);
    const char *forms[VALUE_FORMS];
} value_rules[] = {
    /* what the help of options says */
    {"TIME",
     NULL,
     {"0", "1", "2.5", "10", "100ms", "1min", "@3591.25", "@0", "1e9", "0.000001", "9223372036",
      "99999999999999999999", "-1", "1us", "3h", "2026-11-20T21:23:37Z",
      "2026-11-20T22:23:38.5+01:00", "2026-02-30T00:00:00Z", "$STRANGE"}},
    {"N",
     NULL,
     {"0", "0.25", "1", "2", "3", "8", "100", "65535", "4294967295", "18446744073709551615", "1k",
      "0x10", "-1", "$STRANGE"}},
    {"SIZE",
     NULL,
     {"1", "4096", "16k", "64k", "1M", "1G", "99999999999G", "0", "0.5M", "$STRANGE"}},
    {"BYTES", NULL, {"64", "128", "262144", "63", "$STRANGE"}},
    {"WxH",
     NULL,
     {"480x240", "500x300", "480", "480x2000", "1x1", "99999x99999", "88mm", "40x90mm", "3.5x2.5in",
      "180mm", "88mmx3in", "$STRANGE"}},
    {"KIND", NULL, {"time", "cdf", "tsg", "overview", "$STRANGE"}},
    {"STYLE", NULL, {"paper", "screen", "$STRANGE"}},
    {"NAME,PT", NULL, {"8", "DejaVu Sans", "DejaVu Sans,6", ",8", "Inter,99", "$STRANGE"}},
    {"QUANTITY", NULL, {"snd_cwnd", "srtt", "rate", "cwnd,rate", "wire_inflight", "$STRANGE"}},
    {"QUANTITY=UNIT", NULL, {"snd_cwnd=segs", "cwnd=bytes", "srtt=segs", "=", "$STRANGE"}},
    {"QUANTITY=LOW:HIGH",
     NULL,
     {"snd_cwnd=0:200k", "srtt=20ms:60ms", "rate=0:20M", "rate=1:1e308", "rate=5:1", "$STRANGE"}},
    {"QUANTITY=TEXT", NULL, {"srtt=RTT", "rate=$STRANGE", "$STRANGE"}},
    {"NAME=FILE", NULL, {"a=*", "CUBIC=*.log", "x=", "$STRANGE=*", "$STRANGE"}},
    {"PART", NULL, {"loss", "loss:1", "loss:99", "$TIME..$TIME", "0s..1s", "$STRANGE"}},
    {"P", NULL, {"0.05", "0.5", "0.999", "1e-9", "0", "1", "nan", "$STRANGE"}},
    {"FINDING", value_finding, {"rto", "any", "$FINDING,$FINDING", "$STRANGE"}},
    {"STATUS", NULL, {"0", "1", "3", "2", "$STRANGE"}},
    {"WHAT", NULL, {"any", "regression", "none", "loss", "accept", "service", "peer", "$STRANGE"}},
    {"TABLE",
     NULL,
     {"recordings", "flows", "figures", "findings", "episodes", "bins", "samples", "$STRANGE"}},
    {"LEVEL", NULL, {"note", "warn", "bad", "$STRANGE"}},
    {"THEME", NULL, {"light", "dark", "print", "grey", "$STRANGE"}},
    {"HOW", NULL, {"real", "outline", "clock", "start", "flow", "loss", "$STRANGE"}},
    {"ENGINE", NULL, {"raw", "pipe", "$STRANGE"}},
    {"IFACE", NULL, {"lo", "any", "eth0", "$STRANGE"}},
    {"NAME", NULL, {"cubic", "bbr", "mono", "boot", "x86-tsc", "$STRANGE"}},
    {"TEXT", NULL, {"a title", "$STRANGE"}},
    {"FILE",
     NULL,
     {"$INPUT", "new.json", "new.png", "new.svg", "new.pdf", "new.eps", "new.log", "new.log.gz",
      "-", "$STRANGE"}},
    {"DIR", NULL, {".", "@tracefs", "none", "$STRANGE"}},
    {"FORMAT", NULL, {"$WRITER", "$REPORT", "png", "svg", "pdf", "$STRANGE"}},
    {"COLUMN", value_column, {"-$COLUMN", "$SOCKET", "src", "bytes", "$STRANGE"}},
    {"LIST", NULL, {"$LISTED", "$LISTED,$LIST", "help", "$STRANGE"}},
    {"METRIC=LIMIT", NULL, {"$COMPARED=$LIMIT", "$COMPARED=$LIMIT,$METRIC=LIMIT", "$STRANGE"}},
    {"NAME=EXPR", NULL, {"bulk=$EXPR", "other=dport == 5201", "a b=$EXPR", "$STRANGE=$EXPR"}},
    {"PORT=TUNNEL", NULL, {"$PORT=$TUNNEL", "4789=vxlan", "$STRANGE=$TUNNEL"}},
    {"FLOW",
     NULL,
     {"1", "2", "0", "$ADDRESS", "$ADDRESS:$PORT", ":$PORT", "$FLOW->$FLOW", "$FLOW,$FLOW",
      "[::1]:$PORT", "$STRANGE"}},
    {"EXPR",
     NULL,
     {"$FIELD $IS $NUMBER", "$FIELD $IS $NUMBER", "host $ADDRESS", "port $PORT", "src $ADDRESS",
      "dst port $PORT", "net 10.0.0.0/8", "net ::/0", "$EXPR && $EXPR", "$EXPR || $EXPR",
      "not ($EXPR)", "!$FIELD", "comm ~ \"*i*\"", "state == TCP_ESTABLISHED", "event == tcp_probe",
      "($EXPR)", "$STRANGE"}},
    {"[FILTER]", NULL, {"$EXPR"}},
    /* parts of them */
    {"LISTED",
     NULL,
     {"$METRIC", "$PANEL", "$COMPARED", "listen", "all", "tcp_probe", "tcp/tcp_probe", "-tcp_probe",
      "tcp_*", "*", "$STRANGE"}},
    {"INPUT",
     NULL,
     {"@log", "@pcap", "@pcapng", "@runs.json", "@more.json", "@sockets", "$OWN", "missing"}},
    {"OWN",
     NULL,
     {"a.log", "b.log.gz", "a.pcap", "b.pcap.gz", "a.pcapng", "a.json", "b.json", "c.conf", "-",
      "$STRANGE"}},
    {"LIMIT", NULL, {"10%", "0.05", "50%+0.25", "0%", "1e300%", "$STRANGE"}},
    {"IS", NULL, {"==", "!=", "<", "<=", ">", ">=", "&", "~"}},
    {"NUMBER",
     NULL,
     {"0", "1", "5201", "100k", "1M", "0x12", "18446744073709551615", "-1", "\"cubic*\"", "10ms",
      "$ADDRESS", "$STRANGE"}},
    {"ADDRESS",
     NULL,
     {"10.9.0.1", "10.9.0.2", "127.0.0.1", "::1", "fd00::1", "::ffff:1.2.3.4", "256.1.1.1"}},
    {"PORT", NULL, {"5201", "80", "22", "59126", "0", "65535", "65536"}},
    {"FIELD", value_field, {"$COLUMN", "$SOCKET", "dport", "snd_cwnd"}},
    {"METRIC", value_metric, {NULL}},
    {"SOCKET", value_socket, {NULL}},
    {"COMPARED", value_compared, {NULL}},
    {"WRITER", value_writer, {NULL}},
    {"REPORT", value_report, {NULL}},
    {"TUNNEL", value_tunnel, {NULL}},
    {"PANEL", value_panel, {NULL}},
    {"STRANGE",
     NULL,
     {"",
      " ",
      "-",
      "--",
      "=",
      "\x1b[2J",
      "a\tb\r",
      "\x7f\x01",
      "\xff\xfe",
      "caf\xe9",
      "\xc2\x9b"
      "31m",
      "\xe2\x80\xae"
      "gnp.x",
      "\xed\xa0\x80",
      "\xf4\x90\x80\x80",
      "%s%n%d",
      "\"'`$(x)",
      "&lt;<b>",
      "::error::",
      "# not ok 1",
      "=1+1",
      "a,b\"c",
      "nan",
      "1e999",
      "\xf0\x9f\x98\x80",
      "$LONG"}},
    {"LONG",
     NULL,
     {"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
      "((((((((((((((((((((((((((((((((((((((((", "$LONG$LONG", "\xe2\x82\xac\x1b$LONG"}},
};

#define VALUE_RULES (sizeof value_rules / sizeof *value_rules)

/* The rule with the longest name at the head of text; NULL if there is none. */
static inline const struct value_rule *value_rule(const char *text, size_t length)
{
    const struct value_rule *found = NULL;

    for (size_t i = 0; i < VALUE_RULES; i++) {
        size_t own = strlen(value_rules[i].name);

        if (own <= length && memcmp(value_rules[i].name, text, own) == 0 &&
            (!found || own > strlen(found->name)))
            found = &value_rules[i];
    }
    return found;
}

static inline const char *value_form(const struct value_rule *rule, uint64_t *state)
{
    size_t names = 0, forms = 0, chosen;

    while (rule->table && rule->table(names))
        names++;
    while (forms < VALUE_FORMS && rule->forms[forms])
        forms++;
    if (!forms || (names && pick(state, 4)))
        return rule->table(pick(state, names));
    chosen = pick(state, forms);
    if (strstr(rule->forms[chosen], "$STRANGE") && pick(state, 4)) /* not too often */
        chosen = pick(state, forms);
    return rule->forms[chosen];
}

/* Appends a value of the rule to the text. */
static inline void value_make(const struct value_rule *rule, unsigned depth, uint64_t *state,
                              char text[VALUE_BYTES])
{
    const char *form = value_form(rule, state);
    size_t length = strlen(text), plain;

    while (form && *form && length < VALUE_BYTES - 1) {
        const struct value_rule *part =
            *form == '$' ? value_rule(form + 1, strlen(form + 1)) : NULL;

        if (part && depth < VALUE_DEPTH) {
            value_make(part, depth + 1, state, text);
            form += 1 + strlen(part->name);
        } else if (part) {
            strncat(text, "1", VALUE_BYTES - 1 - length);
            form += 1 + strlen(part->name);
        } else {
            plain = 1 + strcspn(form + 1, "$");
            snprintf(text + length, VALUE_BYTES - length, "%.*s", (int)plain, form);
            form += plain;
        }
        length = strlen(text);
    }
}

#endif
