/* lower_socket.c: from the program of a filter to the bytecode of socket dumps.
 *
 * An instruction is {code, yes, no} (struct inet_diag_bc_op of linux/inet_diag.h): by how many
 * bytes to go on where its condition holds or fails. The end of the bytecode accepts, four bytes
 * behind it rejects. The kernel's audit (inet_diag_bc_audit(), net/ipv4/inet_diag.c) walks along
 * `yes` and wants every target of a `no` on that way; so `yes` always means the next instruction,
 * and an unconditional jump behind it says where to go from there, by its own `no`.
 *
 * The comparisons of a filter stand in the order in which they are looked at, and jump forwards
 * only: each becomes its instructions, at the place that a first walk over all of them found.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "filter/tree.h"

enum code {
    JMP = 1,
    S_GE = 2,
    S_LE = 3,
    D_GE = 4,
    D_LE = 5,
    S_COND = 7,
    D_COND = 8,
    S_EQ = 11,
    D_EQ = 12
};
enum { INET = 2, INET6 = 10 };

struct instruction {
    uint8_t code, yes;
    uint16_t no;
};

/* struct inet_diag_hostcond; the bytes of the address follow, 4 or 16. */
struct host_condition {
    uint8_t family, prefix, pad[2];
    int32_t port; /* -1: any */
};

#define INSTRUCTION     sizeof(struct instruction)
#define PORT_BYTES      (2 * INSTRUCTION) /* the port is the `no` of another instruction */
#define HOST_BYTES(net) (INSTRUCTION + sizeof(struct host_condition) + ((net)->v4 ? 4 : 16))

struct bytecode {
    const struct tp_filter *filter;
    uint32_t *place; /* of each node, bytes */
    uint32_t end;    /* of all */
    uint8_t *bytes;  /* NULL while places are looked for */
    uint32_t at;
    bool exact, asks; /* nothing was left out; something is asked */
};

static void put(struct bytecode *program, const void *bytes, size_t length)
{
    if (program->bytes)
        memcpy(program->bytes + program->at, bytes, length);
    program->at += (uint32_t)length;
}

/* To a node of the filter, or an outcome; from where the next instruction is put. */
static uint16_t distance(const struct bytecode *program, uint32_t jump)
{
    uint32_t to = jump == TP_JUMP_ACCEPT   ? program->end
                  : jump == TP_JUMP_REJECT ? program->end + INSTRUCTION
                                           : program->place[jump];

    return program->bytes ? (uint16_t)(to - program->at) : 0;
}

static void put_jump(struct bytecode *program, uint32_t jump)
{
    struct instruction instruction = {JMP, INSTRUCTION, distance(program, jump)};

    put(program, &instruction, sizeof instruction);
}

/* A condition of so many bytes with what follows its instruction; to fail where it fails. */
static void put_code(struct bytecode *program, enum code code, size_t length, uint16_t no)
{
    struct instruction instruction = {(uint8_t)code, (uint8_t)length, no};

    put(program, &instruction, sizeof instruction);
}

static void put_port(struct bytecode *program, enum code code, uint64_t port, uint16_t no)
{
    struct instruction operand = {0, 0, (uint16_t)port};

    put_code(program, code, PORT_BYTES, no);
    put(program, &operand, sizeof operand);
}

static void put_host(struct bytecode *program, enum code code, const struct tp_net *net,
                     uint16_t no)
{
    struct host_condition condition = {net->v4 ? INET : INET6, net->prefix, {0, 0}, -1};
    size_t skipped = net->v4 ? 12 : 0;

    condition.prefix = (uint8_t)(net->prefix - skipped * 8);
    put_code(program, code, HOST_BYTES(net), no);
    put(program, &condition, sizeof condition);
    put(program, net->addr + skipped, 16 - skipped);
}

/* --- comparisons ----------------------------------------------------------------------------- */

/* Where it leads if its condition holds, and if not. */
struct targets {
    uint32_t yes, no;
};

static struct targets targets_of(const struct tp_node *node, bool inverted)
{
    return (struct targets){node->jump[!inverted], node->jump[inverted]};
}

/* Goes on as if it held; of what is negated, as if it did not: too much may pass, never too little.
 */
static void put_nothing(struct bytecode *program, const struct tp_node *node)
{
    program->exact = false;
    put_jump(program, node->jump[!node->negated]);
}

