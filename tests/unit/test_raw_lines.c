/* test_raw_lines.c: events as this and older kernels describe them, as the line they print.
 *
 * The expected texts are the kernel's: kernel/trace/trace_output.c for the columns before the
 * event.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <arpa/inet.h>
#include <glob.h>
#include <cmocka.h>

#include "recorder/event_line.h"
#include "recorder/siphash.h"

#include "raw_tree.h"

/* From the paper's appendix: key 00 01 .. 0f, message 00 01 .. 07. */
static void the_hash_is_siphash_2_4(void **state)
{
    static const uint64_t key[2] = {0x0706050403020100, 0x0f0e0d0c0b0a0908};

    (void)state;
    assert_int_equal(siphash(key, 0x0706050403020100), 0x93f5f5799a932462);
}

/* --- formats of older kernels ---------------------------------------------------------------- */

#define COMMON                                                                                     \
    "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"                         \
    "\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"                         \
    "\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n"                 \
    "\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"

#define EVENT_MAX 256

static void check_bytes_on(const char *release, const char *text, struct page_event *event,
                           const char *expected)
{
    struct render_style style = {.release = render_release(release), .salt = {1, 2}};
    struct tp_error error = TP_ERROR_INIT;
    struct render *render = NULL;
    struct event_format format;
    size_t length;
    char *line;

    if (format_parse(&format, "tcp", text, strlen(text), &error) ||
        render_compile(&render, &format.event, &style, &error))
        fail_msg("%s", error.text);
    line = malloc(render_size_max(render, event->size) + 1);
    assert_non_null(line);
    length = render_line(render, event, 3, "a task", line);
    assert_true(length <= render_size_max(render, event->size));
    line[length] = '\0';
    assert_string_equal(line, expected);
    event->size--; /* one byte less than the fields need */
    assert_int_equal(render_line(render, event, 3, "a task", line), 0);
    free(line);
    render_free(render);
    format_release(&format);
}

/* A fmt and an event's bytes behind the common fields. */
static void check_line_on(const char *release, unsigned flags, unsigned preempt_count,
                          const char *text, const void *fields, size_t size, uint64_t ts,
                          const char *expected)
{
    unsigned char bytes[EVENT_MAX] = {0};
    struct page_event event = {.bytes = bytes, .size = 8 + size, .ts = ts};
    int32_t pid = 4711;

    bytes[2] = (unsigned char)flags;
    bytes[3] = (unsigned char)preempt_count;
    memcpy(bytes + 4, &pid, sizeof pid);
    memcpy(bytes + 8, fields, size);
    check_bytes_on(release, text, &event, expected);
}

/* 4.16: no cookie, and data_len is still called length. */
static void the_first_tcp_probe_is_rendered(void **state)
{
    static const char text[] =
        "name: tcp_probe\nID: 1\nformat:\n" COMMON
        "\tfield:__u8 saddr[sizeof(struct sockaddr_in6)];\toffset:8;\tsize:28;\tsigned:0;\n"
        "\tfield:__u8 daddr[sizeof(struct sockaddr_in6)];\toffset:36;\tsize:28;\tsigned:0;\n"
        "\tfield:__u32 mark;\toffset:64;\tsize:4;\tsigned:0;\n"
        "\tfield:__u16 length;\toffset:68;\tsize:2;\tsigned:0;\n"
        "\tfield:__u32 snd_nxt;\toffset:72;\tsize:4;\tsigned:0;\n\n"
        "print fmt: \"src=%pISpc dest=%pISpc mark=%#x length=%d snd_nxt=%#x\", REC->saddr, "
        "REC->daddr, REC->mark, REC->length, REC->snd_nxt\n";
    static const unsigned char fields[68] = {
        [0] = AF_INET,  [2] = 0x1f,  0x90, 10,   0,    0,   10,  /* 10.0.0.10:8080 */
        [28] = AF_INET, [30] = 0,    80,   23,   215,  104, 193, /* 23.215.104.193:80 */
        [60] = 32,      [64] = 0xf5, 0x2e, 0xae, 0xe3,           /* length, snd_nxt */
    };

    (void)state;
    check_line_on("4.16.0", 0x11, 7, text, fields, sizeof fields, 49823797999,
                  "          a task-4711  [003] d.s7    49.823798: tcp_probe: src=10.0.0.10:8080 "
                  "dest=23.215.104.193:80 mark=0x0 length=32 snd_nxt=0xe3ae2ef5\n");
}

