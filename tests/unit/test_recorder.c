/* test_recorder.c: the recorder's parts that need no kernel: what stands around the events, which
 * lines pass, how many connections were met. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include <tcpprobe/input.h>

#include "recorder/recorder.h"
#include "recorder/wall.h"

#define PROBE                                                                                      \
    "          <idle>-0       [001] ..s2.  994.157921: tcp_probe: family=AF_INET "                 \
    "src=10.0.0.1:8080 dest=10.0.0.2:52714 mark=0x0 data_len=16384 snd_nxt=0x1 snd_una=0x1 "       \
    "snd_cwnd=10 ssthresh=2147483647 snd_wnd=65536 srtt=15 rcv_wnd=65483 sock_cookie=1049\n"
#define CONNECT                                                                                    \
    "          <idle>-0       [001] .....  994.157391: inet_sock_set_state: family=AF_INET "       \
    "protocol=IPPROTO_TCP sport=0 dport=8080 saddr=127.0.0.1 daddr=127.0.0.1 "                     \
    "saddrv6=::ffff:127.0.0.1 daddrv6=::ffff:127.0.0.1 oldstate=TCP_CLOSE "                        \
    "newstate=TCP_SYN_SENT\n"
#define STRANGER                                                                                   \
    "          <idle>-0       [001] ..s2.  994.157921: tcp_hash_md5_required: src=10.0.0.1:80 "    \
    "dest=10.0.0.2:1\n"

/* --- the heading ------------------------------------------------------------------------------ */

/* What a user types cannot become an event, a clock or an offset. */
static const char hostile[] =
    "x\n" PROBE "clock=evil kernel=0 realtime_minus_mono_ns=5 event=tcp/tcp_destroy_sock "
    "\x1b[31m\tclock=evil\tpackets_dropped_so_far=3 clock=evil congestion_control=evil "
    "hostname=evil boot_id=evil";

static struct tp_recorder *recorder_for(struct event *events, size_t count)
{
    struct tp_recorder *recorder = calloc(1, sizeof *recorder);

    assert_non_null(recorder);
    recorder->places = (struct places){"/proc", "/sys"};
    recorder->set = (struct event_set){events, count};
    recorder->setup.clock = "mono";
    recorder->setup.cpus = 2;
    recorder->setup.engine = TP_ENGINE_RAW;
    recorder->options.command = hostile;
    recorder->options.filter_text = hostile;
    return recorder;
}

static void heading_misleads_nobody(void **state)
{
    struct event event = {.chosen = true, .filter = strdup("comm == \" clock=evil \"")};
    struct tp_recorder *recorder;
    struct tp_stream *stream;
    struct utsname system;
    const struct tp_record *record;
    const struct tp_input_info *info;
    char path[] = "/tmp/test_recorder.XXXXXX", line[4096];
    const char *paths[] = {path};
    FILE *out = fdopen(mkstemp(path), "w+");
    int64_t offset_ns = 0;

    (void)state;
    event.format.event.system = "tcp";
    event.format.event.name = "tcp_probe";
    recorder = recorder_for(&event, 1);
    assert_non_null(out);
    assert_int_equal(heading_write(recorder, 1, out, NULL), TP_OK);
    fputs(PROBE, out);
    rewind(out);
    while (fgets(line, sizeof line, out))
        assert_true(line[0] == '#' || strcmp(line, PROBE) == 0);
    fclose(out);

    assert_int_equal(tp_stream_open(&stream, paths, 1, NULL, NULL), TP_OK);
    assert_int_equal(tp_stream_next(stream, &record, NULL), 1);
    assert_int_equal(tp_stream_next(stream, &record, NULL), 0);
    info = tp_stream_info(stream, 0);
    assert_string_equal(info->clock, "mono");
    assert_int_equal(info->headers, 1);
    assert_string_equal(info->congestion_control, ""); /* whatever our own namespace has */
    assert_int_equal(uname(&system), 0);
    assert_string_equal(info->kernel, system.release);
    assert_string_equal(info->hostname, system.nodename);
    assert_int_equal(strlen(info->boot_id), 36);
    assert_non_null(strstr(info->settings, "net.ipv4.tcp_rmem="));
    assert_true(wall_offset("mono", &offset_ns) && info->has_wall_offset);
    assert_true(llabs(info->wall_offset_ns - offset_ns) < 1000000000);
    assert_int_equal(info->malformed, 0);
    assert_int_equal(info->packets_dropped, 0);
    assert_int_equal(info->recorded, UINT32_C(1) << TP_KIND_PROBE);
    tp_stream_close(stream);
    unlink(path);
    free(event.filter);
    free(recorder);
}

