/* test_frame.c: the pages of `watch` as text, and what keys make of them, without a terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/watch.h"

#define SECOND INT64_C(1000000000)

/* --- sockets made by hand --------------------------------------------------------------- */

static void say(struct tp_sock *socket, enum tp_socket_id id)
{
    socket->have[id / 64] |= UINT64_C(1) << (id % 64);
}

#define SET(socket, member, value) ((socket)->member = (value), say(socket, TP_SOCKET_##member))

/* 10.0.0.1:PORT -> 10.0.0.2:443 */
static struct tp_sock made(uint64_t cookie, uint16_t port, const char *owner, uint64_t acked)
{
    struct tp_sock socket = {.ts_ns = 100 * SECOND, .cookie = cookie, .pid = 7};
    uint8_t own[16] = {[10] = 0xff, 0xff, 10, 0, 0, 1}, peer[16] = {[10] = 0xff, 0xff, 10, 0, 0, 2};

    socket.local = (uint8_t)tp_flow_key_set(&socket.key, own, port, peer, 443, 0);
    strncpy(socket.owner, owner, sizeof socket.owner - 1);
    SET(&socket, tcp_state, 1);
    SET(&socket, snd_cwnd, 10);
    SET(&socket, srtt, 40000);
    SET(&socket, bytes_acked, acked);
    SET(&socket, bytes_received, 0);
    SET(&socket, total_retrans, 3);
    SET(&socket, busy_time, 0);
    return socket;
}

static struct watch_state watch;
static struct tp_sock before[3], now[3];
static struct sockets_round rounds[2];

/* Three connections: 1 Mbit/s, 3 Mbit/s, and one that is new. */
static int begin(void **state)
{
    (void)state;
    memset(&watch, 0, sizeof watch);
    memset(rounds, 0, sizeof rounds);
    before[0] = made(11, 1001, "slow", 1000);
    before[1] = made(12, 1002, "fast", 1000);
    now[0] = made(11, 1001, "slow", 1000 + 125000);
    now[1] = made(12, 1002, "fast", 1000 + 375000);
    now[2] = made(13, 1003, "new\033[2J\x9b", 0);
    for (unsigned i = 0; i < 3; i++)
        now[i].ts_ns += SECOND;
    now[0].total_retrans += 2;
    now[1].busy_time += 900000;
    rounds[0] = (struct sockets_round){.list = before, .count = 2};
    rounds[1] = (struct sockets_round){.list = now, .count = 3, .by_state = {[1] = 3, [10] = 1}};
    watch.options = (struct sockets_options){.group = -1, .proc = "/nonexistent"};
    watch.before = &rounds[0];
    watch.now = &rounds[1];
    watch.host.dump_ns = 5000000;
    assert_int_equal(sockets_index(&rounds[0], NULL), TP_OK);
    watch.closed = calloc(WATCH_CLOSED, sizeof *watch.closed);
    assert_non_null(watch.closed);
    assert_int_equal(watch_arrange(&watch, NULL), TP_OK);
    return 0;
}

static int end(void **state)
{
    (void)state;
    free(rounds[0].slots);
    free(rounds[1].slots);
    tp_filter_free(watch.options.filter);
    free(watch.options.bytecode);
    free(watch.options.expression);
    free(watch.closed);
    free(watch.past);
    free(watch.rows);
    return 0;
}

/* --- the page --------------------------------------------------------------------------- */

static char page[65536];

static const char *text_of(unsigned width, unsigned height)
{
    struct frame frame;
    char *at = page;

    assert_true(frame_begin(&frame, width, height));
    watch_frame(&watch, &frame);
    assert_int_equal(frame.count, height);
    for (unsigned i = 0; i < frame.count; i++) {
        unsigned columns = 0;

        for (const char *byte = frame.lines[i].text; *byte; byte++)
            columns += ((unsigned char)*byte & 0xc0) != 0x80;
        if (columns > width)
            fail_msg("line %u has %u columns: %s", i, columns, frame.lines[i].text);
        at = stpcpy(at, frame.lines[i].text);
        while (at > page && at[-1] == ' ')
            at--;
        at = stpcpy(at, "\n");
    }
    frame_end(&frame);
    return page;
}

static void keys(const char *bytes)
{
    assert_int_equal(watch_keys(&watch, bytes, strlen(bytes), NULL), TP_OK);
}