/* 4.20 to 5.4: a newline in the fmt, so that an empty line follows. */
static void a_stray_newline_is_kept(void **state)
{
    static const char text[] =
        "name: tcp_retransmit_skb\nID: 1\nformat:\n" COMMON
        "\tfield:int state;\toffset:8;\tsize:4;\tsigned:1;\n"
        "\tfield:__u16 sport;\toffset:12;\tsize:2;\tsigned:0;\n"
        "\tfield:__u16 dport;\toffset:14;\tsize:2;\tsigned:0;\n\n"
        "print fmt: \"sport=%hu dport=%hu state=%s\n\", REC->sport, REC->dport, "
        "__print_symbolic(REC->state, { 1, \"TCP_ESTABLISHED\" }, { TCP_SYN_SENT, "
        "\"TCP_SYN_SENT\" })\n";
    static const unsigned char fields[8] = {2, 0, 0, 0, 0x88, 0xe5, 0x51, 0x14};

    (void)state;
    check_line_on("5.3.18-generic", 0, 0, text, fields, sizeof fields, 1892947095690499,
                  "          a task-4711  [003] .... 1892947.095690: tcp_retransmit_skb: "
                  "sport=58760 dport=5201 state=TCP_SYN_SENT\n\n");
}

static void what_has_no_symbol_is_a_number(void **state)
{
    static const char text[] =
        "name: x\nID: 1\nformat:\n" COMMON "\tfield:int state;\toffset:8;\tsize:4;\tsigned:1;\n\n"
        "print fmt: \"%s %d%% %u %c\", __print_symbolic(REC->state, { 1, \"ONE\" }), REC->state, "
        "REC->state, (REC->state ? 'F' : ' ')\n";
    static const int minus_two = -2;

    (void)state;
    check_line_on("6.18.44", 0, 0, text, &minus_two, sizeof minus_two, 500,
                  "          a task-4711    [003] .....     0.000001: x: 0xfffffffffffffffe -2% "
                  "4294967294 F\n");
}

static void the_synack_is_rendered(void **state)
{
    static const unsigned char fields[62] = {
        [16] = 80, 0, 0x34, 0x12, AF_INET6, 0,           0,        0,           0,
        0,         0, 0,    0,    0,        [30] = 0xfd, [45] = 1, [46] = 0xfd, [61] = 2,
    };
    char *text = raw_file(RAW_TREE "/events/tcp/tcp_retransmit_synack/format", NULL);

    (void)state;
    assert_non_null(text);
    check_line_on("6.18.44", 0x10, 2, text, fields, sizeof fields, 2236828428000,
                  "          a task-4711    [003] ..s2.  2236.828428: tcp_retransmit_synack: "
                  "family=AF_INET6 sport=80 dport=4660 saddr=0.0.0.0 daddr=0.0.0.0 "
                  "saddrv6=fd00::1 daddrv6=fd00::2\n");
    free(text);
}

static void flags_are_those_of_the_kernel(void **state)
{
    static const struct {
        const char *release;
        unsigned flags, preempt_count;
        const char *column;
    } rows[] = {
        {"6.18", 0x00, 0x00, "....."}, {"6.18", 0x01, 0x00, "d...."}, {"6.18", 0x80, 0x01, "b..1."},
        {"6.18", 0x81, 0x00, "D...."}, {"6.18", 0x04, 0x00, ".n..."}, {"6.18", 0x24, 0x00, ".N..."},
        {"6.18", 0x20, 0x00, ".p..."}, {"6.18", 0x02, 0x00, ".l..."}, {"6.18", 0x22, 0x00, ".L..."},
        {"6.18", 0x06, 0x00, ".b..."}, {"6.18", 0x26, 0x00, ".B..."}, {"6.18", 0x10, 0x02, "..s2."},
        {"6.18", 0x08, 0x00, "..h.."}, {"6.18", 0x18, 0x3f, "..Hf3"}, {"6.18", 0x40, 0x00, "..z.."},
        {"6.18", 0x48, 0x00, "..Z.."}, {"6.1", 0x02, 0x00, "X...."},  {"6.1", 0x03, 0x10, "d...1"},
        {"5.14", 0x10, 0x2a, "..sa"},  {"4.15", 0x02, 0x00, "X..."},
    };
    static const char text[] = "name: x\nID: 1\nformat:\n" COMMON "\nprint fmt: \"y\"\n";
    char expected[128];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(expected, sizeof expected, "          a task-%-*d [003] %s     1.000000: x: y\n",
                 render_release(rows[i].release) >= 0x50a ? 7 : 5, 4711, rows[i].column);
        check_line_on(rows[i].release, rows[i].flags, rows[i].preempt_count, text, "", 0,
                      1000000000, expected);
    }
}

/* --- common fields --------------------------------------------------------------------------- */

#define ENTRY_STARTS                                                                               \
    "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"                         \
    "\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"                         \
    "\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n"                 \
    "\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n"

