/* test_wire_ordinary.c: ordinary packets, taken the short way (src/wire/ordinary.c), leave behind
 * what the long way leaves: every capture of the tests is followed both ways at once. */
#include <glob.h>
#include <stdlib.h>

#include <tcpprobe/flow.h>
#include <tcpprobe/pass.h>

#include "wire_script.h"
#include "wire_ways.h"

struct both {
    struct tp_wires *wires[2]; /* the second takes the long way only */
    struct tp_flow_table *table;
    uint64_t packets, plain; /* plain: with ACK and at most PSH, and no SACK */
};

struct pair {
    struct tp_connection *way[2];
};

static void free_pair(void *context, struct tp_flow *flow)
{
    struct pair *pair = flow->data;

    (void)context;
    if (!pair)
        return;
    tp_connection_free(pair->way[0]);
    tp_connection_free(pair->way[1]);
    free(pair);
    flow->data = NULL;
}

static struct both begin(size_t segment_budget)
{
    const struct tp_wires_options options = {.segment_budget = segment_budget};
    struct both both = {.table = tp_flow_table_new(100000, free_pair, NULL)};

    assert_non_null(both.table);
    for (unsigned way = 0; way < 2; way++) {
        both.wires[way] = tp_wires_new(&options, NULL);
        assert_non_null(both.wires[way]);
    }
    both.wires[1]->long_way = true;
    return both;
}

static void end(struct both *both)
{
    struct tp_flow *flow;

    for (flow = tp_flow_table_newest(both->table); flow; flow = tp_flow_table_older(flow))
        free_pair(NULL, flow);
    tp_flow_table_free(both->table);
    assert_int_equal(both->wires[1]->ordinary, 0);
    tp_wires_free(both->wires[0]);
    tp_wires_free(both->wires[1]);
}

static struct pair *pair_of(struct both *both, struct tp_flow *flow)
{
    struct pair *pair = flow->data;

    if (pair)
        return pair;
    pair = flow->data = calloc(1, sizeof *pair);
    assert_non_null(pair);
    for (unsigned way = 0; way < 2; way++) {
        pair->way[way] = tp_connection_new(both->wires[way]);
        assert_non_null(pair->way[way]);
    }
    return pair;
}

static void add(struct both *both, const struct tp_record *packet, const char *where)
{
    struct tp_error error = TP_ERROR_INIT;
    struct tp_meaning meaning[2];
    struct tp_flow *flow;
    struct pair *pair;
    const char *what;
    unsigned side;

    assert_int_equal(tp_flow_table_find(both->table, packet, &flow, &side, &error), 0);
    if (!flow)
        return;
    pair = pair_of(both, flow);
    memset(meaning, 0, sizeof meaning);
    for (unsigned way = 0; way < 2; way++)
        assert_int_equal(tp_connection_add(pair->way[way], packet, side, &meaning[way]), 0);
    both->packets++;
    both->plain += (packet->flags & ~TP_TCP_PSH) == TP_TCP_ACK && !TP_HAS(packet, SACK);
    what = ways_differ(pair->way[0], pair->way[1], &meaning[0], &meaning[1]);
    if (what)
        fail_msg("%s: packet %" PRIu64 " of flow %u: %s differs", where, both->packets, flow->id,
                 what);
}

static void follow(struct both *both, const char *path)
{
    struct tp_error error = TP_ERROR_INIT;
    const struct tp_record *record;
    struct tp_pass *pass;
    int rc;

    if (tp_pass_open(&pass, &path, 1, NULL, &error) < 0)
        fail_msg("%s: %s", path, error.text);
    while ((rc = tp_pass_next(pass, &record, &error)) == 1)
        if (record->kind == TP_KIND_PACKET)
            add(both, record, path);
    assert_int_equal(rc, 0);
    tp_pass_close(pass);
}

