/* header.h: lines that are no events: comments, and markers of lost events. */
#ifndef TCPPROBE_INPUT_HEADER_H
#define TCPPROBE_INPUT_HEADER_H

#include <tcpprobe/input.h>

/* A line that a recorder or reporter writes before the events: "# ..." or trace-cmd's "cpus=2". */
bool header_is_comment(const char *at, const char *end);

/* Takes "clock=NAME", "realtime_minus_NAME_ns=N", "event=SYSTEM/NAME", "kernel=RELEASE",
 * "connect_ports=LEAST-MOST" and "part=N" out of a comment into info. */
void header_read(const char *at, const char *end, struct tp_input_info *info);

/* Does the comment begin a recording ("# tracer: ", "# tcpprobe=") or tell its clock's offset? Fills
 * *has_offset and *offset_ns. */
bool header_begins(const char *at, const char *end, bool *has_offset, int64_t *offset_ns);
/* The headers of parts or logs that were joined, each by the line with its clock, and the
 * "congestion_control=NAME" that stands beside every one of these; "" if they do not agree. */
struct header_count {
    uint32_t headers;
    char congestion_control[sizeof((struct tp_input_info *)0)->congestion_control];
};

/* Counts the comment if it is such a line. */
void header_count(const char *at, const char *end, struct header_count *count);
void header_join(struct header_count *all, const struct header_count *more);

/* The packets that the capture beside the log lacks, as a comment at its end says; 0 in others. */
uint64_t header_read_dropped(const char *at, const char *end);

/* "CPU:1 [LOST 127 EVENTS]", "CPU:1 [LOST EVENTS]" (kernel), "CPU:1 [127 EVENTS DROPPED]",
 * "CPU:1 [EVENTS DROPPED]" (trace-cmd): fills kind, cpu and, where it is said, lost of record.
 * The marker has no time. */
bool header_read_lost(const char *at, const char *end, struct tp_record *record);

#endif
