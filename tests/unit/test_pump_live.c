/* test_pump_live.c: both engines on the running kernel, with connections of this process over
 * loopback. Needs root and tracefs, and says so where they are missing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <arpa/inet.h>
#include <errno.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "recorder/instance.h"
#include "recorder/event_line.h"

#include "pump_lines.h"

#include "recorder/event_format.h"

static const struct places places = {.proc = "/proc", .sys = "/sys"};

/* Those of them that the kernel has; each names a connection. */
static const char *const wanted[] = {
    "tcp/tcp_probe",           "tcp/tcp_retransmit_skb", "tcp/tcp_retransmit_synack",
    "tcp/tcp_send_reset",      "tcp/tcp_receive_reset",  "tcp/tcp_destroy_sock",
    "tcp/tcp_cong_state_set",  "tcp/tcp_rcvbuf_grow",    "tcp/tcp_rcv_space_adjust",
    "sock/inet_sock_set_state"};

#define WANTED (sizeof wanted / sizeof *wanted)

struct kernel {
    struct tracefs fs;
    struct event_format formats[WANTED];
    const struct tp_kernel_event *events[WANTED];
    const char *names[WANTED];
    size_t count;
    unsigned release;
};

/* An instance with a pump of its own. */
struct recording {
    const struct kernel *kernel;
    enum pump_engine engine;
    struct instance *instance;
    struct pump *pump;
    struct lines lines;
};

static void assert_fine(int rc, const struct tp_error *error)
{
    if (rc != 0)
        fail_msg("%s", error->text);
}

/* False if this machine cannot trace. */
static bool kernel_open(struct kernel *kernel)
{
    struct tp_error error = TP_ERROR_INIT;
    struct utsname uts;
    char system[32];
    const char *name;
    size_t i;

    memset(kernel, 0, sizeof *kernel);
    if (tracefs_open(&kernel->fs, &places, NULL, &error) || geteuid() != 0) {
        print_message("# not possible here: %s\n", error.code ? error.text : "not root");
        tracefs_close(&kernel->fs);
        return false;
    }
    assert_int_equal(uname(&uts), 0);
    kernel->release = render_release(uts.release);
    for (i = 0; i < WANTED; i++) {
        name = strchr(wanted[i], '/') + 1;
        snprintf(system, sizeof system, "%.*s", (int)(name - wanted[i] - 1), wanted[i]);
        if (format_read(&kernel->formats[i], kernel->fs.root, system, name, NULL) != 0)
            continue;
        kernel->names[kernel->count] = wanted[i];
        kernel->events[kernel->count++] = &kernel->formats[i].event;
    }
    assert_true(kernel->count >= 8);
    return true;
}

static void kernel_close(struct kernel *kernel)
{
    size_t i;

    for (i = 0; i < WANTED; i++)
        format_release(&kernel->formats[i]);
    tracefs_close(&kernel->fs);
}

static int open_pump(struct instance *instance, void *context, struct tp_error *error)
{
    struct recording *recording = context;
    const struct kernel *kernel = recording->kernel;
    const struct pump_plan plan = {.engine = recording->engine,
                                   .tracefs = kernel->fs.root,
                                   .instance = instance_path(instance),
                                   .release = kernel->release,
                                   .events = kernel->events,
                                   .event_count = kernel->count};

    return pump_open(&recording->pump, &plan, error);
}

static void start(struct recording *recording, const struct kernel *kernel, enum pump_engine engine,
                  uint64_t buffer_kib)
{
    const struct instance_plan plan = {.buffer_kib = buffer_kib,
                                       .events = kernel->names,
                                       .event_count = kernel->count,
                                       .open_pipes = open_pump,
                                       .context = recording};
    struct tp_error error = TP_ERROR_INIT;
    struct instance_grant grant;

    memset(recording, 0, sizeof *recording);
    recording->kernel = kernel;
    recording->engine = engine;
    assert_fine(instance_create(&recording->instance, &kernel->fs, &error), &error);
    assert_fine(instance_set_up(recording->instance, &places, &plan, &grant, &error), &error);
}

static void drain(struct recording *recording, bool last)
{
    struct tp_error error = TP_ERROR_INIT;

    assert_fine(pump_drain(recording->pump, last, lines_take, &recording->lines, &error), &error);
}

static void stop(struct recording *recording)
{
    struct tp_error error = TP_ERROR_INIT;

    assert_fine(instance_stop(recording->instance, &error), &error);
}

static void finish(struct recording *recording)
{
    struct tp_error error = TP_ERROR_INIT;

    pump_close(recording->pump);
    assert_fine(instance_remove(recording->instance, &error), &error);
    lines_release(&recording->lines);
}

/* --- connections ----------------------------------------------------------------------------- */

/* Called now and then. */
struct pace {
    void (*turn)(void *context);
    void *context;
};

static void take_turn(const struct pace *pace)
{
    const struct timespec pause = {.tv_nsec = 10000000};

    nanosleep(&pause, NULL);
    if (pace->turn)
        pace->turn(pace->context);
}

