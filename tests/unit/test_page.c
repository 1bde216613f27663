/* test_page.c: the pieces that the data of a page is made of: differences, the packet log, blocks,
 * other names. What the data says of recordings: tests/bats/page.bats. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>
#include <zlib.h>

#include "page/page.h"

/* --- what was written --------------------------------------------------------------------------
 */

struct text {
    char *bytes;
    size_t length;
};

static int append(void *context, const void *bytes, size_t length)
{
    struct text *text = context;

    text->bytes = realloc(text->bytes, text->length + length + 1);
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
    return 0;
}

static struct tp_out *open_text(struct text *text)
{
    struct tp_error error = TP_ERROR_INIT;
    struct tp_out *out = tp_out_into(append, text, "a text", &error);

    assert_non_null(out);
    return out;
}

static json_t *close_json(struct tp_out *out, struct text *text)
{
    json_t *json;

    assert_int_equal(tp_out_finish(out, NULL), 0);
    tp_out_free(out);
    json = json_loadb(text->bytes, text->length, 0, NULL);
    assert_non_null(json);
    free(text->bytes);
    return json;
}

static json_int_t number(const json_t *list, size_t index)
{
    return json_integer_value(json_array_get(list, index));
}

/* --- differences -------------------------------------------------------------------------------
 */

static void test_deltas(void **state)
{
    const int64_t values[] = {5, 5, 3, -7, INT64_C(1) << 60, 0};
    struct text text = {0};
    struct tp_out *out = open_text(&text);
    struct page_deltas deltas;
    int64_t sum = 0;
    json_t *json, *list;

    (void)state;
    tp_out_text(out, "{");
    deltas = page_deltas_begin(out, "t");
    for (size_t i = 0; i < 6; i++) {
        page_deltas_add(&deltas, values[i]);
        page_deltas_absent(&deltas); /* changes nothing of what follows */
    }
    page_deltas_end(&deltas);
    tp_out_text(out, "}");
    json = close_json(out, &text);
    list = json_object_get(json, "t");
    assert_int_equal(json_array_size(list), 12);
    for (size_t i = 0; i < 6; i++) {
        sum += number(list, 2 * i);
        assert_true(sum == values[i]);
        assert_true(json_is_null(json_array_get(list, 2 * i + 1)));
    }
    json_decref(json);
}

/* --- the log -----------------------------------------------------------------------------------
 */

#define ROWS 3000

/* Numbers of every size, texts that repeat, cells that are absent. */
static struct tp_value cell(size_t row, size_t column)
{
    static char text[32];

    if ((row * 7 + column) % 5 == 0 || column == 3)
        return tp_value_text(NULL);
    if (column == 1) {
        snprintf(text, sizeof text, "\"%zu\"", row * row % 97);
        return tp_value_text(text);
    }
    return tp_value_integer(column == 0
                                ? (int64_t)row * 1000
                                : (int64_t)((row * UINT64_C(0x9e3779b97f4a7c15)) >> row % 64));
}

static struct tp_page_log *fill_log(void)
{
    static const struct tp_column columns[] = {
        {.name = "t"}, {.name = "words"}, {.name = "odd"}, {.name = "none"}};
    const struct tp_column *list[] = {&columns[0], &columns[1], &columns[2], &columns[3]};
    struct tp_error error = TP_ERROR_INIT;
    struct tp_page_log *log = tp_page_log_new(list, 4, &error);
    struct tp_value values[4];

    assert_non_null(log);
    for (size_t row = 0; row < ROWS; row++) {
        for (size_t column = 0; column < 4; column++)
            values[column] = cell(row, column);
        assert_true(tp_page_log_add(log, values));
    }
    return log;
}

static void check_column(const json_t *packets, const char *name, size_t column)
{
    const json_t *cells = json_object_get(json_object_get(packets, "columns"), name);
    const json_t *texts = json_object_get(packets, "texts");
    uint64_t sum = 0;

    assert_int_equal(json_array_size(cells), ROWS);
    for (size_t row = 0; row < ROWS; row++) {
        struct tp_value value = cell(row, column);

        if (value.type == TP_VALUE_ABSENT) {
            assert_true(json_is_null(json_array_get(cells, row)));
        } else if (value.type == TP_VALUE_TEXT) {
            assert_string_equal(
                json_string_value(json_array_get(texts, (size_t)number(cells, row))), value.text);
        } else {
            sum += (uint64_t)number(cells, row);
            assert_true((int64_t)sum == value.integer);
        }
    }
}

static void test_log(void **state)
{
    struct tp_page_log *log = fill_log();
    struct text text = {0};
    struct tp_out *out = open_text(&text);
    json_t *json, *packets;

    (void)state;
    tp_out_text(out, "{\"a\":0");
    page_log(out, NULL, 0); /* nothing */
    page_log(out, log, ROWS + 5);
    tp_out_text(out, "}");
    json = close_json(out, &text);
    packets = json_object_get(json, "packets");
    assert_int_equal(json_integer_value(json_object_get(packets, "rows")), ROWS);
    assert_int_equal(json_integer_value(json_object_get(packets, "of")), ROWS + 5);
    assert_int_equal(json_array_size(json_object_get(packets, "texts")), 49); /* squares mod 97 */
    check_column(packets, "t", 0);
    check_column(packets, "words", 1);
    check_column(packets, "odd", 2);
    assert_null(json_object_get(json_object_get(packets, "columns"), "none"));
    json_decref(json);
    tp_page_log_free(log);
    tp_page_log_free(NULL);
}