static void offsets_of_clocks(void **state)
{
    struct timespec wall, mono;
    int64_t offset_ns, expected_ns;

    (void)state;
    assert_true(wall_offset("mono", &offset_ns));
    clock_gettime(CLOCK_REALTIME, &wall);
    clock_gettime(CLOCK_MONOTONIC, &mono);
    expected_ns = (int64_t)(wall.tv_sec - mono.tv_sec) * 1000000000 + wall.tv_nsec - mono.tv_nsec;
    assert_true(llabs(offset_ns - expected_ns) < 100000000);
    assert_true(wall_offset("boot", &offset_ns));
    assert_true(wall_offset("tai", &offset_ns));
    assert_false(wall_offset("local", &offset_ns));
    assert_false(wall_offset("x86-tsc", &offset_ns));
}

/* --- the sieve -------------------------------------------------------------------------------- */

enum { UNREAD, TCP_PROBE, EVENTS };

/* passes EXPRESSION, exact or not, for that line and from that engine */
static bool passes(const char *expression, bool exact, int which, const char *text, bool is_raw)
{
    struct event events[EVENTS] = {{.chosen = true, .filter = ""}, {.chosen = true, .filter = ""}};
    struct event_set set = {events, EVENTS};
    struct tp_filter *filter = NULL;
    struct sieve sieve;
    struct pump_line line = {.text = text, .length = strlen(text)};
    bool result;

    events[UNREAD].format.event.name = "tcp_hash_md5_required";
    events[TCP_PROBE].format.event.name = "tcp_probe";
    events[which].exact = exact;
    if (is_raw)
        line.event = &events[which].format.event;
    if (expression)
        assert_int_equal(tp_filter_parse(&filter, expression, NULL), TP_OK);
    assert_int_equal(sieve_init(&sieve, &set, filter, false, NULL), TP_OK);
    result = sieve_passes(&sieve, &line);
    sieve_release(&sieve);
    tp_filter_free(filter);
    return result;
}

static void lines_are_asked_again(void **state)
{
    (void)state;
    for (int raw = 0; raw <= 1; raw++) {
        assert_true(passes(NULL, false, TCP_PROBE, PROBE, raw));
        assert_true(passes(NULL, false, UNREAD, STRANGER, raw));
        assert_true(passes("sport == 8080", false, TCP_PROBE, PROBE, raw));
        assert_false(passes("sport == 8081", false, TCP_PROBE, PROBE, raw));
        assert_true(passes("sport == 8080", true, TCP_PROBE, PROBE, raw));
        /* a line that cannot be asked passes only if the kernel has asked the whole filter */
        assert_true(passes("sport == 80", true, UNREAD, STRANGER, raw));
        assert_false(passes("sport == 80", false, UNREAD, STRANGER, raw));
        assert_false(passes("sport == 80", false, TCP_PROBE, "rubbish\n", raw));
    }
}

/* --- counting flows --------------------------------------------------------------------------- */

static void flows_are_counted_once(void **state)
{
    struct flow_count flows = {0};

    (void)state;
    for (unsigned round = 0; round < 3; round++)
        for (uint32_t i = 0; i < 5000; i++)
            flow_count_add(&flows, i * UINT32_C(2654435761));
    assert_int_equal(flows.count, 5000);
    flow_count_release(&flows);
    assert_int_equal(flows.count, 0);
}

static void sockets_without_a_port_are_no_flows(void **state)
{
    struct event event = {.chosen = true, .filter = (char[]){""}, .exact = true};
    struct event_set set = {&event, 1};
    const char *const lines[] = {PROBE, CONNECT, PROBE};
    struct sieve sieve;

    (void)state;
    event.format.event.name = "tcp_probe";
    assert_int_equal(sieve_init(&sieve, &set, NULL, true, NULL), TP_OK);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct pump_line line = {.text = lines[i], .length = strlen(lines[i])};

        assert_true(sieve_passes(&sieve, &line));
    }
    assert_int_equal(sieve.flows.count, 1);
    sieve_release(&sieve);
}

static void flows_are_bounded(void **state)
{
    struct flow_count flows = {0};

    (void)state;
    for (uint32_t i = 1; i < 3 * FLOW_COUNT_MAX; i++)
        flow_count_add(&flows, i * UINT32_C(2654435761));
    assert_in_range(flows.count, FLOW_COUNT_MAX - 1, FLOW_COUNT_MAX + 1);
    assert_in_range(flows.places * sizeof *flows.hashes, 1, 8 << 20);
    flow_count_release(&flows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heading_misleads_nobody),
        cmocka_unit_test(offsets_of_clocks),
        cmocka_unit_test(lines_are_asked_again),
        cmocka_unit_test(flows_are_counted_once),
        cmocka_unit_test(flows_are_bounded),
        cmocka_unit_test(sockets_without_a_port_are_no_flows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
