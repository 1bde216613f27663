/* dump.c: asks for all TCP sockets of a namespace and hands them on as they come.
 *
 * The request is the older form (TCPDIAG_GETSOCK), because it lists both families in one walk over
 * the kernel's table; it is what ss(8) sends, too. The kernel resumes a dump within a bucket by
 * counting, so that a socket may come twice while others come and go: each is handed on once, by
 * its cookie.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/netlink.h>

#include "base/clock.h"
#include "host/cookies.h"
#include "host/message.h"
#include "host/netlink.h"

#define TCPDIAG_GETSOCK 18
#define SOCK_DIAG       20 /* SOCK_DIAG_BY_FAMILY: of recordings */
#define REQ_BYTECODE    1  /* INET_DIAG_REQ_BYTECODE */

/* struct inet_diag_req. The ports and addresses of id are not looked at in a dump. */
struct request {
    uint8_t family, source_bytes, peer_bytes, extensions;
    uint8_t id[48];
    uint32_t states, buckets;
};

/* Attributes to send: bit n - 1 asks for attribute n. INFO, BBR and its like, CONG, TOS, TCLASS,
 * SKMEMINFO; others come without being asked. MEMINFO (bit 0) is part of SKMEMINFO. */
#define EXTENSIONS (1 << 1 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 6)

struct dump {
    struct tp_netlink *netlink;
    const struct tp_dump_options *options;
    struct tp_dump_summary *summary;
    struct tp_error *error;
    int64_t now_ns;
    bool done;
    int refused; /* errno of the kernel */
    uint32_t buffer[NETLINK_BUFFER_BYTES / 4];
};

/* *first: this cookie was not seen before. Sockets without one are all different. */
static int note_cookie(struct dump *dump, uint64_t cookie, bool *first)
{
    *first = true;
    if (!cookie_is_one(cookie) || cookies_add(&dump->netlink->seen, cookie, first))
        return TP_OK;
    return tp_error_nomem(dump->error);
}

/* --- replies ---------------------------------------------------------------------------- */

static int hand_on(struct dump *dump, const struct nlmsghdr *message)
{
    struct tp_sock socket;
    bool first;
    int rc;

    if (!message_read(&socket, message)) {
        dump->summary->malformed++;
        return TP_OK;
    }
    rc = note_cookie(dump, socket.cookie, &first);
    dump->summary->duplicates += !first;
    if (rc || !first || !(dump->options->states & TP_STATE_BIT(socket.tcp_state & 31)))
        return rc;
    socket.ts_ns = dump->now_ns;
    socket.netns = dump->options->netns;
    dump->summary->sockets++;
    if (dump->options->socket(dump->options->context, &socket) == 0)
        return TP_OK;
    return tp_error_set(dump->error, TP_ERR_STOPPED, "stopped");
}

/* An errno, negative, with which a dump ends or is refused. */
static int status_of(const struct nlmsghdr *message)
{
    int status = 0;

    if (mnl_nlmsg_get_payload_len(message) >= sizeof status)
        memcpy(&status, mnl_nlmsg_get_payload(message), sizeof status);
    return status < 0 && status > -4096 ? -status : 0;
}

static int take_message(struct dump *dump, const struct nlmsghdr *message)
{
    dump->summary->interrupted |= (message->nlmsg_flags & NLM_F_DUMP_INTR) != 0;
    switch (message->nlmsg_type) {
    case TCPDIAG_GETSOCK:
    case SOCK_DIAG:
        return hand_on(dump, message);
    case NLMSG_DONE:
    case NLMSG_ERROR:
        dump->refused = status_of(message);
        dump->done =
            !dump->netlink->recorded || dump->refused; /* several may stand in a recording */
        return TP_OK;
    default: /* NLMSG_NOOP and what is to come */
        return TP_OK;
    }
}

static int take_messages(struct dump *dump, size_t length)
{
    const struct nlmsghdr *message;
    size_t at = 0;
    int rc = TP_OK;

    while (rc == TP_OK && !dump->done && at < length &&
           (message = netlink_message(dump->buffer, at, length))) {
        rc = take_message(dump, message);
        at += MNL_ALIGN((size_t)message->nlmsg_len);
    }
    if (rc == TP_OK && !dump->done && at < length) {
        dump->summary->malformed++;
        if (dump->netlink->recorded)
            return tp_error_set(dump->error, TP_ERR_FORMAT, "a netlink message is cut, or none");
    }
    return rc;
}

static int receive_all(struct dump *dump)
{
    ssize_t length;
    int rc = TP_OK;

    while (rc == TP_OK && !dump->done) {
        dump->now_ns = tp_clock_monotonic_ns();
        length = dump->netlink->kind->receive(dump->netlink, dump->buffer, sizeof dump->buffer);
        if (length < 0)
            return tp_error_sys(dump->error, errno, "cannot read the list of sockets");
        if (length == 0)
            break;
        rc = take_messages(dump, (size_t)length);
    }
    return rc;
}

/* --- the request ------------------------------------------------------------------------ */

static int ask(struct dump *dump, const void *bytecode, size_t bytecode_bytes)
{
    struct nlmsghdr *message = mnl_nlmsg_put_header(dump->buffer);
    struct request *request;

    message->nlmsg_type = TCPDIAG_GETSOCK;
    message->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    message->nlmsg_seq = ++dump->netlink->sequence;
    request = mnl_nlmsg_put_extra_header(message, sizeof *request);
    request->extensions = EXTENSIONS;
    /* Requests of connections are asked for as both of their names. */
    request->states = dump->options->states;
    if (bytecode)
        mnl_attr_put(message, REQ_BYTECODE, bytecode_bytes, bytecode);
    if (dump->netlink->kind->send(dump->netlink, message, message->nlmsg_len) < 0)
        return tp_error_sys(dump->error, errno, "cannot ask for the list of sockets");
    return TP_OK;
}

static int ask_and_receive(struct dump *dump, const void *bytecode, size_t bytecode_bytes)
{
    int rc;

    dump->done = false;
    dump->refused = 0;
    rc = ask(dump, bytecode, bytecode_bytes);
    return rc ? rc : receive_all(dump);
}

static int list_all(struct dump *dump)
{
    const struct tp_dump_options *options = dump->options;
    size_t room = NETLINK_BUFFER_BYTES - 256;
    const void *bytecode = options->bytecode_bytes <= room ? options->bytecode : NULL;
    int rc = ask_and_receive(dump, bytecode, options->bytecode_bytes);

    /* Before 4.16 it knew no comparison of ports by ==. */
    if (rc == TP_OK && dump->refused == EINVAL && bytecode) {
        dump->summary->unfiltered = true;
        rc = ask_and_receive(dump, NULL, 0);
    }
    if (rc == TP_OK && dump->refused)
        return tp_error_sys(dump->error, dump->refused, "the kernel does not list its sockets");
    return rc;
}

int tp_sockets_dump(struct tp_netlink *netlink, const struct tp_dump_options *options,
                    struct tp_dump_summary *summary, struct tp_error *error)
{
    struct dump *dump = calloc(1, sizeof *dump);
    int rc;

    memset(summary, 0, sizeof *summary);
    if (!dump)
        return tp_error_nomem(error);
    dump->netlink = netlink;
    dump->options = options;
    dump->summary = summary;
    dump->error = error;
    cookies_clear(&netlink->seen);
    rc = list_all(dump);
    free(dump);
    return rc;
}
