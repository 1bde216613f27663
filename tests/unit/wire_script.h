/* wire_script.h: connections as scripts, one line a packet, and what is said of it.
 *
 *     "10.5 < SA 0 ack 1 win 65535 mss 1460 sackok ws 7 | cause=.."
 *
 * Milliseconds, > from end 0 or < from end 1, flags (S F R P U E W=CWR X=AE N=CE; . none; ACK is
 * set by `ack`), the number, relative to the direction's ISN, then words: len N, ack N, win N
 * (field), mss N, ws N, sackok, sack A-B,C-D, ts VAL ECR, id N, ttl N, if N, net N, cap N (captured
 * payload), dss and addr (options of MPTCP), accecn. After the bar stand all findings by name, and
 * KEY=VALUE for what is to be compared: cause, evidence, sure, new, again, segs, acked, sacked,
 * dups, unseen, of, seq, ack, win, out, pipe (both of the data of the packet's end), pout, ppipe
 * (of its peer's), rtt:SOURCE (ms). A cause that is not named must be none.
 */
#ifndef TCPPROBE_TESTS_WIRE_SCRIPT_H
#define TCPPROBE_TESTS_WIRE_SCRIPT_H

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <tcpprobe/wire.h>

#include "flow_maker.h"

struct script {
    struct tp_wires *wires;
    struct tp_connection *connection;
    uint32_t isn[2];
    uint64_t frame;
    struct tp_meaning meaning; /* of the last packet */
};

static inline void script_begin(struct script *script, uint32_t isn0, uint32_t isn1)
{
    *script = (struct script){.isn = {isn0, isn1}};
    script->wires = tp_wires_new(NULL, NULL);
    assert_non_null(script->wires);
    script->connection = tp_connection_new(script->wires);
    assert_non_null(script->connection);
}

static inline void script_end(struct script *script)
{
    tp_connection_free(script->connection);
    tp_wires_free(script->wires);
}

static inline const struct tp_wire *script_wire(const struct script *script, unsigned end)
{
    return tp_connection_wire(script->connection, end);
}

static inline const struct tp_wire_trouble *script_trouble(const struct script *script,
                                                           unsigned end)
{
    static const struct tp_wire_trouble none;
    const struct tp_wire *wire = script_wire(script, end);

    assert_non_null(wire);
    return wire->trouble ? wire->trouble : &none;
}

static inline long script_number(const char *line)
{
    const char *word = strtok(NULL, " ");

    if (!word)
        fail_msg("a number is missing: %s", line);
    return strtol(word, NULL, 0);
}

static inline unsigned script_flags(const char *word, uint8_t *tos)
{
    static const char letters[] = "FSRPAUEWX";
    unsigned flags = 0;

    for (; *word; word++) {
        const char *letter = strchr(letters, *word);

        if (*word == 'N')
            *tos = 3;
        else if (letter && *letter)
            flags |= 1U << (letter - letters);
    }
    return flags;
}

static inline void script_sack(struct tp_record *packet, char *blocks, uint32_t isn)
{
    uint32_t *edge = packet->sack.edge[0];

    packet->have |= TP_BIT(SACK);
    packet->options |= TP_OPTION_SACK;
    for (; *blocks; edge += 2, packet->sack.count++) {
        assert_true(packet->sack.count < TP_SACK_BLOCKS);
        edge[0] = isn + (uint32_t)strtoul(blocks, &blocks, 10);
        assert_int_equal(*blocks++, '-');
        edge[1] = isn + (uint32_t)strtoul(blocks, &blocks, 10);
        blocks += *blocks == ',';
    }
}

