/* linktype.h: link types have numbers in files (LINKTYPE_) and in libpcap (DLT_): mostly the same.
 */
#ifndef TCPPROBE_PCAP_LINKTYPE_H
#define TCPPROBE_PCAP_LINKTYPE_H

#include <stdint.h>

enum {
    LINKTYPE_NULL = 0,
    LINKTYPE_ETHERNET = 1,
    LINKTYPE_PPP = 9,
    LINKTYPE_RAW = 101,
    LINKTYPE_LOOP = 108,
    LINKTYPE_SLL = 113,
    LINKTYPE_RADIOTAP = 127,
    LINKTYPE_SLL2 = 276
};

int linktype_to_dlt(uint32_t linktype);
uint32_t linktype_of_dlt(int dlt);

#endif
