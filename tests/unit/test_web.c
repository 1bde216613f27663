/* test_web.c: viewers and askers of a server, without a server: who waits, who gets what, how many.
 * What is said over HTTP: tests/bats/web.bats. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "web/gate.h"
#include "web/hub.h"

/* How often each connection, which is a number, was paused and resumed. */
static int paused[8], resumed[8];

static void pause_one(void *context, void *connection)
{
    (void)context;
    paused[(intptr_t)connection]++;
}

static void resume_one(void *context, void *connection)
{
    (void)context;
    resumed[(intptr_t)connection]++;
}

static void *number(intptr_t connection)
{
    return (void *)connection;
}

static int open_hub(void **state)
{
    static struct hub hub;

    hub_init(&hub);
    hub.pause = pause_one;
    hub.resume = resume_one;
    memset(paused, 0, sizeof paused);
    memset(resumed, 0, sizeof resumed);
    *state = &hub;
    return 0;
}

static int close_hub(void **state)
{
    hub_release(*state);
    return 0;
}

static void tell(struct hub *hub, uint64_t tick, const char *text)
{
    assert_true(hub_tick(hub, tick, text, strlen(text)));
}

/* All that there is for the viewer, in pieces of that size. */
static const char *read_all(struct hub *hub, struct hub_viewer *viewer, size_t piece)
{
    static char text[1024];
    size_t length = 0;
    ssize_t got;

    while ((got = hub_read(hub, viewer, text + length, piece)) > 0)
        length += (size_t)got;
    text[length] = '\0';
    return got < 0 ? "the end" : text;
}

static void a_viewer_gets_each_tick_once(void **state)
{
    struct hub *hub = *state;
    struct hub_viewer *viewer;

    tell(hub, 1, "one");
    viewer = hub_enter(hub, number(1), UINT64_MAX);
    assert_string_equal(read_all(hub, viewer, 3), "retry: 1000\n\n");
    assert_int_equal(paused[1], 1);
    assert_int_equal(resumed[1], 0);
    tell(hub, 2, "two");
    assert_int_equal(resumed[1], 1);
    assert_string_equal(read_all(hub, viewer, 5), "id: 2\nevent: tick\ndata: two\n\n");
    assert_int_equal(paused[1], 2);
    tell(hub, 3, "three");
    assert_string_equal(read_all(hub, viewer, 1000), "id: 3\nevent: tick\ndata: three\n\n");
    hub_leave(hub, viewer);
}

static void who_knows_the_one_before_gets_the_newest(void **state)
{
    struct hub *hub = *state;
    struct hub_viewer *viewer;

    tell(hub, 4, "four");
    tell(hub, 5, "five");
    viewer = hub_enter(hub, number(1), 4);
    assert_string_equal(read_all(hub, viewer, 100),
                        "retry: 1000\n\nid: 5\nevent: tick\ndata: five\n\n");
    hub_leave(hub, viewer);
}

/* It was not made while nobody looked. */
static void who_comes_for_a_tick_that_was_not_made_missed_it(void **state)
{
    struct hub *hub = *state;
    struct hub_viewer *viewer;

    tell(hub, 1, "one");
    assert_true(hub_tick(hub, 2, NULL, 0));
    viewer = hub_enter(hub, number(1), 1);
    assert_string_equal(read_all(hub, viewer, 100),
                        "retry: 1000\n\nid: 2\nevent: missed\ndata: {}\n\n");
    tell(hub, 3, "three");
    assert_string_equal(read_all(hub, viewer, 100), "id: 3\nevent: tick\ndata: three\n\n");
    hub_leave(hub, viewer);
}

/* What it is given was begun before: it gets that to its end, and then no queue. */
static void a_slow_viewer_is_told_that_it_missed(void **state)
{
    struct hub *hub = *state;
    struct hub_viewer *viewer;
    char bytes[8];

    viewer = hub_enter(hub, number(1), 0);
    read_all(hub, viewer, 100);
    tell(hub, 1, "one");
    assert_int_equal(hub_read(hub, viewer, bytes, sizeof bytes), 8);
    for (uint64_t tick = 2; tick < 10; tick++)
        tell(hub, tick, "more");
    assert_string_equal(read_all(hub, viewer, 100),
                        "ent: tick\ndata: one\n\nid: 9\nevent: missed\ndata: {}\n\n");
    tell(hub, 10, "ten");
    assert_string_equal(read_all(hub, viewer, 100), "id: 10\nevent: tick\ndata: ten\n\n");
    hub_leave(hub, viewer);
}

