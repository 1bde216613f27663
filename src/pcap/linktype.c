/* linktype.c: the numbers that differ. Those in files are the same everywhere, libpcap's own are
 * not the same on every system. */
#include <stddef.h>

#include <pcap/dlt.h>

#include "pcap/linktype.h"

static const struct {
    uint32_t linktype;
    int dlt;
} differing[] = {
    {100, DLT_ATM_RFC1483}, {LINKTYPE_RAW, DLT_RAW},   {102, DLT_SLIP_BSDOS}, {103, DLT_PPP_BSDOS},
    {106, DLT_ATM_CLIP},    {LINKTYPE_LOOP, DLT_LOOP}, {109, DLT_ENC},        {246, DLT_PFSYNC},
};

#define COUNT (sizeof differing / sizeof *differing)

int linktype_to_dlt(uint32_t linktype)
{
    for (size_t i = 0; i < COUNT; i++)
        if (differing[i].linktype == linktype)
            return differing[i].dlt;
    return (int)linktype;
}

uint32_t linktype_of_dlt(int dlt)
{
    for (size_t i = 0; i < COUNT; i++)
        if (differing[i].dlt == dlt)
            return differing[i].linktype;
    return (uint32_t)dlt;
}
