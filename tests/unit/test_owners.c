/* test_owners.c: who has sockets open, by a made-up /proc. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <tcpprobe/host.h>

static char proc[] = "/tmp/test_owners.XXXXXX";
static struct tp_owners *owners;
static struct tp_owners_summary summary;

static char *path(const char *name)
{
    static char text[256];

    snprintf(text, sizeof text, "%s/%s", proc, name);
    return text;
}

/* PROC/PID/comm, and PROC/PID/fd/N -> what. */
static void add_process(const char *pid, const char *comm)
{
    char name[64];
    FILE *file;

    assert_int_equal(mkdir(path(pid), 0700), 0);
    snprintf(name, sizeof name, "%s/fd", pid);
    assert_int_equal(mkdir(path(name), 0700), 0);
    snprintf(name, sizeof name, "%s/comm", pid);
    file = fopen(path(name), "w");
    assert_non_null(file);
    fprintf(file, "%s\n", comm);
    fclose(file);
}

static void add_file(const char *pid, const char *number, const char *what)
{
    char name[64];

    snprintf(name, sizeof name, "%s/fd/%s", pid, number);
    assert_int_equal(symlink(what, path(name)), 0);
}

static int begin(void **state)
{
    (void)state;
    strcpy(proc + strlen(proc) - 6, "XXXXXX");
    if (!mkdtemp(proc))
        return -1;
    owners = tp_owners_new(proc, NULL);
    return owners ? 0 : -1;
}

static int finish(void **state)
{
    char command[64];

    (void)state;
    tp_owners_free(owners);
    snprintf(command, sizeof command, "rm -r %s", proc);
    return system(command);
}

static struct tp_sock socket_of(uint64_t cookie, uint32_t inode)
{
    struct tp_sock socket = {.cookie = cookie, .inode = inode};

    if (inode)
        socket.have[TP_SOCKET_inode / 64] |= UINT64_C(1) << (TP_SOCKET_inode % 64);
    return socket;
}

static void find(struct tp_sock *sockets, size_t count)
{
    assert_int_equal(tp_owners_find(owners, sockets, count, &summary, NULL), TP_OK);
}

static void each_socket_has_its_process(void **state)
{
    struct tp_sock sockets[] = {socket_of(1, 300), socket_of(2, 100), socket_of(3, 200),
                                socket_of(4, 0), socket_of(5, 999)};

    (void)state;
    add_process("11", "client");
    add_file("11", "0", "/dev/null");
    add_file("11", "3", "socket:[100]");
    add_file("11", "4", "socket:[200]");
    add_file("11", "5", "socket:[555]"); /* of no TCP socket */
    add_process("22", "server");
    add_file("22", "7", "socket:[300]");
    find(sockets, 5);
    assert_int_equal(sockets[0].pid, 22);
    assert_string_equal(sockets[0].owner, "server");
    assert_int_equal(sockets[1].pid, 11);
    assert_int_equal(sockets[2].pid, 11);
    assert_string_equal(sockets[2].owner, "client");
    assert_int_equal(sockets[3].pid, 0); /* was never asked for */
    assert_int_equal(sockets[4].pid, 0); /* nobody has it */
    assert_int_equal(summary.processes, 2);
}

static void who_had_sockets_is_looked_at_first(void **state)
{
    struct tp_sock sockets[] = {socket_of(1, 100), socket_of(2, 200)};

    (void)state;
    add_process("11", "client");
    add_process("22", "server");
    add_process("33", "idle");
    add_file("22", "3", "socket:[100]");
    find(sockets, 1);
    assert_int_equal(sockets[0].pid, 22);
    add_file("22", "4", "socket:[200]");
    find(sockets, 2);
    assert_int_equal(sockets[1].pid, 22);
    assert_int_equal(summary.processes, 1);
    /* Known ones are not looked for, whoever has that number now. */
    sockets[0] = socket_of(1, 100);
    sockets[1] = socket_of(2, 200);
    find(sockets, 2);
    assert_int_equal(sockets[1].pid, 22);
    assert_int_equal(summary.processes, 0);
    /* A new one under an old inode is another one, and all are looked at, each once. */
    sockets[1] = socket_of(3, 777);
    find(sockets, 2);
    assert_int_equal(sockets[1].pid, 0);
    assert_int_equal(summary.processes, 3);
}

static void odd_files_are_nobodys(void **state)
{
    struct tp_sock sockets[] = {socket_of(1, 100), socket_of(2, UINT32_MAX), socket_of(3, 7)};

    (void)state;
    add_process("11", "a\tname that is longer than a kernel's");
    add_file("11", "0", "socket:[100");
    add_file("11", "1", "socket:[]");
    add_file("11", "2", "socket:[4294967303]"); /* 7, if it wrapped */
    add_file("11", "3", "socket:[-1]");
    add_file("11", "4", "socket:[7]x");
    add_file("11", "5",
             "socket:[1000000000000000000000000000000000000000000000000000000000000000]");
    add_process("0", "none");
    add_file("0", "1", "socket:[100]");
    add_process("99999999999", "no number of a process");
    add_file("99999999999", "1", "socket:[100]");
    assert_int_equal(mkdir(path("44"), 0700), 0); /* without files: they may not be looked at */
    find(sockets, 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(sockets[i].pid, 0);
    assert_int_equal(summary.processes, 2);
    assert_int_equal(summary.denied, 1);
    add_file("11", "6", "socket:[100]");
    find(sockets, 1);
    assert_int_equal(sockets[0].pid, 11);
    assert_string_equal(sockets[0].owner,
                        "a\tname that is longer t"); /* as much as there is room */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_socket_has_its_process),
        TEST(who_had_sockets_is_looked_at_first),
        TEST(odd_files_are_nobodys),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
