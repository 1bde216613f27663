/* capture.c: the format is that of draft-ietf-opsawg-pcap, with the magic number for nanoseconds
 * and LINKTYPE_RAW. */
#include <fcntl.h>

#include "capture.h"

#define MAGIC_NANOSECONDS 0xa1b23c4du
#define LINKTYPE_RAW      101u
#define NS_PER_S          1000000000
#define BUFFER_BYTES      (64 * 1024)
#define PIPE_BYTES        (1024 * 1024)

struct file_header {
    uint32_t magic;
    uint16_t major, minor;
    uint32_t reserved[2];
    uint32_t snaplen;
    uint32_t linktype;
};

struct packet_header {
    uint32_t seconds, nanoseconds;
    uint32_t captured_bytes, original_bytes;
};

int capture_open(struct capture *capture, const char *path, uint32_t snaplen)
{
    struct file_header header = {MAGIC_NANOSECONDS, 2, 4, {0, 0}, snaplen, LINKTYPE_RAW};

    capture->snaplen = snaplen;
    capture->file = fopen(path, "we");
    if (!capture->file)
        return -1;
    setvbuf(capture->file, NULL, _IOFBF, BUFFER_BYTES);
    /* A reader that is slow for a moment must not hold up the link; fails on a file, rightly. */
    (void)fcntl(fileno(capture->file), F_SETPIPE_SZ, PIPE_BYTES);
    return fwrite(&header, sizeof header, 1, capture->file) == 1 ? 0 : -1;
}

int capture_packet(struct capture *capture, const uint8_t *data, size_t bytes, int64_t realtime_ns)
{
    uint32_t original = (uint32_t)bytes;
    uint32_t captured = original < capture->snaplen ? original : capture->snaplen;
    struct packet_header header = {(uint32_t)(realtime_ns / NS_PER_S),
                                   (uint32_t)(realtime_ns % NS_PER_S), captured, original};

    if (!capture->file)
        return 0;
    if (fwrite(&header, sizeof header, 1, capture->file) != 1)
        return -1;
    return fwrite(data, captured, 1, capture->file) == 1 ? 0 : -1;
}

int capture_close(struct capture *capture)
{
    FILE *file = capture->file;

    capture->file = NULL;
    return file && fclose(file) != 0 ? -1 : 0;
}
