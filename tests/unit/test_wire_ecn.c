/* test_wire_ecn.c: marks of congestion, echoed or counted. */
#include "wire_script.h"

#define OFFER  "0 > SEWX 0 win 64000 mss 1000 sackok ws 7"
#define ACCEPT "40 < SW 0 ack 1 win 64000 mss 1000 sackok ws 7"

static enum tp_accecn accecn(const struct script *script)
{
    return (enum tp_accecn)tp_connection_handshake(script->connection)->accecn;
}

static void test_a_counter(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, OFFER, ACCEPT, "40.1 > W 1 ack 1 win 500 | ce=0",
           /* 5 means none; 7 two more, and 1 after it, another two. */
           "50 > EX 1 len 1000 ack 1 win 500 | ce=0", "51 > EX 1001 len 1000 ack 1 win 500",
           "52 > EX 2001 len 1000 ack 1 win 500", "90 < EX 1 ack 1001 win 500 | ce=0",
           "91 < EWX 1 ack 2001 win 500 | ce=2", "92 < E 1 ack 3001 win 500 | ce=2",
           /* One that was overtaken, and one that brings no news. */
           "93 < EWX 1 ack 2001 win 500 | ce=0", "94 < W 1 ack 3001 win 500 | ce=0",
           "95 > EX 3001 len 1000 ack 1 win 500 | ce=0", "135 < W 1 ack 4001 win 500 | ce=1");
    assert_int_equal(accecn(&script), TP_ACCECN_ON);
    assert_int_equal(script_trouble(&script, 0)->ce_reported, 5);
    assert_int_equal(script_trouble(&script, 1)->ce_reported, 0);
    assert_int_equal(script_trouble(&script, 0)->ece, 0);
    assert_int_equal(script_trouble(&script, 0)->cwr, 0);
    assert_int_equal(script_trouble(&script, 1)->ece, 0);
    assert_int_equal(script_trouble(&script, 1)->cwr, 0);
    script_end(&script);
}

/* Data that bring no ACK of new ones have news of their own. */
static void test_counted_by_data(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, OFFER, ACCEPT, "40.1 > W 1 ack 1 win 500",
           "50 < EX 1 len 1000 ack 1 win 500 | ce=0", "51 < EWX 1001 len 1000 ack 1 win 500 | ce=2",
           "52 < EX 1 len 1000 ack 1 win 500 | retransmission again=1000 ce=0 cause=unknown");
    assert_int_equal(script_trouble(&script, 0)->ce_reported, 2);
    script_end(&script);
}

/* The packet that ends the handshake says what became of the SYN-ACK. */
static void test_a_marked_syn_ack(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, OFFER, ACCEPT, "40.1 > WX 1 ack 1 win 500 | ce=1",
           "40.2 > WX 1 ack 1 win 500 | ce=0", "50 > WX 1 len 1000 ack 1 win 500 | ce=0",
           "90 < EX 1 ack 1001 win 500 | ce=0");
    assert_int_equal(script_trouble(&script, 1)->ce_reported, 1);
    script_end(&script);
}

static const struct answer {
    const char *offer, *answer;
    enum tp_accecn is;
} answers[] = {
    {"SEWX", "SW", TP_ACCECN_ON},        {"SEWX", "SEW", TP_ACCECN_ON},
    {"SEWX", "SX", TP_ACCECN_ON},        {"SEWX", "SWX", TP_ACCECN_ON},
    {"SEWX", "SEX", TP_ACCECN_ON}, /* reserved, and to be taken so */
    {"SEWX", "SE", TP_ACCECN_REFUSED},   {"SEWX", "S", TP_ACCECN_REFUSED},
    {"SEWX", "SEWX", TP_ACCECN_REFUSED}, {"SEW", "SE", TP_ACCECN_REFUSED},
    {"SEW", "SEX", TP_ACCECN_REFUSED},   {"SEW", "SW", TP_ACCECN_REFUSED},
    {"S", "S", TP_ACCECN_REFUSED},       {NULL, "SW", TP_ACCECN_ON},
    {NULL, "SE", TP_ACCECN_REFUSED},     {NULL, "SEX", TP_ACCECN_REFUSED},
    {"SEWX", NULL, TP_ACCECN_OFFERED},
};

static void test_answers(void **state)
{
    char line[80];
    struct script script;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof answers / sizeof *answers; i++) {
        const struct answer *a = &answers[i];

        script_begin(&script, 0, 0);
        if (a->offer) {
            snprintf(line, sizeof line, "0 > %s 0 win 64000 mss 1000", a->offer);
            script_run(&script, (const char *const[]){line, NULL});
        }
        if (a->answer) {
            snprintf(line, sizeof line, "1 < %s 0 ack 1 win 64000 mss 1000", a->answer);
            script_run(&script, (const char *const[]){line, NULL});
        }
        if (accecn(&script) != a->is)
            fail_msg("%s, %s: %d", a->offer ? a->offer : "-", a->answer ? a->answer : "-",
                     accecn(&script));
        script_end(&script);
    }
}

/* Without the handshake: AE or the option tells, and what was taken for an echo is taken back. */
static void test_without_a_handshake(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, "0 > E 1 len 1000 ack 1 win 500 | ce=1",
           "1 > E 1001 len 1000 ack 1 win 500 accecn | ce=0",
           "2 > W 2001 len 1000 ack 1 win 500 | ce=1", "40 < EX 1 ack 2001 win 500 | ce=0",
           "41 < WX 1 ack 3001 win 500 | ce=1");
    assert_int_equal(accecn(&script), TP_ACCECN_ON);
    assert_int_equal(script_trouble(&script, 0)->ece, 0);
    assert_int_equal(script_trouble(&script, 1)->ce_reported, 1);
    assert_int_equal(script_trouble(&script, 0)->ce_reported, 1);
    script_end(&script);

    /* Only the client's packets. */
    script_begin(&script, 0, 0);
    SCRIPT(&script, OFFER, "40.1 > W 1 ack 1 win 500 | ce=0",
           "50 > EX 1 len 1000 ack 1 win 500 | ce=0",
           "99 > EWX 1001 len 1000 ack 2001 win 500 | ce=2");
    assert_int_equal(accecn(&script), TP_ACCECN_ON);
    script_end(&script);
}

static void test_echoes(void **state)
{
    struct script script;

    (void)state;
    script_begin(&script, 0, 0);
    SCRIPT(&script, "0 > SEW 0 win 64000 mss 1000 sackok ws 7",
           "40 < SE 0 ack 1 win 64000 mss 1000 sackok ws 7", "40.1 > . 1 ack 1 win 500",
           "50 > . 1 len 1000 ack 1 win 500", "90 < E 1 ack 1001 win 500 | ce=1",
           "91 > W 1001 len 1000 ack 1 win 500", "131 < E 1 ack 2001 win 500 | ce=1",
           "132 < E 1 ack 2001 win 400 | window_update ce=1");
    assert_int_equal(accecn(&script), TP_ACCECN_REFUSED);
    assert_int_equal(script_trouble(&script, 1)->ece, 3);
    assert_int_equal(script_trouble(&script, 0)->cwr, 1);
    assert_int_equal(script_trouble(&script, 0)->ce_reported, 0);
    script_end(&script);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_counter),           cmocka_unit_test(test_counted_by_data),
        cmocka_unit_test(test_a_marked_syn_ack),    cmocka_unit_test(test_answers),
        cmocka_unit_test(test_without_a_handshake), cmocka_unit_test(test_echoes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
