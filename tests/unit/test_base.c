/* test_base.c: lists that grow, names in lists, bounded texts, the nearest known word, UTF-8. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/list.h"
#include "base/name_index.h"
#include "base/formula.h"
#include "base/nearest.h"
#include "base/phrase.h"
#include "base/utf8.h"
#include "base/visible.h"
#include "base/xml.h"

/* --- lists ------------------------------------------------------------------------------------ */

static void test_a_list_grows_and_keeps_what_it_holds(void **state)
{
    uint16_t *list = NULL;
    uint32_t count = 0, allocated = 0;

    (void)state;
    for (unsigned i = 0; i < 1000; i++) {
        assert_true(TP_LIST_ROOM(list, count, allocated, 3));
        assert_in_range(allocated, count + 1, count ? 2 * count + 1 : 3);
        list[count++] = (uint16_t)i;
    }
    for (unsigned i = 0; i < 1000; i++)
        assert_int_equal(list[i], i);
    assert_int_equal(allocated, 3 << 9);
    free(list);
}

static void test_a_list_fits(void **state)
{
    uint64_t *list = NULL;
    size_t allocated = 0;

    (void)state;
    assert_true(TP_LIST_FIT(list, 5, allocated));
    assert_int_equal(allocated, 5);
    list[4] = 4;
    assert_true(TP_LIST_FIT(list, 3, allocated)); /* never shrinks */
    assert_int_equal(allocated, 5);
    assert_true(TP_LIST_FIT(list, 6, allocated));
    assert_int_equal(allocated, 6);
    assert_int_equal(list[4], 4);
    free(list);
}

static void test_a_list_too_long_is_refused(void **state)
{
    uint64_t *list = NULL;
    size_t allocated = SIZE_MAX / 8;
    uint8_t few = 255;

    (void)state;
    assert_false(TP_LIST_ROOM(list, allocated, allocated, 1)); /* the bytes cannot be counted */
    assert_int_equal(allocated, SIZE_MAX / 8);
    few = 128;
    assert_true(TP_LIST_ROOM(list, (uint8_t)1, few, 1));
    assert_false(tp_list_resize(&list, (uint8_t)(few * 2), (size_t)few + 1, sizeof *list));
    assert_null(list);
}

/* --- phrases ---------------------------------------------------------------------------------- */

static void test_a_phrase_is_put_together(void **state)
{
    char text[32];
    struct tp_phrase phrase = tp_phrase_in(text, sizeof text);

    (void)state;
    assert_string_equal(text, "");
    tp_phrase_item(&phrase, ", ", "%s", "table");
    tp_phrase_item(&phrase, ", ", "%d", 17);
    tp_phrase_add(&phrase, "%c", '.');
    assert_string_equal(text, "table, 17.");
    assert_int_equal(phrase.length, 10);
    assert_false(phrase.cut);
    phrase = tp_phrase_after(text, sizeof text);
    tp_phrase_item(&phrase, " ", "On");
    assert_string_equal(text, "table, 17. On");
}

static void test_a_phrase_is_cut_where_its_buffer_ends(void **state)
{
    struct {
        char text[8], after;
    } buffer = {.after = 'x'};
    struct tp_phrase phrase = tp_phrase_in(buffer.text, sizeof buffer.text);

    (void)state;
    tp_phrase_add(&phrase, "%s", "seventy");
    assert_false(phrase.cut);
    tp_phrase_add(&phrase, "%s", "");
    assert_false(phrase.cut);
    tp_phrase_add(&phrase, "%s", "-seven");
    assert_true(phrase.cut);
    tp_phrase_item(&phrase, ", ", "%s", "more");
    assert_string_equal(buffer.text, "seventy");
    assert_int_equal(phrase.length, 7);
    assert_int_equal(buffer.after, 'x');
}

/* --- the nearest word ------------------------------------------------------------------------- */

static const char *nearest(const char *word)
{
    static const char *const known[] = {"goodput_bps", "srtt",  "snd_cwnd", "rtt_p50_us",
                                        "sport",       "saddr", "packets",  "retransmits",
                                        "flows",       "CPU",   "dport"};
    struct tp_nearest best = tp_nearest_to(word, strlen(word));

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        tp_nearest_try(&best, known[i]);
    return best.known ? best.known : "";
}