/* The head of the page says when, in the words of the other commands. */
static void the_head_has_the_time_that_is_asked_for(void **state)
{
    static const struct {
        enum cli_time time;
        int64_t wall_ns;
        const char *head;
    } rows[] = {
        {CLI_TIME_USUAL, 0, "4 sockets"},
        {CLI_TIME_RELATIVE, 0, "1.5 s  4 sockets"},
        {CLI_TIME_RECORDING, 0, "101.5 s  4 sockets"},
        {CLI_TIME_WALL, 0, "time not known  4 sockets"},
        {CLI_TIME_WALL, INT64_C(1796000000) * SECOND, "2026-11-30T00:53:20Z  4 sockets"},
    };

    (void)state;
    watch.host.first_ns = 100 * SECOND;
    watch.host.clock_ns = 101 * SECOND + SECOND / 2;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        watch.options.time = rows[i].time;
        watch.host.wall_ns = rows[i].wall_ns;
        if (strncmp(text_of(120, 10), rows[i].head, strlen(rows[i].head)) != 0)
            fail_msg("%zu: %.60s", i, text_of(120, 10));
    }
}

static void a_page_is_a_function_of_the_state(void **state)
{
    (void)state;
    assert_string_equal(
        text_of(120, 10),
        "4 sockets: 3 ESTABLISHED 1 LISTEN  out 4.000 Mbit/s  in 0 bit/s  read in 5.00 ms\n"
        "\n"
        "\n"
        "owner            connection                    state       limit         rate bit/s "
        "resent "
        "cwnd   rtt ms     queue\n"
        "                                                                   goodput received segs "
        "% "
        "segs srtt min recv send\n"
        "fast/7           10.0.0.1:1002 -> 10.0.0.2:443 ESTABLISHED network  3.000M        0    0 "
        "- "
        "  10 40.0   -    -    -\n"
        "slow/7           10.0.0.1:1001 -> 10.0.0.2:443 ESTABLISHED app      1.000M        0    2 "
        "- "
        "  10 40.0   -    -    -\n"
        "new\\x1b[2J\\x9b/7 10.0.0.1:1003 -> 10.0.0.2:443 ESTABLISHED -             -        -    "
        "- - "
        "  10 40.0   -    -    -\n"
        "\n"
        "3 shown, by both rates   h help  q quit  / filter  g group  enter details  space pause\n");
}

static void every_size_is_a_page(void **state)
{
    static const char *const pages[] = {"", "h", "h\r", "\rg", "g", "gggg"};

    (void)state;
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        keys(pages[i]);
        for (unsigned width = 1; width < 340; width += width < 20 ? 1 : 13)
            for (unsigned height = 1; height < 60; height += height < 12 ? 1 : 9)
                if (width <= FRAME_COLUMNS_MAX)
                    text_of(width, height);
    }
}

static void names_are_never_raw(void **state)
{
    static const char *const pages[] = {"", "G", "\r", "\033g", "ggg"};

    (void)state;
    watch_select(&watch, 2);
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        keys(pages[i]);
        text_of(200, 50);
        assert_null(strchr(page, '\033'));
        assert_null(strchr(page, '\x9b'));
    }
}

static const char *first_row(void)
{
    static char line[512];
    const char *at = text_of(120, 12);

    for (unsigned i = 0; i < 5; i++)
        at = strchr(at, '\n') + 1;
    snprintf(line, sizeof line, "%.*s", (int)strcspn(at, "/\n "), at);
    return line;
}

static void keys_sort(void **state)
{
    (void)state;
    assert_string_equal(first_row(), "fast");
    keys("t");
    assert_string_equal(first_row(), "slow");
    keys("o");
    assert_string_equal(first_row(), "fast");
    keys("n"); /* by owner, from a to z */
    assert_string_equal(first_row(), "fast");
    keys("l");
    assert_string_equal(first_row(), "slow"); /* app, network, and what is not known */
}

static void keys_filter(void **state)
{
    (void)state;
    keys("/sport == 1001\r");
    assert_string_equal(first_row(), "slow");
    assert_int_equal(watch.matching, 1);
    /* What was typed is there to be changed; what happened between rounds can be asked. */
    keys("/\177"
         "3 or goodput_bps > 2M\r");
    assert_int_equal(watch.matching, 2);
    assert_string_equal(first_row(), "fast");
    keys("/ and nonsense\r");
    assert_int_equal(watch.matching, 2);
    assert_non_null(strstr(text_of(120, 12), "unknown field 'nonsense'"));
    keys("/\033");
    assert_non_null(strstr(text_of(120, 12), "filter sport == 1003 or goodput_bps > 2M"));
    keys("/");
    for (unsigned i = 0; i < 100; i++)
        keys("\177");
    keys("owner == fast\r");
    assert_int_equal(watch.matching, 1);
}