static void there_are_no_more_than_so_many_viewers(void **state)
{
    struct hub *hub = *state;
    struct hub_viewer *viewers[TP_WEB_VIEWERS];

    for (unsigned i = 0; i < TP_WEB_VIEWERS; i++)
        assert_non_null(viewers[i] = hub_enter(hub, number(1), 0));
    assert_null(hub_enter(hub, number(1), 0));
    assert_int_equal(hub_viewer_count(hub), TP_WEB_VIEWERS);
    hub_leave(hub, viewers[7]);
    assert_non_null(viewers[7] = hub_enter(hub, number(1), 0));
    for (unsigned i = 0; i < TP_WEB_VIEWERS; i++)
        hub_leave(hub, viewers[i]);
    assert_int_equal(hub_viewer_count(hub), 0);
}

static const struct tp_web_question all = {.is_flow = false}, third = {.is_flow = true, .id = 3};

static void ask(struct hub *hub, struct hub_asker *asker, intptr_t connection,
                struct tp_web_question question)
{
    *asker = (struct hub_asker){.connection = number(connection), .question = question};
    assert_true(hub_ask(hub, asker));
}

static void who_asks_the_same_gets_the_same(void **state)
{
    struct hub *hub = *state;
    struct tp_web_question question;
    struct hub_asker askers[4];
    struct hub_text *one, *other;

    assert_false(hub_asked(hub, &question));
    hub_wait(hub, 1); /* nobody asks */
    ask(hub, &askers[0], 1, third);
    ask(hub, &askers[1], 2, all);
    ask(hub, &askers[2], 3, third);
    ask(hub, &askers[3], 4, third);
    hub_wait(hub, INT64_MAX / 4);
    hub_forget(hub, &askers[3]); /* it went away */
    assert_true(hub_asked(hub, &question));
    assert_true(question.is_flow && question.id == 3);
    assert_true(hub_answer(hub, &question, "it", 2));
    assert_int_equal(resumed[1] + resumed[3], 2);
    assert_int_equal(resumed[2] + resumed[4], 0);
    one = hub_take(hub, &askers[0]);
    other = hub_take(hub, &askers[2]);
    assert_ptr_equal(one, other);
    assert_memory_equal(one->bytes, "it", 2);
    hub_drop(hub, one);
    hub_drop(hub, other);
    assert_true(hub_asked(hub, &question));
    assert_false(question.is_flow);
    assert_true(hub_answer(hub, &question, NULL, 0)); /* there is none */
    assert_true(askers[1].is_answered);
    assert_null(hub_take(hub, &askers[1]));
    assert_false(hub_asked(hub, &question));
}

static void in_the_end_nobody_waits(void **state)
{
    struct hub *hub = *state;
    struct hub_viewer *viewer = hub_enter(hub, number(1), 0);
    struct hub_asker asker;

    read_all(hub, viewer, 100);
    ask(hub, &asker, 2, all);
    hub_end(hub);
    assert_int_equal(resumed[1] + resumed[2], 2);
    assert_string_equal(read_all(hub, viewer, 100), "the end");
    assert_null(hub_enter(hub, number(1), 0));
    assert_false(hub_ask(hub, &(struct hub_asker){.connection = number(3), .question = all}));
    hub_leave(hub, viewer);
}

static void secrets_are_new_each_time(void **state)
{
    char one[GATE_SECRET_BYTES], other[GATE_SECRET_BYTES];

    (void)state;
    assert_true(gate_make_secret(one) && gate_make_secret(other));
    assert_int_equal(strlen(one), GATE_SECRET_BYTES - 1);
    assert_int_equal(strspn(one, "0123456789abcdef"), GATE_SECRET_BYTES - 1);
    assert_string_not_equal(one, other);
}

static void what_is_meant_is_asked_first(void **state)
{
    static const struct gate_request good = {
        .method = "GET", .host = "127.0.0.1:8123", .cookie = "secret"};
    struct gate_request request = good;

    (void)state;
    assert_int_equal(gate_ask(&good, "secret").status, 0);
    request.host = NULL;
    request.method = "POST";
    assert_int_equal(gate_ask(&request, "secret").status, 421);
    request.host = good.host;
    assert_int_equal(gate_ask(&request, "secret").status, 405);
    request.origin = "http://127.0.0.1:8124";
    assert_int_equal(gate_ask(&request, "secret").status, 403);
    request = good;
    request.cookie = NULL;
    assert_int_equal(gate_ask(&request, "secret").status, 403);
    request.secret = "secret";
    assert_int_equal(gate_ask(&request, "secret").status, 0);
}

int main(void)
{
#define HUB(test) cmocka_unit_test_setup_teardown(test, open_hub, close_hub)
    const struct CMUnitTest tests[] = {
        HUB(a_viewer_gets_each_tick_once),
        HUB(who_knows_the_one_before_gets_the_newest),
        HUB(who_comes_for_a_tick_that_was_not_made_missed_it),
        HUB(a_slow_viewer_is_told_that_it_missed),
        HUB(there_are_no_more_than_so_many_viewers),
        HUB(who_asks_the_same_gets_the_same),
        HUB(in_the_end_nobody_waits),
        cmocka_unit_test(secrets_are_new_each_time),
        cmocka_unit_test(what_is_meant_is_asked_first),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
