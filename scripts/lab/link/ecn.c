/* ecn.c: the two ECN bits of IPv4 (RFC 791: the low ones of byte 1) and of IPv6 (RFC 8200: bits 4
 * and 5 of byte 1), and the IPv4 checksum after changing them (RFC 1624). */
#include "ecn.h"

#define NOT_ECT 0
#define CE      3

static unsigned get_be16(const uint8_t *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

/* RFC 1624, equation 3: HC' = ~(~HC + ~m + m'). */
static unsigned checksum_after(unsigned checksum, unsigned old, unsigned new)
{
    unsigned sum = (~checksum & 0xffff) + (~old & 0xffff) + new;

    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    return ~sum & 0xffff;
}

static bool mark_ipv4(uint8_t *ip)
{
    unsigned old = get_be16(ip), ecn = ip[1] & 3u, checksum;

    if (ecn == NOT_ECT || ecn == CE)
        return false;
    ip[1] |= CE;
    checksum = checksum_after(get_be16(ip + 10), old, get_be16(ip));
    ip[10] = (uint8_t)(checksum >> 8);
    ip[11] = (uint8_t)checksum;
    return true;
}

static bool mark_ipv6(uint8_t *ip)
{
    unsigned ecn = ip[1] >> 4 & 3u;

    if (ecn == NOT_ECT || ecn == CE)
        return false;
    ip[1] |= CE << 4;
    return true;
}

bool ecn_mark(uint8_t *ip, size_t bytes)
{
    if (bytes >= 20 && ip[0] >> 4 == 4)
        return mark_ipv4(ip);
    if (bytes >= 40 && ip[0] >> 4 == 6)
        return mark_ipv6(ip);
    return false;
}
