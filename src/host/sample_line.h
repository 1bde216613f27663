/* sample_line.h: what the sampler says, as lines of a trace log: the grammar of sampler.h. */
#ifndef TCPPROBE_HOST_SAMPLE_LINE_H
#define TCPPROBE_HOST_SAMPLE_LINE_H

#include <tcpprobe/counters.h>
#include <tcpprobe/socket.h>

/* All words of a socket, or some of many counters. */
#define SAMPLE_LINE_BYTES 16384

struct sample_line {
    size_t length;
    char text[SAMPLE_LINE_BYTES];
};

/* Begins a line of that event, recorded by that process. */
void sample_line_begin(struct sample_line *line, int pid, int64_t ts_ns, const char *event);
/* "src=... dest=... sock_cookie=..." */
void sample_line_socket(struct sample_line *line, const struct tp_sock *socket);
/* " name=NUMBER" */
void sample_line_number(struct sample_line *line, const char *name, uint64_t number);
/* Every field that is present and does not pass by itself; or, where before is not NULL, those that
 * differ from it. */
void sample_line_fields(struct sample_line *line, const struct tp_sock *now,
                        const struct tp_sock *before);
/* Who owns it, as far as is known; where before is not NULL, what differs. */
void sample_line_owner(struct sample_line *line, const struct tp_sock *now,
                       const struct tp_sock *before);
/* False: it has no room. */
bool sample_line_counter(struct sample_line *line, const struct tp_counter *counter);
void sample_line_end(struct sample_line *line);

#endif
