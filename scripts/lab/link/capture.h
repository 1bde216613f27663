/* capture.h: packets into a pcap file: nanoseconds, raw IP, native byte order. */
#ifndef LAB_CAPTURE_H
#define LAB_CAPTURE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct capture {
    FILE *file; /* NULL: nothing is captured */
    uint32_t snaplen;
};

/* The file may be a pipe. -1 with errno. */
int capture_open(struct capture *capture, const char *path, uint32_t snaplen);

/* Does nothing without a file. -1 with errno. */
int capture_packet(struct capture *capture, const uint8_t *data, size_t bytes, int64_t realtime_ns);

/* -1 with errno if not everything could be written. */
int capture_close(struct capture *capture);

#endif
