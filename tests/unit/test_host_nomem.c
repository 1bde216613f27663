/* test_host_nomem.c: every allocation of reading sockets, finding their owners and sampling them
 * fails in turn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <tcpprobe/sampler.h>

#include "socket_maker.h"
#define NOMEM_TEXTS
#include "nomem.h"

enum { SOCKETS = 40 };

static struct socket_maker made;

static void make_sockets(void)
{
    for (uint32_t i = 1; i <= SOCKETS; i++) {
        maker_socket(&made, 1, i);
        maker_info(&made, 280);
    }
}

static int take(void *context, const struct tp_sock *socket)
{
    unsigned *count = context;

    (void)socket;
    ++*count;
    return 0;
}

static int dump(struct tp_error *error)
{
    unsigned count = 0;
    const struct tp_dump_options options = {
        .states = TP_STATES_ALL, .socket = take, .context = &count};
    struct tp_netlink *netlink = tp_netlink_replay(made.bytes, made.length, error);
    struct tp_dump_summary summary;
    int rc = netlink ? tp_sockets_dump(netlink, &options, &summary, error) : TP_ERR_NOMEM;

    tp_netlink_close(netlink);
    assert_true(rc != 0 || count == SOCKETS);
    return rc;
}

/* Processes are not found: the folder has none. What is known is kept. */
static int find_owners(struct tp_error *error)
{
    struct tp_sock sockets[SOCKETS] = {{0}};
    struct tp_owners *owners = tp_owners_new("tests/data/host", error);
    struct tp_owners_summary summary;
    int rc = owners ? TP_OK : TP_ERR_NOMEM;

    for (int i = 0; i < SOCKETS; i++)
        sockets[i] = (struct tp_sock){.cookie = (uint64_t)i + 1, .pid = i % 7};
    for (size_t count = 1; rc == TP_OK && count <= SOCKETS; count += SOCKETS - 1)
        rc = tp_owners_find(owners, sockets, count, &summary, error);
    tp_owners_free(owners);
    return rc;
}

static int line(void *context, int64_t ts_ns, const char *text, size_t length,
                struct tp_error *error)
{
    (void)context, (void)ts_ns, (void)text, (void)length, (void)error;
    return 0;
}

static int sample(struct tp_error *error)
{
    struct tp_netlink *netlink = tp_netlink_replay(made.bytes, made.length, error);
    const struct tp_sampler_source source = {.dump = netlink};
    const struct tp_sampler_options options = {
        .sources = &source, .source_count = 1, .states = TP_STATES_ALL, .line = line};
    struct tp_sampler *sampler = netlink ? tp_sampler_new(&options, error) : NULL;
    int rc = sampler ? TP_OK : TP_ERR_NOMEM;

    for (int round = 0; rc == TP_OK && round < 3; round++)
        rc = tp_sampler_round(sampler, error);
    tp_sampler_free(sampler);
    tp_netlink_close(netlink);
    return rc;
}

static void fail_each(int (*work)(struct tp_error *error), long least)
{
    struct tp_error error;
    bool reached;
    long n = 0;
    int rc;

    do {
        tp_error_clear(&error);
        atomic_store(&nomem_left, n++);
        rc = work(&error);
        reached = nomem_reached();
        atomic_store(&nomem_left, NOMEM_NEVER);
        assert_int_equal(rc, reached ? TP_ERR_NOMEM : TP_OK);
        assert_int_equal(error.code, rc);
    } while (reached);
    assert_true(n > least);
}

static void a_dump(void **state)
{
    (void)state;
    fail_each(dump, 2);
}

static void owners(void **state)
{
    (void)state;
    fail_each(find_owners, 4);
}

static void rounds(void **state)
{
    (void)state;
    fail_each(sample, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dump),
        cmocka_unit_test(owners),
        cmocka_unit_test(rounds),
    };

    make_sockets();
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
