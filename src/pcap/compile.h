/* compile.h: an expression to a program, in bounded time.
 *
 * Without its optimiser libpcap takes a time that grows with the square of the expression, with it
 * with its cube, and memory with the square. So a program is made without it first, which tells how
 * large it is, and only one of which the optimiser can make a better one in a second or so is made
 * again (measured with libpcap 1.10.3: 8 192 instructions, 127 ports, take it 1 s and 20 MB).
 */
#ifndef TCPPROBE_PCAP_COMPILE_H
#define TCPPROBE_PCAP_COMPILE_H

#include <stdbool.h>

#include <pcap/pcap.h>

/* Words that one expression may have for its time to be bounded: 400 of them, 200 ports, take
 * libpcap half a second to two, depending on what is asked. */
#define COMPILE_WORDS_MAX 400

/* False: pcap_geterr(pcap) says why. The program is the caller's, for pcap_freecode().
 * may_be_never: what can never match is no mistake, but a program that refuses every packet. */
bool compile_expression(pcap_t *pcap, const char *expression, bool may_be_never,
                        struct bpf_program *program);

#endif
