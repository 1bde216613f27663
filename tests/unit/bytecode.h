/* bytecode.h: the kernel's way to look at the bytecode of socket dumps, for tests of what is made
 * for it: net/ipv4/inet_diag.c, inet_diag_bc_audit() and inet_diag_bc_run(). */
#ifndef TCPPROBE_TESTS_BYTECODE_H
#define TCPPROBE_TESTS_BYTECODE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <arpa/inet.h>
#include <linux/inet_diag.h>

struct entry {
    uint16_t family, sport, dport;
    uint8_t saddr[16], daddr[16]; /* of AF_INET the first four bytes */
};

static inline bool bytecode_reaches(const uint8_t *bytecode, int length, int left)
{
    while (length >= 0) {
        const struct inet_diag_bc_op *op = (const void *)bytecode;

        if (left > length)
            return false;
        if (left == length)
            return true;
        if (op->yes < 4 || op->yes & 3)
            return false;
        length -= op->yes;
        bytecode += op->yes;
    }
    return false;
}

static inline int bytecode_size(const struct inet_diag_bc_op *op, int left)
{
    const struct inet_diag_hostcond *host = (const void *)(op + 1);
    int bytes;

    switch (op->code) {
    case INET_DIAG_BC_S_COND:
    case INET_DIAG_BC_D_COND:
        if (left < (int)(sizeof *op + sizeof *host))
            return -1;
        bytes = host->family == AF_INET ? 4 : host->family == AF_INET6 ? 16 : 0;
        if (host->prefix_len > 8 * bytes || left < (int)(sizeof *op + sizeof *host) + bytes)
            return -1;
        return (int)(sizeof *op + sizeof *host) + bytes;
    case INET_DIAG_BC_S_GE:
    case INET_DIAG_BC_S_LE:
    case INET_DIAG_BC_D_GE:
    case INET_DIAG_BC_D_LE:
    case INET_DIAG_BC_S_EQ:
    case INET_DIAG_BC_D_EQ:
        return left < 8 ? -1 : 8;
    case INET_DIAG_BC_JMP:
    case INET_DIAG_BC_NOP:
        return 4;
    default:
        return -1;
    }
}

static inline bool bytecode_passes_audit(const void *bytecode, size_t length)
{
    const uint8_t *at = bytecode;
    int left = (int)length;

    while (left > 0) {
        const struct inet_diag_bc_op *op = (const void *)at;
        int least = bytecode_size(op, left);

        if (least < 0)
            return false;
        if (op->code != INET_DIAG_BC_NOP) {
            if (op->no < (op->code == INET_DIAG_BC_JMP ? 4 : least) || op->no > left + 4 ||
                op->no & 3)
                return false;
            if (op->no < left && !bytecode_reaches(bytecode, (int)length, left - op->no))
                return false;
        }
        if (op->yes < least || op->yes > left + 4 || op->yes & 3)
            return false;
        at += op->yes;
        left -= op->yes;
    }
    return left == 0;
}

static inline bool bits_match(const uint8_t *a, const void *b, unsigned bits)
{
    const uint8_t *with = b;

    for (unsigned i = 0; i < bits; i++)
        if ((a[i / 8] ^ with[i / 8]) >> (7 - i % 8) & 1)
            return false;
    return true;
}

static inline bool host_holds(const struct inet_diag_bc_op *op, const struct entry *entry)
{
    const struct inet_diag_hostcond *host = (const void *)(op + 1);
    bool source = op->code == INET_DIAG_BC_S_COND;
    const uint8_t *addr = source ? entry->saddr : entry->daddr;

    if (host->port != -1 && host->port != (source ? entry->sport : entry->dport))
        return false;
    if (host->family != AF_UNSPEC && host->family != entry->family)
        return entry->family == AF_INET6 && host->family == AF_INET &&
               memcmp(addr, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12) == 0 &&
               bits_match(addr + 12, host->addr, host->prefix_len);
    return bits_match(addr, host->addr, host->prefix_len);
}

static inline bool bytecode_accepts(const void *bytecode, size_t length, const struct entry *entry)
{
    const uint8_t *at = bytecode;
    int left = (int)length;

    while (left > 0) {
        const struct inet_diag_bc_op *op = (const void *)at;
        bool yes = true;

        switch (op->code) {
        case INET_DIAG_BC_JMP:
            yes = false;
            break;
        case INET_DIAG_BC_S_GE:
            yes = entry->sport >= op[1].no;
            break;
        case INET_DIAG_BC_S_LE:
            yes = entry->sport <= op[1].no;
            break;
        case INET_DIAG_BC_S_EQ:
            yes = entry->sport == op[1].no;
            break;
        case INET_DIAG_BC_D_GE:
            yes = entry->dport >= op[1].no;
            break;
        case INET_DIAG_BC_D_LE:
            yes = entry->dport <= op[1].no;
            break;
        case INET_DIAG_BC_D_EQ:
            yes = entry->dport == op[1].no;
            break;
        case INET_DIAG_BC_S_COND:
        case INET_DIAG_BC_D_COND:
            yes = host_holds(op, entry);
            break;
        default:
            break;
        }
        at += yes ? op->yes : op->no;
        left -= yes ? op->yes : op->no;
    }
    return left == 0;
}

#endif