/* --- blocks ------------------------------------------------------------------------------------
 */

static size_t decode(const char *text, unsigned char *bytes)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t group = 0;
    size_t length = 0;

    for (unsigned count = 0; *text && *text != '<'; text++) {
        if (*text == '=') {
            length--;
            group <<= 6;
        } else {
            group = group << 6 | (uint32_t)(strchr(digits, *text) - digits);
        }
        if (++count % 4 == 0) {
            bytes[length + (text[0] == '=') + (text[-1] == '=')] = 0;
            for (unsigned i = 0; i < 3; i++)
                bytes[count / 4 * 3 - 3 + i] = (unsigned char)(group >> (16 - 8 * i));
            length += 3;
        }
    }
    return length;
}

static void check_block(size_t length)
{
    struct tp_error error = TP_ERROR_INIT;
    struct text text = {0};
    struct tp_out *page = open_text(&text), *data;
    struct tp_page_block *block = tp_page_block_new(page, &error);
    unsigned char *in = malloc(length + 1), *out = malloc(length + 1), *zipped;
    z_stream stream = {0};

    for (size_t i = 0; i < length; i++)
        in[i] = (unsigned char)(i * i * 31 >> 7);
    data = tp_page_block_begin(block, "flow-1");
    tp_out_bytes(data, in, length);
    assert_int_equal(tp_page_block_end(block, &error), 0);
    tp_page_block_free(block);
    assert_int_equal(tp_out_finish(page, &error), 0);
    tp_out_free(page);
    zipped = malloc(text.length + 8);
    stream.next_in = zipped;
    stream.avail_in = (uInt)decode(strchr(text.bytes, '>') + 1, zipped);
    stream.next_out = out;
    stream.avail_out = (uInt)length + 1;
    assert_int_equal(inflateInit2(&stream, 15 + 16), Z_OK);
    assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
    assert_int_equal(stream.total_out, length);
    assert_int_equal(stream.avail_in, 0);
    assert_memory_equal(in, out, length);
    inflateEnd(&stream);
    free(zipped);
    free(in);
    free(out);
    free(text.bytes);
}

static void test_blocks(void **state)
{
    (void)state;
    for (size_t length = 0; length < 70; length++)
        check_block(length);
    check_block(12288);
    check_block(1000003); /* more than any buffer */
}

/* --- names -------------------------------------------------------------------------------------
 */

static void set_v4(uint8_t address[16], uint32_t last)
{
    memset(address, 0, 16);
    address[10] = address[11] = 0xff;
    address[12] = 10;
    address[13] = (uint8_t)(last >> 16);
    address[14] = (uint8_t)(last >> 8);
    address[15] = (uint8_t)last;
}

static void test_names(void **state)
{
    struct tp_error error = TP_ERROR_INIT;
    struct tp_page_names *names = tp_page_names_new(&error);
    struct tp_flow_key key, again;
    char text[64];

    (void)state;
    for (uint32_t i = 0; i < 3000; i++) {
        memset(&key, 0, sizeof key);
        set_v4(key.addr[0], i);
        memset(key.addr[1], 0xfd, 16);
        key.addr[1][7] = (uint8_t)(i % 3);
        again = key;
        page_names_key(names, &key);
        page_names_key(names, &again);
        assert_memory_equal(&key, &again, sizeof key);
        tp_address_text(key.addr[0], text, sizeof text);
        assert_memory_equal(text, "198.1", 5);
        if (i == 2999)
            assert_string_equal(text, "198.18.11.187"); /* the 3003rd that was met */
        tp_address_text(key.addr[1], text, sizeof text);
        assert_memory_equal(text, "2001:db8::", 10);
    }
    assert_string_equal(page_names_text(names, "process", "sshd"), "process 3004");
    assert_string_equal(page_names_text(names, "cgroup", "sshd"), "cgroup 3005");
    assert_string_equal(page_names_text(names, "process", "sshd"), "process 3004");
    assert_false(page_names_failed(names));
    assert_string_equal(page_names_text(NULL, "process", "sshd"), "sshd");
    again = key;
    page_names_key(NULL, &again);
    assert_memory_equal(&key, &again, sizeof key);
    tp_page_names_free(names);
    tp_page_names_free(NULL);
}

/* --- HTML --------------------------------------------------------------------------------------
 */

static void test_html(void **state)
{
    struct text text = {0};
    struct tp_out *out = open_text(&text);

    (void)state;
    tp_page_html_begin(out, "<b>&\"'");
    tp_page_html_end(out);
    assert_int_equal(tp_out_finish(out, NULL), 0);
    tp_out_free(out);
    assert_non_null(strstr(text.bytes, "<title>&lt;b&gt;&amp;&quot;&#39;</title>"));
    assert_memory_equal(text.bytes, "<!doctype html>\n", 16);
    assert_string_equal(text.bytes + text.length - 16, "</body>\n</html>\n");
    free(text.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_deltas), cmocka_unit_test(test_log),  cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_names),  cmocka_unit_test(test_html),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