static inline void script_word(const struct script *script, struct tp_record *packet,
                               const char *word, unsigned end, const char *line)
{
#define SCRIPT_FIELD(NAME, ID, member, type)                                                       \
    if (strcmp(word, NAME) == 0) {                                                                 \
        packet->member = (type)script_number(line);                                                \
        packet->have |= TP_BIT(ID);                                                                \
        return;                                                                                    \
    }
    SCRIPT_FIELD("win", WINDOW, window, uint16_t)
    SCRIPT_FIELD("id", IP_ID, ip_id, uint16_t)
    SCRIPT_FIELD("ttl", TTL, ttl, uint8_t)
    SCRIPT_FIELD("if", IFACE, iface, uint32_t)
    SCRIPT_FIELD("net", NETWORK, network, uint32_t)
    SCRIPT_FIELD("cap", CAPTURED, captured, uint32_t)
    SCRIPT_FIELD("len", PAYLOAD, payload, uint32_t)
#undef SCRIPT_FIELD
    if (strcmp(word, "ack") == 0) {
        packet->ack = script->isn[1 - end] + (uint32_t)script_number(line);
        packet->flags |= TP_TCP_ACK;
        packet->have |= TP_BIT(ACK);
    } else if (strcmp(word, "mss") == 0) {
        packet->mss = (uint16_t)script_number(line);
        packet->have |= TP_BIT(MSS);
        packet->options |= TP_OPTION_MSS;
    } else if (strcmp(word, "ws") == 0) {
        packet->wscale = (uint8_t)script_number(line);
        packet->have |= TP_BIT(WSCALE);
        packet->options |= TP_OPTION_WSCALE;
    } else if (strcmp(word, "sackok") == 0) {
        packet->options |= TP_OPTION_SACK_OK;
    } else if (strcmp(word, "dss") == 0) {
        packet->options |= TP_OPTION_MPTCP;
    } else if (strcmp(word, "addr") == 0) {
        packet->options |= TP_OPTION_MPTCP | TP_OPTION_MPTCP_SIGNAL;
    } else if (strcmp(word, "accecn") == 0) {
        packet->options |= TP_OPTION_ACCECN;
    } else if (strcmp(word, "sack") == 0) {
        script_sack(packet, strtok(NULL, " "), script->isn[1 - end]);
    } else if (strcmp(word, "ts") == 0) {
        packet->tsval = (uint32_t)script_number(line);
        packet->tsecr = (uint32_t)script_number(line);
        packet->have |= TP_BIT(TSVAL) | TP_BIT(TSECR);
        packet->options |= TP_OPTION_TS;
    } else {
        fail_msg("unknown word %s: %s", word, line);
    }
}

/* The packet of a line up to its bar. */
static inline struct tp_record script_packet(struct script *script, const char *line, unsigned *end)
{
    struct tp_record packet = make(TP_KIND_PACKET, 0, 1, 1000, 2, 2000);
    char words[512], *bar, *word;

    snprintf(words, sizeof words, "%s", line);
    bar = strchr(words, '|');
    if (bar)
        *bar = '\0';
    packet.ts_ns = (int64_t)llround(atof(strtok(words, " ")) * 1e6) + SEC;
    *end = *strtok(NULL, " ") == '<';
    packet.local = (uint8_t)*end;
    packet.flags = (uint16_t)script_flags(strtok(NULL, " "), &packet.tos);
    packet.seq = script->isn[*end] + (uint32_t)script_number(line);
    packet.frame = ++script->frame;
    packet.have = TP_BIT(FLAGS) | TP_BIT(SEQ) | TP_BIT(PAYLOAD) | TP_BIT(FRAME) | TP_BIT(TOS) |
                  TP_BIT(OPTIONS);
    while ((word = strtok(NULL, " ")) != NULL)
        script_word(script, &packet, word, *end, line);
    return packet;
}

static inline int script_finding(const char *name)
{
    int i;

    for (i = 0; i < TP_FINDING_COUNT; i++)
        if (strcmp(tp_findings[i].name, name) == 0)
            return i;
    return -1;
}

static inline double script_rtt(const struct tp_meaning *meaning, const char *source)
{
    static const char *const names[] = {"handshake", "ack", "sack", "ts"};
    unsigned i;

    for (i = 0; i < meaning->rtt_count; i++)
        if (strcmp(names[meaning->rtt[i].source], source) == 0)
            return (double)meaning->rtt[i].rtt_ns / 1e6;
    return -1;
}