static void put_ports(struct bytecode *program, const struct tp_node *node)
{
    static const struct {
        enum code of_source, of_peer;
        bool inverted;
    } codes[TP_OPS] = {
        [TP_OP_EQ] = {S_EQ, D_EQ, false}, [TP_OP_NE] = {S_EQ, D_EQ, true},
        [TP_OP_GE] = {S_GE, D_GE, false}, [TP_OP_LT] = {S_GE, D_GE, true},
        [TP_OP_LE] = {S_LE, D_LE, false}, [TP_OP_GT] = {S_LE, D_LE, true},
    };
    struct targets to = targets_of(node, codes[node->op].inverted);
    enum code last =
        node->end == TP_NODE_END_SRC ? codes[node->op].of_source : codes[node->op].of_peer;

    program->asks = true;
    if (node->end == TP_NODE_END_EITHER) {
        put_port(program, codes[node->op].of_source, node->number, PORT_BYTES + INSTRUCTION);
        put_jump(program, to.yes);
    }
    put_port(program, last, node->number, distance(program, to.no));
    put_jump(program, to.yes);
}

/* The kernel's IPv6 nets hold mapped addresses, ours do not. */
static bool holds_mapped(const struct tp_net *net)
{
    static const uint8_t mapped[16] = {[10] = 0xff, 0xff};

    for (unsigned i = 0; i < 16; i++)
        if ((mapped[i] & net->mask[i]) != net->addr[i])
            return false;
    return !net->v4;
}

static void put_net(struct bytecode *program, const struct tp_node *node)
{
    struct targets to = targets_of(node, node->op == TP_OP_NE);
    const struct tp_net *net = &node->net;

    if (holds_mapped(net)) {
        put_nothing(program, node);
        return;
    }
    program->asks = true;
    if (node->end == TP_NODE_END_EITHER) {
        put_host(program, S_COND, net, (uint16_t)(HOST_BYTES(net) + INSTRUCTION));
        put_jump(program, to.yes);
    }
    put_host(program, node->end == TP_NODE_END_SRC ? S_COND : D_COND, net,
             distance(program, to.no));
    put_jump(program, to.yes);
}

/* A condition for AF_INET holds for mapped addresses, too. */
static void put_family(struct bytecode *program, const struct tp_node *node)
{
    static const struct tp_net all_v4 = {.prefix = 96, .v4 = true};
    struct targets to = targets_of(node, !tp_node_compare(node, INET));

    program->asks = true;
    put_host(program, S_COND, &all_v4, distance(program, to.no));
    put_jump(program, to.yes);
}

static void put_node(struct bytecode *program, const struct tp_node *node)
{
    if (node->type == TP_NODE_PORT && node->op != TP_OP_ANY)
        put_ports(program, node);
    else if (node->type == TP_NODE_NET)
        put_net(program, node);
    else if (node->type == TP_NODE_FAMILY)
        put_family(program, node);
    else
        put_nothing(program, node);
}

static void put_nodes(struct bytecode *program)
{
    const struct tp_filter *filter = program->filter;

    program->at = 0;
    for (uint32_t i = filter->first; i < filter->count; i++) {
        program->place[i] = program->at;
        if (filter->nodes[i].type > TP_NODE_NOT)
            put_node(program, &filter->nodes[i]);
    }
    program->end = program->at;
}

static int translate(struct bytecode *program, void **bytecode, size_t *length,
                     struct tp_error *error)
{
    put_nodes(program);
    if (!program->asks || program->end > TP_SOCKET_FILTER_MAX) {
        program->exact = false;
        return TP_OK;
    }
    program->bytes = malloc(program->end);
    if (!program->bytes)
        return tp_error_nomem(error);
    put_nodes(program);
    *bytecode = program->bytes;
    *length = program->end;
    return TP_OK;
}

int tp_filter_sockets(const struct tp_filter *filter, void **bytecode, size_t *length, bool *exact,
                      struct tp_error *error)
{
    struct bytecode program = {.filter = filter, .exact = true};
    int rc;

    *bytecode = NULL;
    *length = 0;
    *exact = !filter;
    if (!filter)
        return TP_OK;
    program.place = calloc(filter->count, sizeof *program.place);
    if (!program.place)
        return tp_error_nomem(error);
    rc = translate(&program, bytecode, length, error);
    *exact = rc == TP_OK && program.exact;
    free(program.place);
    return rc;
}