static size_t find(glob_t *found)
{
    assert_int_equal(glob("samples/*.pcap.gz", 0, NULL, found), 0);
    assert_int_equal(glob("tests/data/*/*.pcap", GLOB_APPEND, NULL, found), 0);
    assert_int_equal(glob("tests/data/*/*.pcap.gz", GLOB_APPEND, NULL, found), 0);
    assert_int_equal(glob("tests/data/*/*.pcapng.gz", GLOB_APPEND, NULL, found), 0);
    return found->gl_pathc;
}

/* In the test of a budget flights are taken from those who sent nothing for longest. */
static void follow_all(size_t segment_budget, unsigned every)
{
    uint64_t packets = 0, plain = 0, ordinary = 0;
    glob_t found;
    size_t i, count = find(&found);

    assert_true(count > 50);
    for (i = 0; i < count; i += every) {
        struct both both = begin(segment_budget);

        follow(&both, found.gl_pathv[i]);
        packets += both.packets;
        plain += both.plain;
        ordinary += both.wires[0]->ordinary;
        end(&both);
    }
    globfree(&found);
    print_message("# %" PRIu64 " packets, %" PRIu64 " plain, %" PRIu64 " ordinary\n", packets,
                  plain, ordinary);
    assert_true(ordinary > plain / 2);
}

static void test_every_capture_both_ways(void **state)
{
    (void)state;
    follow_all(0, 1);
}

static void test_with_little_memory_for_flights(void **state)
{
    (void)state;
    follow_all(2000, 4);
}

/* --- which packets are ordinary ones ---------------------------------------------------------- */

/* Was the last packet of a healthy connection's one? */
static bool is_ordinary(const char *const *lines)
{
    struct script script;
    uint64_t before = 0;

    script_begin(&script, 0, 0);
    SCRIPT(&script, SCRIPT_HANDSHAKE, "50 > . 1 len 1000 ack 1 win 500",
           "90 < . 1 ack 1001 win 500 | rtt:ack=40");
    for (; *lines; lines++) {
        const char *const line[] = {*lines, NULL};

        before = script.wires->ordinary;
        script_run(&script, line);
    }
    before = script.wires->ordinary - before;
    script_end(&script);
    return before == 1;
}

#define IS_ORDINARY(...) is_ordinary((const char *const[]){__VA_ARGS__, NULL})

static void test_data_and_acks_are(void **state)
{
    (void)state;
    assert_true(IS_ORDINARY("91 > . 1001 len 1000 ack 1 win 500"));
    assert_true(IS_ORDINARY("91 > P 1001 len 1000 ack 1 win 500",
                            "131 < . 1 ack 2001 win 400 | rtt:ack=40"));
    assert_true(IS_ORDINARY("91 > . 1001 len 1000 ack 1 win 500",
                            "131 < P 1 len 10 ack 2001 win 400 | rtt:ack=40"));
    assert_true(IS_ORDINARY("91 > . 1001 len 3000 ack 1 win 500 | offload segs=3",
                            "131 < . 1 ack 2001 win 400 | rtt:ack=40"));
}

static void test_what_is_unusual_is_not(void **state)
{
    (void)state;
    assert_false(IS_ORDINARY("91 > . 2001 len 1000 ack 1 win 500 | hole unseen=1000"));
    assert_false(IS_ORDINARY("91 > F 1001 len 1000 ack 1 win 500"));
    assert_false(IS_ORDINARY("91 < . 1 ack 1001 win 400 | window_update"));
    assert_false(IS_ORDINARY("91 > . 1001 len 1 ack 1 win 500"));
    assert_false(IS_ORDINARY("91 > . 1001 len 1000 ack 1 win 500",
                             "131 < . 1 ack 2001 win 0 | zero_window rtt:ack=40"));
    assert_false(IS_ORDINARY("91 > . 1001 len 1000 ack 1 win 500",
                             "131 < . 1 ack 1001 win 500 | dup_ack dups=1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_capture_both_ways),
        cmocka_unit_test(test_with_little_memory_for_flights),
        cmocka_unit_test(test_data_and_acks_are),
        cmocka_unit_test(test_what_is_unusual_is_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
