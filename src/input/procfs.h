/* procfs.h: the lines of /proc/net/tcpprobe, the module of kernels before 4.16.
 *
 *     0.507024701 192.168.122.233:40080 192.168.122.167:5201 28 0x65cef3ca 0x65ce5bea 30 29 \
 *         1930880 40548 87616
 *
 * time since the file was opened, own end, peer, skb->len, snd_nxt, snd_una, snd_cwnd, ssthresh,
 * snd_wnd, srtt, rcv_wnd. Older modules lack rcv_wnd and count srtt in jiffies of unknown length,
 * so there srtt is absent. Forks that print more columns are read as far as these go.
 * Source: net/ipv4/tcp_probe.c.
 */
#ifndef TCPPROBE_INPUT_PROCFS_H
#define TCPPROBE_INPUT_PROCFS_H

#include <tcpprobe/record.h>

/* Reads the line into record (kind PROBE). False if it is no such line. */
bool procfs_read(const char *at, const char *end, uint32_t timeline, struct tp_record *record);

#endif