static void test_the_nearest_word(void **state)
{
    (void)state;
    assert_string_equal(nearest("goodpt"), "goodput_bps"); /* its end is missing */
    assert_string_equal(nearest("snd_cwdn"), "snd_cwnd");  /* neighbours swapped */
    assert_string_equal(nearest("SPROT"), "sport");
    assert_string_equal(nearest("bport"), "sport");   /* as near as dport, which comes later */
    assert_string_equal(nearest("cwnd"), "snd_cwnd"); /* a part */
    assert_string_equal(nearest("rtt"), "srtt");      /* as near as rtt_p50_us */
    assert_string_equal(nearest("rt"), "rtt_p50_us");
    assert_string_equal(nearest("cpu"), "CPU");
    assert_string_equal(nearest("retransmitz"), "retransmits");
    assert_string_equal(nearest("retranzmitz"), "retransmits"); /* two of eleven letters */
}

static void test_no_word_is_near(void **state)
{
    char word[100];

    (void)state;
    assert_string_equal(nearest("xyz"), "");
    assert_string_equal(nearest("cpx"), "");  /* one of three letters is too much */
    assert_string_equal(nearest("flux"), ""); /* two of four */
    assert_string_equal(nearest(""), "");
    memset(word, 's', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    assert_string_equal(nearest(word), "");
}

/* RFC 3629: what is written longer than need be, a surrogate, too large, cut or stray is none. */
static void test_what_is_a_character(void **state)
{
    static const struct {
        const char *text;
        size_t length;
    } texts[] = {
        {"a", 1},
        {"\x7f", 1},
        {"\xc2\x80", 2},
        {"\xdf\xbf"
         "x",
         2},
        {"\xe0\xa0\x80", 3},
        {"\xef\xbf\xbf", 3},
        {"\xf0\x90\x80\x80", 4},
        {"\xf4\x8f\xbf\xbf", 4},
        {"\x80", 0},
        {"\xc0\x80", 0},
        {"\xc1\xbf", 0},
        {"\xe0\x9f\xbf", 0},
        {"\xed\xa0\x80", 0},
        {"\xf0\x8f\xbf\xbf", 0},
        {"\xf4\x90\x80\x80", 0},
        {"\xf8\x88\x80\x80\x80", 0},
        {"\xc2", 0},
        {"\xe0\xa0", 0},
        {"\xf0\x90\x80", 0},
        {"\xe0\xa0"
         "a",
         0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (tp_utf8_character(texts[i].text, strlen(texts[i].text)) != texts[i].length)
            fail_msg("text %zu has %zu", i,
                     tp_utf8_character(texts[i].text, strlen(texts[i].text)));
}

static void test_other_bytes_are_escaped(void **state)
{
    static const char *const texts[][2] = {{"", ""},
                                           {"r\xc3\xa9seau", "r\xc3\xa9seau"},
                                           {"r\xe9seau", "r\\xe9seau"},
                                           {"\xff\xc3", "\\xff\\xc3"}};
    char *escaped;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        escaped = tp_utf8_escaped(texts[i][0]);
        assert_string_equal(escaped, texts[i][1]);
        free(escaped);
    }
}

/* --- visible text ----------------------------------------------------------------------------- */

static void test_only_what_a_terminal_shows_is_left(void **state)
{
    static const struct {
        const char *text, *keep, *shown;
    } rows[] = {
        {"plain \\ text", "", "plain \\ text"},
        {"\x1b[31m\x7f\t\n", "", "\\x1b[31m\\x7f\\x09\\x0a"},
        {"\x1b\t\n\r", "\n\t", "\\x1b\t\n\\x0d"},
        {"\xc3\xa4 \xe6\x97\xa5 \xf0\x9f\x99\x82", "", "\xc3\xa4 \xe6\x97\xa5 \xf0\x9f\x99\x82"},
        {"\xc2\x9b\xc2\x80\xc2\xa0", "", "\\xc2\\x9b\\xc2\\x80\xc2\xa0"}, /* C1 is U+80 to U+9F */
        {"\xe2\x80\xa9\xe2\x80\xae\xe2\x80\xaf", "", /* U+2029, U+202E; U+202F is a space */
         "\\xe2\\x80\\xa9\\xe2\\x80\\xae\xe2\x80\xaf"},
        {"\xe2\x80", "", "\\xe2\\x80"},
        {"\xc0\x9b\xed\xa0\x80\xf4\x90\x80\x80", "", /* too long, a surrogate, too large */
         "\\xc0\\x9b\\xed\\xa0\\x80\\xf4\\x90\\x80\\x80"},
    };
    char shown[64];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *at = rows[i].text, *end = at + strlen(at);

        shown[visible_text(&at, end, rows[i].keep, shown, sizeof shown - 1)] = '\0';
        assert_ptr_equal(at, end);
        assert_string_equal(shown, rows[i].shown);
    }
}

static void test_a_piece_of_visible_text_is_whole(void **state)
{
    static const char text[] = "ab\x1b"
                               "c\xe6\x97\xa5\0x";
    const char *at = text, *end = text + sizeof text - 1;
    char piece[5];

    (void)state;
    assert_int_equal(visible_text(&at, end, "", piece, sizeof piece), 2);
    assert_int_equal(visible_text(&at, end, "", piece, sizeof piece), 5);
    assert_memory_equal(piece, "\\x1bc", 5);
    assert_int_equal(visible_text(&at, end, "", piece, sizeof piece), 3);
    assert_int_equal(visible_text(&at, end, "\n", piece, sizeof piece), 5);
    assert_memory_equal(piece, "\\x00x", 5);
    assert_ptr_equal(at, end);
}

static void test_text_within_xml(void **state)
{
    static const struct {
        const char *text, *written;
    } rows[] = {
        {"a < b && \"c\" > 'd'", "a &lt; b &amp;&amp; &quot;c&quot; &gt; 'd'"},
        {"\xc2\xb5 \xf0\x9f\x98\x82", "\xc2\xb5 \xf0\x9f\x98\x82"},
        {"a\x1b\x7f\tb\n", "a\\x1b\x7f\\x09"
                           "b\\x0a"},
        {"\xff\xc0\x80", "\\xff\\xc0\\x80"},
        {"\xef\xbf\xbd\xef\xbf\xbe\xef\xbf\xbf", "\xef\xbf\xbd\\xef\\xbf\\xbe\\xef\\xbf\\xbf"}};
    char piece[XML_MOST], whole[80];
    const char *at, *end;
    size_t i, used;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        at = rows[i].text;
        end = at + strlen(at);
        for (used = 0; at < end; used += strlen(whole + used)) {
            size_t length = xml_text(&at, end, piece, sizeof piece);

            assert_in_range(length, 1, sizeof piece);
            memcpy(whole + used, piece, length);
            whole[used + length] = '\0';
        }
        assert_string_equal(whole, rows[i].written);
    }
}