static void keys_select(void **state)
{
    (void)state;
    keys("jj\033[A");
    assert_string_equal(watch.rows[watch.selected].now->owner, "slow");
    /* What is selected is followed, wherever it goes. */
    keys("t");
    assert_int_equal(watch.selected, 0);
    keys("\033[F");
    assert_int_equal(watch.selected, 2);
    keys("jjjj\033[6~");
    assert_int_equal(watch.selected, 2);
    keys("\033[5~kk");
    assert_int_equal(watch.selected, 0);
    keys("\033[1;5C\033[24~"); /* others do nothing */
    assert_int_equal(watch.selected, 0);
    assert_false(watch.end);
    keys(" ");
    assert_non_null(strstr(text_of(120, 12), "PAUSED"));
    keys("qt");
    assert_true(watch.end);
}

static void one_connection_has_its_curves(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(watch_follow(&watch, NULL), TP_OK);
    keys("\r");
    text_of(120, 40);
    assert_non_null(strstr(page, "10.0.0.1:1002 -> 10.0.0.2:443\nfast/7\n"));
    assert_non_null(strstr(page, "out      3.000 Mbit/s |###| at most 3.000 Mbit/s\n"));
    assert_non_null(strstr(page, "limited by network: "));
    assert_non_null(strstr(page, "snd_cwnd_segs 10 segs"));
    watch.utf8 = true;
    assert_non_null(strstr(text_of(120, 40), "out      3.000 Mbit/s |\u2588\u2588\u2588| "));
    keys("\r");
    assert_null(strstr(text_of(120, 40), "limited by"));
}

static void a_curve_has_the_last_values(void **state)
{
    struct watch_past past = {.cookie = 1};
    char text[4 * WATCH_PAST + 1];
    double last, most;

    (void)state;
    for (unsigned i = 0; i < 3 * WATCH_PAST; i++) {
        past.value[0][past.count % WATCH_PAST] = (float)i;
        past.count++;
    }
    assert_true(watch_curve_text(&past, 0, 5, false, text, sizeof text, &last, &most));
    assert_string_equal(text, "#####");
    assert_true(last == 3 * WATCH_PAST - 1 && most == last);
    assert_true(watch_curve_text(&past, 0, 1000, false, text, sizeof text, &last, &most));
    assert_int_equal(strlen(text), WATCH_PAST);
    past.value[0][(past.count - 1) % WATCH_PAST] = 0;
    assert_true(watch_curve_text(&past, 0, 2, false, text, sizeof text, &last, &most));
    assert_string_equal(text, "# ");
    assert_false(watch_curve_text(&past, 0, 0, false, text, sizeof text, &last, &most));
}

static void what_has_closed_stays(void **state)
{
    (void)state;
    watch.closed[0] = (struct watch_closed){.end = now[1], .last = before[1], .has_last = true};
    watch.closed_count = 1;
    assert_int_equal(watch_arrange(&watch, NULL), TP_OK);
    assert_int_equal(watch.row_count, 3);
    assert_int_equal(watch.matching, 2);
    assert_non_null(strstr(text_of(120, 12), "10.0.0.1:1002 -> 10.0.0.2:443 closed"));
}

static void the_first_page_waits(void **state)
{
    (void)state;
    watch.now = watch.before = NULL;
    assert_int_equal(watch_arrange(&watch, NULL), TP_OK);
    keys("jk\033[6~\033[Fttg\r");
    assert_int_equal(watch.row_count, 0);
    watch.now = &rounds[1]; /* one round: no rates yet */
    assert_int_equal(watch_arrange(&watch, NULL), TP_OK);
    keys("gggg");
    assert_null(strstr(text_of(120, 12), "out"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_head_has_the_time_that_is_asked_for),
        TEST(a_page_is_a_function_of_the_state),
        TEST(every_size_is_a_page),
        TEST(names_are_never_raw),
        TEST(keys_sort),
        TEST(keys_filter),
        TEST(keys_select),
        TEST(one_connection_has_its_curves),
        TEST(a_curve_has_the_last_values),
        TEST(what_has_closed_stays),
        TEST(the_first_page_waits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
