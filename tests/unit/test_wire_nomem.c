/* test_wire_nomem.c: the Nth allocation of a troubled connection fails, for every N. */
#include "wire_script.h"

#include "nomem.h"

static const char *const LINES[] = {
    "0 > S 0 win 64000 mss 1000 sackok ws 7",
    "40 < S 0 ack 1 win 64000 mss 1000 sackok ws 7",
    "41 > . 1 ack 1 win 500",
    "50 > . 1 len 1000 ack 1 win 500",
    "51 > . 1001 len 9000 ack 1 win 500",
    "52 > . 12001 len 1000 ack 1 win 500",
    "53 > . 11001 len 500 ack 1 win 500",
    "54 > . 14001 len 500 ack 1 win 500",
    "55 > . 16001 len 500 ack 1 win 500",
    "56 > . 18001 len 500 ack 1 win 500",
    "57 > . 20001 len 500 ack 1 win 500",
    "58 > . 20101 len 100 ack 1 win 500",
    "90 < . 1 ack 1 win 500 sack 2001-3001,4001-5001",
    "91 < . 1 ack 1 win 500 sack 6001-7001,2001-3001",
    "92 > . 1 len 1000 ack 1 win 500",
    "93 > . 1501 len 200 ack 1 win 500",
    "132 < . 1 ack 30001 win 0 sack 1-1001",
    "140 > . 30000 ack 1 win 500",
    "150 < P 1 len 5 ack 30001 win 10",
    "151 > . 30001 len 1 ack 6 win 10 id 5",
    "151.1 > . 30001 len 1 ack 6 win 10 id 5",
};

/* Each failure is said once and costs that packet; what follows goes on. */
static void test_every_allocation_fails_once(void **state)
{
    const size_t count = sizeof LINES / sizeof *LINES;
    struct script script = {.frame = 0};
    struct tp_meaning meaning;
    struct tp_record packet;
    unsigned end;
    bool reached = true;
    long n;
    size_t i;
    int rc;

    (void)state;
    for (n = 0; reached; n++) {
        atomic_store(&nomem_left, n);
        script.wires = tp_wires_new(NULL, NULL);
        script.connection = script.wires ? tp_connection_new(script.wires) : NULL;
        for (i = 0; script.connection && i < count; i++) {
            packet = script_packet(&script, LINES[i], &end);
            rc = tp_connection_add(script.connection, &packet, end, &meaning);
            assert_true(rc == 0 || rc == TP_ERR_NOMEM);
            assert_true(meaning.new_bytes + meaning.again_bytes <= packet.payload);
        }
        if (script.connection)
            assert_true(tp_connection_bytes(script.connection) > 0);
        tp_connection_free(script.connection);
        tp_wires_free(script.wires);
        reached = nomem_reached();
        atomic_store(&nomem_left, NOMEM_NEVER);
    }
    assert_true(n > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_allocation_fails_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