static void test_what_a_spreadsheet_runs(void **state)
{
    static const char *const run[] = {"=1", "+a",   "-a",  "@a",  "\ta",   "\ra", "\na",
                                      "-",  "-1+1", "-1e", "-.5", "-1.e5", "+1 "},
                             *const not [] = {"",   "a=b",  "'=1",   "1+1",
                                              "-1", "+2.5", "-1e-9", "-3E+7"};

    (void)state;
    for (size_t i = 0; i < sizeof run / sizeof *run; i++)
        assert_true(text_is_formula(run[i], strlen(run[i])));
    for (size_t i = 0; i < sizeof not / sizeof *not ; i++)
        assert_false(text_is_formula(not [i], strlen(not [i])));
    assert_false(text_is_formula("\0=", 2));
}

static const char *name_at(const void *list, size_t index)
{
    return ((const char (*)[8])list)[index];
}

/* Also once the table has grown, and after a name that was looked for and not appended. */
static void test_names_are_found(void **state)
{
    static char list[1000][8];
    struct tp_name_index index = {0};
    struct tp_names names = {.list = list, .at = name_at};
    uint32_t *place;

    (void)state;
    for (size_t i = 0; i < 1000; i++) {
        assert_int_equal(*tp_name_index_place(&index, "nobody", &names), 0);
        snprintf(list[i], sizeof list[i], "%zu", i * 7);
        place = tp_name_index_place(&index, list[i], &names);
        assert_non_null(place);
        assert_int_equal(*place, 0);
        *place = (uint32_t)++names.count;
    }
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(*tp_name_index_place(&index, list[i], &names), i + 1);
    tp_name_index_release(&index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_list_grows_and_keeps_what_it_holds),
        cmocka_unit_test(test_a_list_fits),
        cmocka_unit_test(test_a_list_too_long_is_refused),
        cmocka_unit_test(test_a_phrase_is_put_together),
        cmocka_unit_test(test_a_phrase_is_cut_where_its_buffer_ends),
        cmocka_unit_test(test_the_nearest_word),
        cmocka_unit_test(test_no_word_is_near),
        cmocka_unit_test(test_what_is_a_character),
        cmocka_unit_test(test_other_bytes_are_escaped),
        cmocka_unit_test(test_only_what_a_terminal_shows_is_left),
        cmocka_unit_test(test_a_piece_of_visible_text_is_whole),
        cmocka_unit_test(test_text_within_xml),
        cmocka_unit_test(test_names_are_found),
        cmocka_unit_test(test_what_a_spreadsheet_runs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