static socklen_t address_of(struct sockaddr_storage *storage, const char *text, uint16_t port)
{
    struct sockaddr_in *v4 = (struct sockaddr_in *)storage;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)storage;

    memset(storage, 0, sizeof *storage);
    if (strchr(text, ':')) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(port);
        assert_int_equal(inet_pton(AF_INET6, text, &v6->sin6_addr), 1);
        return sizeof *v6;
    }
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    assert_int_equal(inet_pton(AF_INET, text, &v4->sin_addr), 1);
    return sizeof *v4;
}

static int listen_on(const char *address, int backlog, uint16_t *port)
{
    struct sockaddr_storage storage;
    socklen_t length = address_of(&storage, address, 0);
    int fd = socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&storage, length), 0);
    assert_int_equal(listen(fd, backlog), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&storage, &length), 0);
    *port = ntohs(((struct sockaddr_in *)&storage)->sin_port); /* where sin6_port is, too */
    return fd;
}

static int connect_to(const char *address, uint16_t port, int flags)
{
    struct sockaddr_storage storage;
    socklen_t length = address_of(&storage, address, port);
    int fd = socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
    int rc;

    assert_true(fd >= 0);
    rc = connect(fd, (struct sockaddr *)&storage, length);
    assert_true(rc == 0 || (flags && errno == EINPROGRESS));
    return fd;
}

static void run_on(unsigned cpu)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    sched_setaffinity(0, sizeof set, &set); /* where there is one CPU, all runs there */
}

/* Some data in one direction, a little in the other, then the end. Returns the server's port. */
static uint16_t talk(const char *server, const char *client, unsigned rounds, bool reset)
{
    static char data[20000];
    const struct linger at_once = {.l_onoff = 1};
    uint16_t port;
    int listener = listen_on(server, 4, &port), ours, theirs;
    unsigned i;

    run_on(0);
    ours = connect_to(client, port, 0);
    theirs = accept(listener, NULL, NULL);
    assert_true(theirs >= 0);
    for (i = 0; i < rounds; i++) {
        run_on(i & 1);
        assert_int_equal(send(ours, data, 100 + i * 700 % 16000, 0), 100 + i * 700 % 16000);
        assert_true(recv(theirs, data, sizeof data, 0) > 0);
    }
    assert_int_equal(send(theirs, data, 10, 0), 10);
    if (reset)
        assert_int_equal(setsockopt(ours, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), 0);
    close(ours);
    close(theirs);
    close(listener);
    return port;
}

#define PORTS 8

static void all_kinds_of_traffic(uint16_t ports[PORTS], const struct pace *pace)
{
    int listener, clients[3], turns;
    size_t i, n = 0;

    ports[n++] = talk("127.0.0.1", "127.0.0.1", 50, false);
    take_turn(pace);
    ports[n++] = talk("::1", "::1", 50, false);
    take_turn(pace);
    ports[n++] = talk("::", "127.0.0.1", 50, false);
    ports[n++] = talk("::", "::ffff:127.0.0.1", 50, false);
    take_turn(pace);
    ports[n++] = talk("127.0.0.1", "127.0.0.1", 5, true);
    ports[n++] = talk("::1", "::1", 5, true);
    /* Where the queue is full, SYNs get no answer and are sent again. */
    listener = listen_on("127.0.0.1", 0, &ports[n++]);
    for (i = 0; i < 3; i++)
        clients[i] = connect_to("127.0.0.1", ports[n - 1], SOCK_NONBLOCK);
    for (turns = 0; turns < 120; turns++)
        take_turn(pace);
    for (i = 0; i < 3; i++)
        close(clients[i]);
    close(listener);
    ports[n++] = talk("::1", "::1", 5, false);
    take_turn(pace);
}

/* --- tests ----------------------------------------------------------------------------------- */

/* Other tests run at the same time, and some of them flood: what they make overrun is no fault of
 * ours, and is tried again. */
#define ATTEMPTS 6

static void give_up(struct kernel *kernel)
{
    print_message("# the machine was too busy: other events overran the buffers each time\n");
    kernel_close(kernel);
    skip();
}

/* The `trace` file shows what is in the buffer without taking it: the same events, twice. */
static void raw_pages_are_rendered_as_the_kernel_does(void **state)
{
    const struct pace pace = {NULL, NULL};
    struct tp_error error = TP_ERROR_INIT;
    struct recording recording;
    uint16_t ports[PORTS];
    struct kernel kernel;
    char *text, *expected;
    int attempt;

    (void)state;
    if (!kernel_open(&kernel))
        skip();
    for (attempt = 0; attempt < ATTEMPTS; attempt++) {
        start(&recording, &kernel, PUMP_RAW, 4096);
        all_kinds_of_traffic(ports, &pace);
        stop(&recording);
        text = instance_read(recording.instance, "trace", &error);
        if (!text)
            fail_msg("%s", error.text);
        drain(&recording, true);
        if (recording.lines.markers == 0)
            break;
        free(text);
        finish(&recording);
        sleep(1);
    }
    if (attempt == ATTEMPTS)
        give_up(&kernel);
    for (expected = text; *expected == '#'; expected = strchr(expected, '\n') + 1)
        continue;
    assert_true(recording.lines.count > 500);
    assert_non_null(strstr(expected, " tcp_retransmit_skb: "));
    assert_non_null(strstr(expected, " tcp_receive_reset: "));
    number_pointers(recording.lines.text);
    number_pointers(expected);
    assert_true(same_lines(recording.lines.text, expected));
    free(text);
    finish(&recording);
    kernel_close(&kernel);
}