/* Whatever the release says, the format file is right: the same bytes as different kernels lay them
 * out. */
static void common_fields_are_where_the_format_says(void **state)
{
    static const struct {
        const char *release, *common;
        uint16_t n; /* offset of the event's own field */
        unsigned char bytes[20];
        const char *columns;
    } rows[] = {
        {"5.14.0-427.el9.x86_64",
         ENTRY_STARTS
         "\tfield:unsigned char common_preempt_lazy_count;\toffset:8;\tsize:1;\tsigned:0;\n\n",
         12,
         {1, 0, 0x10, 0x31, 0x67, 0x12, 0, 0, 2, 0, 0, 0, 77},
         "  [003] ...s123"},
        {"5.14.0-427.el9.x86_64",
         ENTRY_STARTS
         "\tfield:unsigned char common_preempt_lazy_count;\toffset:8;\tsize:1;\tsigned:0;\n\n",
         12,
         {1, 0, 0x05, 0x00, 0x67, 0x12, 0, 0, 0, 0, 0, 0, 77},
         "  [003] dn....."},
        {"5.10.0-rt7",
         ENTRY_STARTS
         "\tfield:unsigned char common_migrate_disable;\toffset:8;\tsize:1;\tsigned:0;\n"
         "\tfield:unsigned char common_preempt_lazy_count;\toffset:9;\tsize:1;\tsigned:0;\n\n",
         12,
         {1, 0, 0x10, 0x01, 0x67, 0x12, 0, 0, 3, 0, 0, 0, 77},
         "  [003] ...s1.3"},
        {"4.18.0-rt",
         ENTRY_STARTS
         "\tfield:unsigned short common_migrate_disable;\toffset:8;\tsize:2;\tsigned:0;\n"
         "\tfield:unsigned short common_padding;\toffset:10;\tsize:2;\tsigned:0;\n\n",
         16,
         {1, 0, 0x10, 0x01, 0x67, 0x12, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 77},
         "[003] ..s11"},
        {"9.1",
         "\tfield:int common_pid;\toffset:0;\tsize:4;\tsigned:1;\n"
         "\tfield:unsigned short common_type;\toffset:6;\tsize:2;\tsigned:0;\n"
         "\tfield:unsigned char common_flags;\toffset:5;\tsize:1;\tsigned:0;\n\n",
         8,
         {0x67, 0x12, 0, 0, 0, 0x10, 1, 0, 77},
         "  [003] ..s.."},
    };
    char text[1024], expected[128];
    struct page_event event = {.ts = 1000000000};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(text, sizeof text,
                 "name: x\nID: 1\nformat:\n%s\tfield:__u8 n;\toffset:%u;\tsize:1;\tsigned:0;\n\n"
                 "print fmt: \"n=%%d\", REC->n\n",
                 rows[i].common, rows[i].n);
        snprintf(expected, sizeof expected, "          a task-4711  %s     1.000000: x: n=77\n",
                 rows[i].columns);
        event.bytes = rows[i].bytes;
        event.size = rows[i].n + 1u;
        check_bytes_on(rows[i].release, text, &event, expected);
    }
}

static void without_type_or_task_nothing_is_rendered(void **state)
{
    static const char *const rows[] = {
        "\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n",
        "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n",
        "\tfield:long common_pid;\toffset:8;\tsize:8;\tsigned:1;\n"
        "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n",
        "\tfield:unsigned int common_type;\toffset:0;\tsize:4;\tsigned:0;\n"
        "\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n",
    };
    struct render_style style = {0};
    struct tp_error error = TP_ERROR_INIT;
    struct render *render = NULL;
    struct event_format format;
    char text[512];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(text, sizeof text, "name: x\nID: 1\nformat:\n%s\nprint fmt: \"y\"\n", rows[i]);
        assert_int_equal(format_parse(&format, "tcp", text, strlen(text), NULL), 0);
        tp_error_clear(&error);
        assert_int_equal(render_compile(&render, &format.event, &style, &error),
                         TP_ERR_UNSUPPORTED);
        assert_non_null(strstr(error.text, "common_"));
        format_release(&format);
    }
}

static void releases_are_numbers(void **state)
{
    (void)state;
    assert_int_equal(render_release("6.18.44-fc-v669"), 0x612);
    assert_int_equal(render_release("5.10.0-8-amd64"), 0x50a);
    assert_int_equal(render_release("7.0-rc1"), 0x700);
    assert_int_equal(render_release("unknown"), 0);
}