static inline void script_compare(const struct tp_meaning *meaning, const char *key,
                                  const char *value, const char *line)
{
    const struct tp_flight *own = &meaning->flight[meaning->end];
    const struct tp_flight *peer = &meaning->flight[1 - meaning->end];
    const struct {
        const char *key;
        uint64_t number;
    } numbers[] = {
        {"new", meaning->new_bytes},
        {"again", meaning->again_bytes},
        {"segs", meaning->segs},
        {"again_segs", meaning->again_segs},
        {"acked", meaning->acked_bytes},
        {"sacked", meaning->sacked_bytes},
        {"dups", meaning->dup_acks},
        {"unseen", meaning->unseen_bytes},
        {"of", meaning->of_frame},
        {"seq", meaning->seq},
        {"ack", meaning->ack},
        {"win", meaning->window_bytes},
        {"out", own->outstanding_bytes},
        {"pipe", own->pipe_bytes},
        {"pout", peer->outstanding_bytes},
        {"ppipe", peer->pipe_bytes},
        {"known", own->known},
        {"pknown", peer->known},
        {"proof", meaning->proof_begin},
        {"is_data", meaning->is_data},
        {"has_win", meaning->has_window},
        {"at_least", meaning->window_at_least},
        {"rtts", meaning->rtt_count},
        {"ce", meaning->ce_reports},
    };
    const struct {
        const char *key, *text;
    } texts[] = {
        {"cause", tp_cause_name((enum tp_cause)meaning->cause)},
        {"evidence", tp_evidence_name((enum tp_evidence)meaning->evidence)},
        {"sure", tp_confidence_name((enum tp_confidence)meaning->confidence)},
    };
    size_t i;

    if (strncmp(key, "rtt:", 4) == 0) {
        if (fabs(script_rtt(meaning, key + 4) - atof(value)) > 1e-6)
            fail_msg("%s is %g: %s", key, script_rtt(meaning, key + 4), line);
        return;
    }
    for (i = 0; i < sizeof texts / sizeof *texts; i++)
        if (strcmp(texts[i].key, key) == 0) {
            if (strcmp(texts[i].text, value) != 0)
                fail_msg("%s is %s: %s", key, texts[i].text, line);
            return;
        }
    for (i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (strcmp(numbers[i].key, key) == 0) {
            if (numbers[i].number != strtoull(value, NULL, 10))
                fail_msg("%s is %" PRIu64 ": %s", key, numbers[i].number, line);
            return;
        }
    fail_msg("unknown key %s: %s", key, line);
}

static inline void script_judge(const struct tp_meaning *meaning, const char *line)
{
    const char *bar = strchr(line, '|');
    uint64_t wanted = 0;
    char words[512] = "", *word, *equal;
    bool cause = false;
    int i;

    if (bar)
        snprintf(words, sizeof words, "%s", bar + 1);
    for (word = strtok(words, " "); word; word = strtok(NULL, " ")) {
        if ((equal = strchr(word, '=')) != NULL) {
            *equal = '\0';
            cause |= strcmp(word, "cause") == 0;
            script_compare(meaning, word, equal + 1, line);
        } else {
            i = script_finding(word);
            if (i < 0)
                fail_msg("unknown finding %s: %s", word, line);
            wanted |= UINT64_C(1) << i;
        }
    }
    for (i = 0; i < TP_FINDING_COUNT; i++)
        if ((meaning->findings ^ wanted) >> i & 1)
            fail_msg("%s %s: %s", tp_findings[i].name,
                     meaning->findings >> i & 1 ? "is found" : "is not found", line);
    if (!cause && meaning->cause != TP_CAUSE_NONE)
        fail_msg("cause is %s: %s", tp_cause_name((enum tp_cause)meaning->cause), line);
}

/* Lines up to NULL. */
static inline void script_run(struct script *script, const char *const *lines)
{
    struct tp_record packet;
    unsigned end;

    for (; *lines; lines++) {
        packet = script_packet(script, *lines, &end);
        assert_int_equal(tp_connection_add(script->connection, &packet, end, &script->meaning), 0);
        script_judge(&script->meaning, *lines);
    }
}

#define SCRIPT(script, ...)                                                                        \
    do {                                                                                           \
        static const char *const lines_[] = {__VA_ARGS__, NULL};                                   \
        script_run(script, lines_);                                                                \
    } while (0)

/* A handshake of 40 ms, captured beside end 0, with what Linux asks for; MSS 1000 so that numbers
 * are easy to read. */
#define SCRIPT_HANDSHAKE                                                                           \
    "0 > S 0 win 64000 mss 1000 sackok ws 7", "40 < S 0 ack 1 win 64000 mss 1000 sackok ws 7",     \
        "40.1 > . 1 ack 1 win 500"

#endif
