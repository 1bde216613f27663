/* frames.h: frames of all kinds, byte by byte, for tests of the decoder. */
#ifndef TCPPROBE_TESTS_FRAMES_H
#define TCPPROBE_TESTS_FRAMES_H

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "input/packet.h"

/* Pieces in hexadecimal; blanks are only for the eye. */
#define MACS     "020000000002 020000000001 "
#define IP4_HEAD "1234 0000 40 06 0000 0a000001 0a000002 "
#define IP4      "4502 002d " IP4_HEAD
#define IP6_ENDS "fd000000000000000000000000000001 fd000000000000000000000000000002 "
#define IP6      "60200000 0019 06 40 " IP6_ENDS
/* 40000 -> 80, seq 4096, ack 8192, PSH|ACK, window 256, no options, five bytes */
#define TCP      "9c40 0050 00001000 00002000 5018 0100 abcd 0000 68656c6c6f "
#define ETHERNET MACS "0800 "
#define SNAP     "aaaa03 000000 0800 "
#define WIFI     "0000 020000000002 020000000001 020000000003 0000 "
/* Outer IP headers around 10.0.0.1 -> 10.0.0.2; the lengths do not count the inner packet right,
 * which does not matter as long as they are large enough. */
#define OUTER4(protocol) "4500 0200 0001 0000 40 " protocol " 0000 c0a80001 c0a80002 "
#define OUTER6(next)                                                                               \
    "60000000 0200 " next " 40 20010db8000000000000000000000001 20010db8000000000000000000000002 "
#define UDP(port) "c000 " port " 0100 0000 "

#define ZEROES8  "0000000000000000 "
#define ZEROES56 ZEROES8 ZEROES8 ZEROES8 ZEROES8 ZEROES8 ZEROES8 ZEROES8
/* 108 bytes: length, packet, link, interface, incoming or outgoing, and what is not looked at */
#define PKTAP_NAME "656e3000 " ZEROES8 ZEROES8 "00000000 "
#define PKTAP_LITTLE(link)                                                                         \
    "6c000000 01000000 " link PKTAP_NAME "01000000 " ZEROES56 ZEROES8 "00000000 "
#define PKTAP_BIG(link)                                                                            \
    "0000006c 00000001 " link PKTAP_NAME "00000002 " ZEROES56 ZEROES8 "00000000 "

struct frame_case {
    const char *name;
    uint32_t linktype;
    const char *hex;
    uint16_t oddities;
    uint8_t v6; /* the inner connection is IP6's */
};