/* Only what is printed exactly is printed at all. */
static void what_only_the_kernel_can_print_is_refused(void **state)
{
    static const char *const rows[] = {
        "\"%pS\", REC->p",
        "\"%px\", REC->p",
        "\"%5d\", REC->n",
        "\"%d\"",
        "\"%d\", REC->missing",
        "\"%d\", REC->n + 1",
        "\"%d\", REC->a",
        "\"%pI4\", REC->n",
        "\"%pI6c\", REC->a",
        "\"%s\", REC->n",
        "\"%s\", __print_flags(1)",
        "\"%d\", REC->n, REC->n",
        "\"%s\", \"a\\n\"",
        "\"%",
        "\"%s\", __print_symbolic(REC->n, { A, \"A\" })",
        "REC->n",
        "\"%d\", sizeof(int)",
        "\"%c\", 'ab'",
        "\"%s\", __get_str(n)",
    };
    struct render_style style = {0};
    struct tp_error error = TP_ERROR_INIT;
    struct render *render = NULL;
    struct event_format format;
    char text[1024];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(text, sizeof text,
                 "name: x\nID: 1\nformat:\n" COMMON
                 "\tfield:int n;\toffset:8;\tsize:4;\tsigned:1;\n"
                 "\tfield:__u8 a[4];\toffset:12;\tsize:4;\tsigned:0;\n"
                 "\tfield:void * p;\toffset:16;\tsize:8;\tsigned:0;\n\nprint fmt: %s\n",
                 rows[i]);
        assert_int_equal(format_parse(&format, "tcp", text, strlen(text), &error), 0);
        if (render_compile(&render, &format.event, &style, &error) != TP_ERR_UNSUPPORTED)
            fail_msg("taken: %s", rows[i]);
        assert_string_equal(error.text, "only the kernel itself can print the event x of this "
                                        "kernel");
        assert_true(error.column > 0);
        tp_error_clear(&error);
        format_release(&format);
    }
}

/* From the first that printed text to the newest: no recording falls back to the slow engine. */
static void the_events_of_all_kernels_can_be_rendered(void **state)
{
    const struct render_style style = {0};
    struct tp_error error = TP_ERROR_INIT;
    struct render *render;
    struct event_format format;
    size_t i, length = 0;
    glob_t files;
    char *text;

    (void)state;
    assert_int_equal(glob("tests/data/*/*/events/*/*/format", 0, NULL, &files), 0);
    assert_int_equal(glob(RAW_TREE "/events/*/*/format", GLOB_APPEND, NULL, &files), 0);
    assert_true(files.gl_pathc > 30);
    for (i = 0; i < files.gl_pathc; i++) {
        text = raw_file(files.gl_pathv[i], &length);
        assert_non_null(text);
        if (format_parse(&format, "tcp", text, length, &error) ||
            render_compile(&render, &format.event, &style, &error))
            fail_msg("%s: %s", files.gl_pathv[i], error.text);
        render_free(render);
        format_release(&format);
        free(text);
    }
    globfree(&files);
}

static void pointers_are_hashed(void **state)
{
    static const char text[] =
        "name: x\nID: 1\nformat:\n" COMMON "\tfield:void * p;\toffset:8;\tsize:8;\tsigned:0;\n"
        "\tfield:void * q;\toffset:16;\tsize:8;\tsigned:0;\n\n"
        "print fmt: \"%p %p\", REC->p, REC->q\n";
    static const uint64_t salt[2] = {1, 2};
    uint64_t fields[2] = {0, UINT64_MAX - 12}; /* -EACCES */
    char expected[128];

    (void)state;
    check_line_on("6.18", 0, 0, text, fields, sizeof fields, 0,
                  "          a task-4711    [003] .....     0.000000: x: 0000000000000000 "
                  "fffffffffffffff3\n");
    fields[0] = fields[1] = 0xffff888134e50ce0;
    snprintf(expected, sizeof expected,
             "          a task-4711    [003] .....     0.000000: x: 00000000%08x 00000000%08x\n",
             (uint32_t)siphash(salt, fields[0]), (uint32_t)siphash(salt, fields[0]));
    check_line_on("6.18", 0, 0, text, fields, sizeof fields, 0, expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_hash_is_siphash_2_4),
        cmocka_unit_test(the_first_tcp_probe_is_rendered),
        cmocka_unit_test(a_stray_newline_is_kept),
        cmocka_unit_test(what_has_no_symbol_is_a_number),
        cmocka_unit_test(the_synack_is_rendered),
        cmocka_unit_test(flags_are_those_of_the_kernel),
        cmocka_unit_test(common_fields_are_where_the_format_says),
        cmocka_unit_test(without_type_or_task_nothing_is_rendered),
        cmocka_unit_test(releases_are_numbers),
        cmocka_unit_test(what_only_the_kernel_can_print_is_refused),
        cmocka_unit_test(the_events_of_all_kernels_can_be_rendered),
        cmocka_unit_test(pointers_are_hashed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