static bool is_ours(const char *line, size_t length, const uint16_t ports[PORTS])
{
    char copy[1024], word[32];
    size_t i;

    snprintf(copy, sizeof copy, "%.*s ", (int)length, line);
    for (i = 0; i < PORTS; i++) {
        snprintf(word, sizeof word, "port=%u ", ports[i]);
        if (strstr(copy, word))
            return true;
        snprintf(word, sizeof word, ":%u ", ports[i]);
        if (strstr(copy, word))
            return true;
    }
    return false;
}

/* Keeps our own lines, without what differs between two instances: each has a time of its own for
 * an event, a reschedule may become due between the two, and a name be known to the later look. */
static uint64_t keep_ours(char *text, const uint16_t ports[PORTS])
{
    char *at = text, *out = text, *newline;
    uint64_t count = 0;
    size_t length;

    for (; (newline = strchr(at, '\n')); at = newline + 1) {
        length = (size_t)(newline - at);
        if (length < 64 || !is_ours(at, length, ports))
            continue;
        memset(at, '-', 16);
        at[32] = '?';
        memset(at + 36, '0', strcspn(at + 36, ":"));
        memmove(out, at, length + 1);
        out += length + 1;
        count++;
    }
    *out = '\0';
    return count;
}

struct pair {
    struct recording raw, pipe;
};

static void drain_both(void *context)
{
    struct pair *pair = context;

    drain(&pair->raw, false);
    drain(&pair->pipe, false);
}

static void both_engines_give_the_same_lines(void **state)
{
    struct pair pair;
    const struct pace pace = {drain_both, &pair};
    uint16_t ports[PORTS];
    struct kernel kernel;
    uint64_t count;
    int attempt;

    (void)state;
    if (!kernel_open(&kernel))
        skip();
    for (attempt = 0; attempt < ATTEMPTS; attempt++) {
        start(&pair.raw, &kernel, PUMP_RAW, 4096);
        start(&pair.pipe, &kernel, PUMP_PIPE, 4096);
        all_kinds_of_traffic(ports, &pace);
        stop(&pair.raw);
        stop(&pair.pipe);
        drain(&pair.raw, true);
        drain(&pair.pipe, true);
        if (pair.raw.lines.markers == 0 && pair.pipe.lines.markers == 0)
            break;
        finish(&pair.raw);
        finish(&pair.pipe);
        sleep(1);
    }
    if (attempt == ATTEMPTS)
        give_up(&kernel);
    count = keep_ours(pair.raw.lines.text, ports);
    assert_true(count > 500);
    assert_int_equal(keep_ours(pair.pipe.lines.text, ports), count);
    number_pointers(pair.raw.lines.text);
    number_pointers(pair.pipe.lines.text);
    assert_true(same_lines(pair.raw.lines.text, pair.pipe.lines.text));
    finish(&pair.raw);
    finish(&pair.pipe);
    kernel_close(&kernel);
}

/* What is written and what is told to be lost is what the kernel counted. */
static void losses_add_up(enum pump_engine engine)
{
    uint64_t read = 0, overrun = 0, other = 0;
    struct tp_error error = TP_ERROR_INIT;
    struct recording recording;
    struct cpu_stats stats;
    struct kernel kernel;
    unsigned i;

    if (!kernel_open(&kernel))
        skip();
    start(&recording, &kernel, engine, 64);
    for (i = 0; i < 10; i++) {
        talk("127.0.0.1", "127.0.0.1", 300 + 50 * i, false);
        drain(&recording, false);
    }
    stop(&recording);
    drain(&recording, true);
    for (i = 0; i < instance_cpu_count(recording.instance); i++) {
        assert_fine(instance_stats(recording.instance, i, &stats, &error), &error);
        read += stats.read;
        overrun += stats.overrun;
        other += stats.entries + stats.dropped;
    }
    assert_true(overrun > 0);
    assert_int_equal(other, 0);
    assert_int_equal(pump_stats(recording.pump)->unreadable, 0);
    assert_int_equal(pump_stats(recording.pump)->events, read);
    assert_int_equal(pump_stats(recording.pump)->lost, overrun);
    if (pump_stats(recording.pump)->uncounted == 0)
        assert_int_equal(recording.lines.lost, overrun);
    finish(&recording);
    kernel_close(&kernel);
}

static void raw_losses_add_up(void **state)
{
    (void)state;
    losses_add_up(PUMP_RAW);
}

static void pipe_losses_add_up(void **state)
{
    (void)state;
    losses_add_up(PUMP_PIPE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(raw_pages_are_rendered_as_the_kernel_does),
        cmocka_unit_test(both_engines_give_the_same_lines),
        cmocka_unit_test(raw_losses_add_up),
        cmocka_unit_test(pipe_losses_add_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