/* All hold the same segment. */
static const struct frame_case frame_cases[] = {
    {"null, little endian", 0, "02000000 " IP4 TCP, 0, 0},
    {"null, big endian", 0, "00000002 " IP4 TCP, 0, 0},
    {"null, Linux IPv6", 0, "0a000000 " IP6 TCP, 0, 1},
    {"null, Windows IPv6", 0, "17000000 " IP6 TCP, 0, 1},
    {"null, NetBSD IPv6", 0, "18000000 " IP6 TCP, 0, 1},
    {"null, FreeBSD IPv6", 0, "1c000000 " IP6 TCP, 0, 1},
    {"null, macOS IPv6", 0, "1e000000 " IP6 TCP, 0, 1},
    {"loop", 108, "00000018 " IP6 TCP, 0, 1},
    {"Ethernet", 1, ETHERNET IP4 TCP, 0, 0},
    {"Ethernet with padding", 1, ETHERNET IP4 TCP "0000000000000000", 0, 0},
    {"Ethernet IPv6", 1, MACS "86dd " IP6 TCP, 0, 1},
    {"VLAN", 1, MACS "8100 0064 0800 " IP4 TCP, TP_ODD_VLAN, 0},
    {"QinQ", 1, MACS "88a8 0064 8100 0065 0800 " IP4 TCP, TP_ODD_VLAN, 0},
    {"three tags", 1, MACS "9100 0064 9100 0065 8100 0001 86dd " IP6 TCP, TP_ODD_VLAN, 1},
    {"VN-Tag", 1, MACS "8926 00000000 0800 " IP4 TCP, 0, 0},
    {"802.1ah", 1, MACS "88e7 00000001 " ETHERNET IP4 TCP, TP_ODD_VLAN, 0},
    {"SNAP", 1, MACS "0035 " SNAP IP4 TCP, 0, 0},
    {"LLC IP", 1, MACS "0030 060603 " IP4 TCP, 0, 0},
    {"MPLS", 1, MACS "8847 00010140 " IP4 TCP, 0, 0},
    {"MPLS stack", 1, MACS "8848 00010040 00020140 " IP6 TCP, 0, 1},
    {"MPLS Ethernet", 1, MACS "8847 00010140 00000000 " ETHERNET IP4 TCP, 0, 0},
    {"MPLS Ethernet, no control word", 1, MACS "8847 00010140 " ETHERNET IP4 TCP, 0, 0},
    {"PPPoE", 1, MACS "8864 1100 0001 002f 0021 " IP4 TCP, 0, 0},
    {"PPPoE with a short protocol", 1, MACS "8864 1100 0001 002e 21 " IP4 TCP, 0, 0},
    {"PPP", 9, "0021 " IP4 TCP, 0, 0},
    {"PPP with address", 50, "ff03 0057 " IP6 TCP, 0, 1},
    {"PPP over Ethernet", 51, "1100 0001 0043 0057 " IP6 TCP, 0, 1},
    {"raw IPv4", 101, IP4 TCP, 0, 0},
    {"raw IPv6", 101, IP6 TCP, 0, 1},
    {"raw of a BSD", 12, IP4 TCP, 0, 0},
    {"raw of OpenBSD", 14, IP6 TCP, 0, 1},
    {"IPv4", 228, IP4 TCP, 0, 0},
    {"IPv6", 229, IP6 TCP, 0, 1},
    {"cooked", 113, "0000 0001 0006 0200000000010000 0800 " IP4 TCP, 0, 0},
    {"cooked, outgoing", 113, "0004 0001 0006 0200000000010000 86dd " IP6 TCP, TP_ODD_OUTGOING, 1},
    {"cooked VLAN", 113, "0000 0001 0006 0200000000010000 8100 0001 0800 " IP4 TCP, TP_ODD_VLAN, 0},
    {"cooked LLC", 113, "0000 0001 0006 0200000000010000 0004 " SNAP IP4 TCP, 0, 0},
    {"cooked v2", 276, "0800 0000 00000007 0001 04 06 0200000000010000 " IP4 TCP, TP_ODD_OUTGOING,
     0},
    {"802.11", 105, "0800 " WIFI SNAP IP4 TCP, 0, 0},
    {"802.11 QoS", 105, "8800 " WIFI "0000 " SNAP IP4 TCP, 0, 0},
    {"802.11 four addresses", 105, "8803 " WIFI "020000000004 0000 " SNAP IP4 TCP, 0, 0},
    {"802.11 HT control", 105, "8880 " WIFI "0000 00000000 " SNAP IP4 TCP, 0, 0},
    {"radiotap", 127, "0000 0800 00000000 0801 " WIFI SNAP IP4 TCP, 0, 0},
    {"radiotap, padded", 127,
     "0000 1100 03000000 0000000000000000 20 8801 " WIFI "0000 0000 " SNAP IP4 TCP, 0, 0},
    {"radiotap, more words", 127,
     "0000 0d00 02000080 00000000 20 8801 " WIFI "0000 0000 " SNAP IP4 TCP, 0, 0},
    {"FDDI", 10, "50 " MACS SNAP IP4 TCP, 0, 0},
    {"Token Ring", 6, "10 40 " MACS SNAP IP4 TCP, 0, 0},
    {"Token Ring with a route", 6, "10 40 020000000002 820000000001 0400 0010 " SNAP IP4 TCP, 0, 0},
    {"ATM", 100, SNAP IP4 TCP, 0, 0},
    {"C-HDLC", 104, "0f00 0800 " IP4 TCP, 0, 0},
    {"IPv4 options", 101, "4602 0031 " IP4_HEAD "01010101 " TCP, 0, 0},
    {"IPv4 without length", 101, "4502 0000 " IP4_HEAD TCP, TP_ODD_NO_LENGTH, 0},
    {"IPv4 first fragment", 101, "4502 002d 1234 2000 40 06 0000 0a000001 0a000002 " TCP,
     TP_ODD_FRAGMENT, 0},
    {"IPv6 without length", 101, "60200000 0000 06 40 " IP6_ENDS TCP, TP_ODD_NO_LENGTH, 1},
    {"IPv6 jumbo", 101, "60200000 0000 00 40 " IP6_ENDS "0600 c204 00000021 " TCP, 0, 1},
    {"IPv6 hop-by-hop, no jumbo", 101, "60200000 0000 00 40 " IP6_ENDS "0600 0104 00000000 " TCP,
     TP_ODD_NO_LENGTH, 1},
    {"IPv6 options and atomic fragment", 101,
     "60200000 0031 00 40 " IP6_ENDS
     "3c00 0104 00000000 2c00 0104 00000000 0600 0000 00000001 " TCP,
     0, 1},
    {"IPv6 first fragment", 101, "60200000 0021 2c 40 " IP6_ENDS "0600 0001 00000001 " TCP,
     TP_ODD_FRAGMENT, 1},
    {"IPv6 source route", 101,
     "60200000 0031 2b 40 fd000000000000000000000000000001 fd0000000000000000000000000000ff "
     "0602 0001 00000000 fd000000000000000000000000000002 " TCP,
     0, 1},
    {"AH", 101,
     "60200000 0031 33 40 " IP6_ENDS "0604 0000 00000001 00000001 000000000000000000000000 " TCP, 0,
     1},
    {"IPIP", 101, OUTER4("04") IP4 TCP, TP_ODD_TUNNEL, 0},
    {"6in4", 101, OUTER4("29") IP6 TCP, TP_ODD_TUNNEL, 1},
    {"4in6", 101, OUTER6("04") IP4 TCP, TP_ODD_TUNNEL, 0},
    {"6in6", 101, OUTER6("29") IP6 TCP, TP_ODD_TUNNEL, 1},
    {"EtherIP", 101, OUTER4("61") "3000 " ETHERNET IP4 TCP, TP_ODD_TUNNEL, 0},
    {"GRE", 101, OUTER4("2f") "0000 0800 " IP4 TCP, TP_ODD_TUNNEL, 0},
    {"GRE with all fields", 101, OUTER4("2f") "b000 86dd 00000000 00000001 00000002 " IP6 TCP,
     TP_ODD_TUNNEL, 1},
    {"GRE Ethernet", 101, OUTER4("2f") "0000 6558 " ETHERNET IP4 TCP, TP_ODD_TUNNEL, 0},
    {"GRE PPTP", 101, OUTER4("2f") "3081 880b 00310001 00000001 00000001 ff03 0021 " IP4 TCP,
     TP_ODD_TUNNEL, 0},
    {"WCCP", 101, OUTER4("2f") "0000 883e " IP4 TCP, TP_ODD_TUNNEL, 0},
    {"WCCP 2", 101, OUTER4("2f") "0000 883e 00000000 " IP4 TCP, TP_ODD_TUNNEL, 0},
    {"ERSPAN", 101, OUTER4("2f") "0000 88be " ETHERNET IP4 TCP, TP_ODD_TUNNEL, 0},
    {"ERSPAN II", 101, OUTER4("2f") "1000 88be 00000001 10000000 00000000 " ETHERNET IP4 TCP,
     TP_ODD_TUNNEL, 0},
    {"ERSPAN III", 101,
     OUTER4(
         "2f") "1000 22eb 00000001 20000000 00000000 00000001 0000000000000000 " ETHERNET IP4 TCP,
     TP_ODD_TUNNEL, 0},
    {"VXLAN", 101, OUTER4("11") UDP("12b5") "08000000 00000100 " ETHERNET IP4 TCP, TP_ODD_TUNNEL,
     0},
    {"VXLAN before its standard", 101,
     OUTER6("11") UDP("2118") "08000000 00000100 " ETHERNET IP4 TCP, TP_ODD_TUNNEL, 0},
    {"VXLAN-GPE", 101, OUTER4("11") UDP("12b6") "0c000002 00000100 " IP6 TCP, TP_ODD_TUNNEL, 1},
    {"NSH in VXLAN-GPE", 101,
     OUTER4("11") UDP("12b6") "0c000004 00000100 0002 0201 00000100 " IP4 TCP, TP_ODD_TUNNEL, 0},
    {"Geneve", 101, OUTER4("11") UDP("17c1") "0140 6558 00000100 00000000 " ETHERNET IP4 TCP,
     TP_ODD_TUNNEL, 0},
    {"Teredo", 101, OUTER4("11") UDP("0dd8") IP6 TCP, TP_ODD_TUNNEL, 1},
    {"Teredo with authentication and origin", 101,
     OUTER4("11") UDP("0dd8") "0001 0000 0000000000000000 00 0000 0000 00000000 " IP6 TCP,
     TP_ODD_TUNNEL, 1},
    {"GTP", 101, OUTER4("11") UDP("0868") "30ff 0031 00000001 " IP4 TCP, TP_ODD_TUNNEL, 0},
    {"GTP with an extension", 101,
     OUTER4("11") UDP("0868") "34ff 0035 00000001 00000085 01000000 " IP4 TCP, TP_ODD_TUNNEL, 0},
    {"E-TAG", 1, MACS "893f 0000 0000 0000 86dd " IP6 TCP, 0, 1},
    {"E-TAG and VLAN", 1, MACS "893f 0000 0000 0000 8100 0001 0800 " IP4 TCP, TP_ODD_VLAN, 0},
    {"Cisco MetaData", 1, MACS "8909 0101 0001 0064 0800 " IP4 TCP, 0, 0},
    {"HSR", 1, MACS "892f 0037 0001 0800 " IP4 TCP, 0, 0},
    {"FabricPath", 1, MACS "8903 0001 " ETHERNET IP4 TCP, 0, 0},
    {"FabricPath with a VLAN inside", 1, MACS "8903 0001 " MACS "8100 0001 86dd " IP6 TCP,
     TP_ODD_VLAN, 1},
    {"TRILL", 1, MACS "22f3 003f 0001 0002 " ETHERNET IP4 TCP, 0, 0},
    {"TRILL with options", 1, MACS "22f3 007f 0001 0002 00000000 " ETHERNET IP4 TCP, 0, 0},
    {"MACsec", 1, MACS "88e5 0000 00000007 0800 " IP4 TCP "00112233445566778899aabbccddeeff", 0, 0},
    {"MACsec with a channel", 1, MACS "88e5 2000 00000007 0200000000010001 8100 0001 86dd " IP6 TCP,
     TP_ODD_VLAN, 1},
    {"ATM, bridged", 100, "aaaa03 0080c2 0007 0000 " ETHERNET IP4 TCP, 0, 0},
    {"frame relay", 107, "1841 03 cc " IP4 TCP, 0, 0},
    {"frame relay, IPv6 behind a padded header", 107, "1841 03 00 8e " IP6 TCP, 0, 1},
    {"frame relay with SNAP", 107, "1841 03 00 80 000000 0800 " IP4 TCP, 0, 0},
    {"frame relay, bridged", 107, "1841 03 00 80 0080c2 0007 " ETHERNET IP4 TCP, 0, 0},
    {"frame relay of Cisco", 107, "1841 86dd " IP6 TCP, 0, 1},
    {"frame relay, address of four bytes", 107, "18400001 03 cc " IP4 TCP, 0, 0},
    {"frame relay with direction", 206, "01 1841 03 cc " IP4 TCP, TP_ODD_OUTGOING, 0},
    {"PPP with direction", 204, "00 ff03 0021 " IP4 TCP, 0, 0},
    {"PPP with direction, sent", 204, "01 0057 " IP6 TCP, TP_ODD_OUTGOING, 1},
    {"PPP of pppd", 166, "01 03 0021 " IP4 TCP, TP_ODD_OUTGOING, 0},
    {"C-HDLC with direction", 205, "00 0f00 0800 " IP4 TCP, 0, 0},
    {"NFLOG", 239, "0200 0001 0800 0100 0800 0000 0600 0a00 6c6f 0000 3100 0900 " IP4 TCP, 0, 0},
    {"NFLOG, big endian", 239, "0a00 0001 0008 0001 86dd 0000 0045 0009 " IP6 TCP, 0, 1},
    {"PKTAP", 258, PKTAP_LITTLE("01000000") ETHERNET IP4 TCP, 0, 0},
    {"PKTAP of raw IP", 258, PKTAP_LITTLE("0c000000") IP6 TCP, 0, 1},
    {"PKTAP, big endian", 149, PKTAP_BIG("00000001") ETHERNET IP4 TCP, TP_ODD_OUTGOING, 0},
    {"PPI", 192, "00 00 0800 69000000 0800 " WIFI SNAP IP4 TCP, 0, 0},
    {"PPI with fields", 192,
     "00 00 2000 69000000 0200 1400 0000000000000000 0100 0000 0000000000000000 8800 " WIFI
     "0000 " SNAP IP4 TCP,
     0, 0},
    {"PPI of Ethernet", 192, "00 00 0800 01000000 " ETHERNET IP4 TCP, 0, 0},
    {"ERF", 197, "0000000000000000 02 04 0053 0000 0043 0000 " ETHERNET IP4 TCP, 0, 0},
    {"ERF with extensions", 197,
     "0000000000000000 82 04 0063 0000 0043 8300000000000000 0500000000000000 0000 " ETHERNET IP4
         TCP,
     0, 0},
    {"ERF of PPP", 197, "0000000000000000 01 04 0043 0000 0035 ff03 0057 " IP6 TCP, 0, 1},
    {"ERF of IP", 197, "0000000000000000 17 04 0053 0000 0041 " IP6 TCP, 0, 1},
    {"PFLOG", 117, "3d02 0000 65743000 " ZEROES56 IP4 TCP, 0, 0},
    {"OpenBSD IPsec", 109, "18000000 00001234 00000001 " IP6 TCP, 0, 1},
    {"OpenBSD IPsec, big endian", 109, "00000002 00001234 00000001 " IP4 TCP, 0, 0},
    {"Prism", 119, "44000000 14000000 000000000000000000000000 0800 " WIFI SNAP IP4 TCP, 0, 0},
    {"AVS", 163, "80211001 00000010 0000000000000000 0800 " WIFI SNAP IP4 TCP, 0, 0},
    {"802.11 aggregate of one", 105, "8800 " WIFI "8000 " MACS "0035 " SNAP IP4 TCP, 0, 0},
    {"GRE Wi-Fi", 101, OUTER4("2f") "0000 8210 0800 " WIFI SNAP IP4 TCP, TP_ODD_TUNNEL, 0},
    {"EoIP", 101, OUTER4("2f") "2001 6400 003b 0100 " ETHERNET IP4 TCP, TP_ODD_TUNNEL, 0},
    {"GRE in UDP", 101, OUTER6("11") UDP("1292") "0000 86dd " IP6 TCP, TP_ODD_TUNNEL, 1},
    {"MPLS in UDP", 101, OUTER4("11") UDP("19eb") "00010140 " IP4 TCP, TP_ODD_TUNNEL, 0},
    {"L2TP", 101, OUTER4("11") UDP("06a5") "0002 0001 0001 ff03 0021 " IP4 TCP, TP_ODD_TUNNEL, 0},
    {"L2TP with all fields", 101,
     OUTER4("11") UDP("06a5") "4a02 0060 0001 0001 0000 0000 0002 0000 0057 " IP6 TCP,
     TP_ODD_TUNNEL, 1},
    {"L2TP 3 in UDP", 101, OUTER4("11") UDP("06a5") "0003 0000 00000001 " ETHERNET IP4 TCP,
     TP_ODD_TUNNEL, 0},
    {"L2TP 3", 101, OUTER6("73") "00000001 1122334455667788 00000000 " MACS "86dd " IP6 TCP,
     TP_ODD_TUNNEL, 1},
    {"L2TP 3 of PPP with a cookie", 101, OUTER4("73") "00000001 11223344 ff03 0021 " IP4 TCP,
     TP_ODD_TUNNEL, 0},
    {"CAPWAP", 101, OUTER4("11") UDP("147f") "00100301 00000000 0800 " WIFI SNAP IP4 TCP,
     TP_ODD_TUNNEL, 0},
    {"CAPWAP that denies it", 101,
     OUTER4("11") UDP("147f") "00100200 00000000 0800 " WIFI SNAP IP4 TCP, TP_ODD_TUNNEL, 0},
    {"CAPWAP, swapped", 101,
     OUTER4("11") UDP("147f") "00200320 00000000 0400000000000000 0088 " WIFI "0000 " SNAP IP4 TCP,
     TP_ODD_TUNNEL, 0},
    {"CAPWAP of Ethernet", 101, OUTER6("11") UDP("147f") "00100200 00000000 " MACS "86dd " IP6 TCP,
     TP_ODD_TUNNEL, 1},
    {"MPLS in GRE in VLAN", 1, MACS "8100 0001 0800 " OUTER4("2f") "0000 8847 00010140 " IP4 TCP,
     TP_ODD_TUNNEL | TP_ODD_VLAN, 0},
};

#define FRAME_CASES (sizeof frame_cases / sizeof *frame_cases)

/* The bytes in memory of exactly their size; free() them. */
static inline uint8_t *frame_bytes(const char *hex, uint32_t *length)
{
    uint8_t *bytes = malloc(strlen(hex) / 2 + 1), *exact;
    char pair[3] = "";
    uint32_t count = 0;

    if (!bytes)
        abort();
    for (; *hex; hex++) {
        if (*hex == ' ')
            continue;
        pair[0] = *hex++;
        pair[1] = *hex;
        if (!isxdigit((unsigned char)pair[0]) || !isxdigit((unsigned char)pair[1]))
            abort();
        bytes[count++] = (uint8_t)strtoul(pair, NULL, 16);
    }
    exact = malloc(count ? count : 1);
    if (!exact)
        abort();
    memcpy(exact, bytes, count);
    free(bytes);
    *length = count;
    return exact;
}

#endif
