/* test_libpcap.c: every capture that libpcap can read gives the same packets through both: those
 * of tests/data, and those below $CAPTURES where that is given. */
#include <dirent.h>
#include <pcap/pcap.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>
#include <zlib.h>

#include <tcpprobe/input.h>

#define S INT64_C(1000000000)

/* What both must agree on. */
struct packet {
    int64_t ts_ns;
    bool has_time;
    uint32_t captured, wire_len;
    uint64_t sum; /* of the bytes; those of the header are enough */
};

struct packets {
    struct packet *list;
    size_t count, allocated;
};

static uint64_t sum_bytes(const uint8_t *bytes, uint32_t length)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < length; i++)
        sum = sum * 31 + bytes[i];
    return sum;
}

static struct packet *add(struct packets *packets)
{
    if (packets->count == packets->allocated) {
        packets->allocated = packets->allocated ? 2 * packets->allocated : 1024;
        packets->list = realloc(packets->list, packets->allocated * sizeof *packets->list);
        assert_non_null(packets->list);
    }
    packets->list[packets->count] = (struct packet){0};
    return &packets->list[packets->count++];
}

/* --- ours ------------------------------------------------------------------------------------- */

static bool take_frame(void *context, uint32_t linktype, const uint8_t *bytes, uint32_t captured,
                       uint32_t wire_len)
{
    struct packet *packet = add(context);

    (void)linktype;
    packet->captured = captured;
    packet->wire_len = wire_len;
    packet->sum = sum_bytes(bytes, captured);
    return true;
}

/* Frames come in their order as long as one thread reads; records say which frame they were. */
static bool read_ours(const char *path, struct packets *packets)
{
    const struct tp_stream_options options = {.frame = take_frame, .frame_context = packets};
    const struct tp_record *record;
    struct tp_stream *stream;
    bool capture;

    if (tp_stream_open(&stream, &path, 1, &options, NULL) < 0)
        return false;
    capture = tp_stream_info(stream, 0)->capture;
    while (capture && tp_stream_next(stream, &record, NULL) == 1) {
        assert_in_range(record->frame, 1, packets->count);
        packets->list[record->frame - 1].has_time = true;
        packets->list[record->frame - 1].ts_ns = record->ts_ns;
    }
    /* where a clock was set, times behind that are put right, and libpcap's are as they stand */
    for (size_t i = 0; tp_stream_info(stream, 0)->steps && i < packets->count; i++)
        packets->list[i].has_time = false;
    tp_stream_close(stream);
    return capture;
}

/* --- theirs ----------------------------------------------------------------------------------- */

/* libpcap inflates nothing: a copy in memory. */
static FILE *open_inflated(const char *path)
{
    gzFile file = gzopen(path, "rb");
    int fd = memfd_create("capture", MFD_CLOEXEC), got;
    char bytes[65536];

    assert_non_null(file);
    assert_true(fd >= 0);
    while ((got = gzread(file, bytes, sizeof bytes)) > 0)
        assert_int_equal(write(fd, bytes, (size_t)got), got);
    gzclose(file);
    lseek(fd, 0, SEEK_SET);
    return fdopen(fd, "rb");
}

/* What libpcap gives until it refuses to go on; false if it does not begin. *snaplen: it cuts there
 * what says to be longer. */
static bool read_theirs(const char *path, struct packets *packets, uint32_t *snaplen)
{
    char error[PCAP_ERRBUF_SIZE];
    FILE *file = open_inflated(path);
    pcap_t *pcap =
        pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, error);
    struct pcap_pkthdr *head;
    const u_char *bytes;

    if (!pcap) {
        fclose(file);
        return false;
    }
    *snaplen = (uint32_t)pcap_snapshot(pcap);
    while (pcap_next_ex(pcap, &head, &bytes) == 1) {
        struct packet *packet = add(packets);

        packet->ts_ns = head->ts.tv_sec * S + head->ts.tv_usec;
        packet->has_time = head->ts.tv_sec > 0 && head->ts.tv_sec < INT64_MAX / S;
        packet->captured = head->caplen;
        packet->wire_len = head->len < head->caplen ? head->caplen : head->len;
        packet->sum = sum_bytes(bytes, head->caplen);
    }
    pcap_close(pcap);
    return true;
}

/* --- both ------------------------------------------------------------------------------------- */

static void compare(const char *path, const struct packets *ours, const struct packets *theirs,
                    uint32_t snaplen)
{
    if (ours->count < theirs->count)
        fail_msg("%s: %zu packets, not %zu", path, ours->count, theirs->count);
    for (size_t i = 0; i < theirs->count; i++) {
        const struct packet *a = &ours->list[i], *b = &theirs->list[i];
        bool cut_by_them = b->captured == snaplen && a->captured > snaplen;

        if (a->has_time && b->has_time && a->ts_ns != b->ts_ns)
            fail_msg("%s: packet %zu at %lld, not %lld", path, i + 1, (long long)a->ts_ns,
                     (long long)b->ts_ns);
        if (!cut_by_them &&
            (a->captured != b->captured || a->wire_len != b->wire_len || a->sum != b->sum))
            fail_msg("%s: packet %zu has %u of %u bytes, not %u of %u, or others", path, i + 1,
                     a->captured, a->wire_len, b->captured, b->wire_len);
    }
}

struct totals {
    unsigned files, refused; /* the latter by libpcap, at once or on the way */
    uint64_t packets;
};

static void check_file(const char *path, struct totals *totals)
{
    struct packets ours = {0}, theirs = {0};
    uint32_t snaplen = 0;

    if (read_ours(path, &ours)) {
        bool read = read_theirs(path, &theirs, &snaplen);

        if (read)
            compare(path, &ours, &theirs, snaplen);
        totals->files++;
        totals->refused += !read || ours.count > theirs.count;
        totals->packets += theirs.count;
    }
    free(ours.list);
    free(theirs.list);
}

static void check_folder(const char *folder, struct totals *totals)
{
    struct dirent **entries;
    char path[4096];
    int count = scandir(folder, &entries, NULL, alphasort);

    if (count < 0)
        fail_msg("cannot read %s", folder);
    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.')
            check_file(path, totals);
        free(entries[i]);
    }
    free(entries);
}

static void recorded_captures_are_the_same(void **state)
{
    struct totals totals = {0};

    (void)state;
    check_folder("tests/data/pairs", &totals);
    assert_true(totals.files >= 4);
    assert_int_equal(totals.refused, 0);
    assert_true(totals.packets > 40000);
}

static void public_captures_are_the_same(void **state)
{
    static const char *const folders[] = {"shapes", "tcprs/traces"};
    const char *captures = getenv("CAPTURES");
    struct totals totals = {0};
    char path[4096];

    (void)state;
    if (!captures || !*captures) {
        print_message("# no CAPTURES=DIR given\n");
        skip();
    }
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        snprintf(path, sizeof path, "%s/%s", captures, folders[i]);
        check_folder(path, &totals);
    }
    print_message("# %u captures, %llu packets; %u that libpcap refuses or ends early\n",
                  totals.files, (unsigned long long)totals.packets, totals.refused);
    assert_true(totals.files > 100 && totals.packets > 10000);
    assert_in_range(totals.refused, 0, 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded_captures_are_the_same),
        cmocka_unit_test(public_captures_are_the_same),
    };

    return cmocka_run_group_tests_name("libpcap", tests, NULL, NULL);
}
