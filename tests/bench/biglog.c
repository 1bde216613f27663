/* biglog.c: makes a log of any size out of real recordings, for the benchmark.
 *
 *     biglog BYTES FILE...          repeats the recordings until BYTES are written
 *     biglog --flows N K FILE...    N short flows of K events each
 *
 * Each repetition is a later time, other ports, other socket cookies and, when the ports are used
 * up, another client address: as a busy machine would have recorded it. A recording is cut once
 * into pieces (words that stay, times, ports, cookies, addresses); a repetition then only writes
 * them out. FILE is plain text.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_PORT      10000
#define PORTS           50000
#define PORTS_PER_ROUND 8 /* connections that one recording may have */
#define COOKIE_STEP     64

enum piece_kind { WORDS, TIME, PORT, COOKIE, ADDRESS };

struct piece {
    enum piece_kind kind;
    const char *text;
    size_t length;
    uint64_t number; /* us, index of the port, cookie */
};

struct recording {
    char *text;
    struct piece *pieces;
    size_t count, allocated;
    uint64_t first_us, last_us;
    uint64_t ports[PORTS_PER_ROUND];
    unsigned port_count;
};

static void die(const char *words)
{
    fprintf(stderr, "biglog: %s: %s\n", words, strerror(errno));
    exit(2);
}

static void add_piece(struct recording *rec, enum piece_kind kind, const char *text, size_t length,
                      uint64_t number)
{
    if (rec->count == rec->allocated) {
        rec->allocated = rec->allocated ? 2 * rec->allocated : 1024;
        rec->pieces = realloc(rec->pieces, rec->allocated * sizeof *rec->pieces);
        if (!rec->pieces)
            die("pieces");
    }
    rec->pieces[rec->count++] = (struct piece){kind, text, length, number};
}

static char *read_all(const char *path)
{
    FILE *file = fopen(path, "rb");
    size_t size = 0, room = 1 << 20, got;
    char *text = malloc(room);

    if (!file || !text)
        die(path);
    while ((got = fread(text + size, 1, room - size - 1, file)) > 0) {
        size += got;
        if (size + 1 == room && !(text = realloc(text, room *= 2)))
            die(path);
    }
    fclose(file);
    text[size] = '\0';
    return text;
}

static bool starts(const char *text, const char *word, size_t *length)
{
    *length = strlen(word);
    return strncmp(text, word, *length) == 0;
}

/* The client's ports are numbered as they appear; the servers' of the recordings stay. */
static bool port_index(struct recording *rec, uint64_t port, uint64_t *index)
{
    if (port == 5201 || port == 47311 || port == 0)
        return false;
    for (*index = 0; *index < rec->port_count; ++*index)
        if (rec->ports[*index] == port)
            return true;
    if (rec->port_count == PORTS_PER_ROUND)
        return false;
    rec->ports[rec->port_count++] = port;
    return true;
}

/* A piece that changes from repetition to repetition, if one begins here. Returns how much of the
 * text before its value stays (the key), or 0. */
static size_t match_piece(struct recording *rec, const char *at, struct piece *piece)
{
    static const char *const port_keys[] = {"sport=", "dport=", "10.9.0.1:", "10.9.0.2:", "]:"};
    char *end;
    size_t i, key;

    for (i = 0; i < sizeof port_keys / sizeof *port_keys; i++) {
        if (!starts(at, port_keys[i], &key))
            continue;
        piece->kind = PORT;
        if (!port_index(rec, strtoull(at + key, &end, 10), &piece->number))
            return 0;
        piece->length = (size_t)(end - at) - key;
        return key;
    }
    if (!starts(at, "sock_cookie=", &key))
        return 0;
    piece->kind = COOKIE;
    piece->number = strtoull(at + key, &end, 16);
    piece->length = (size_t)(end - at) - key;
    return key;
}

/* "] d..1.  3592.386916: event:": the time ends before the first ": ". */
static char *find_time(char *line, uint64_t *us)
{
    char *colon = strstr(line, ": "), *start, *dot;

    if (!colon)
        return NULL;
    for (start = colon; start > line && start[-1] != ' ';)
        start--;
    *us = strtoull(start, &dot, 10) * 1000000;
    if (*dot != '.' || dot + 7 != colon)
        return NULL;
    *us += strtoull(dot + 1, NULL, 10);
    return start;
}

static void cut_line(struct recording *rec, char *line, char *end)
{
    struct piece piece = {0};
    uint64_t us;
    char *at, *from;
    size_t key, address;

    at = find_time(line, &us);
    if (!at)
        return;
    if (!rec->count)
        rec->first_us = us;
    rec->last_us = us;
    add_piece(rec, WORDS, line, (size_t)(at - line), 0);
    from = strchr(at, ':');
    add_piece(rec, TIME, NULL, 0, us);
    for (at = from; at < end; at++) {
        if (starts(at, "10.9.0.1", &address)) { /* the client; the middle bytes change */
            add_piece(rec, WORDS, from, (size_t)(at - from), 0);
            add_piece(rec, ADDRESS, NULL, 0, 0);
            from = at + address;
        }
        key = match_piece(rec, at, &piece);
        if (!key)
            continue;
        at += key;
        if (at > from)
            add_piece(rec, WORDS, from, (size_t)(at - from), 0);
        add_piece(rec, piece.kind, NULL, 0, piece.number);
        from = at + piece.length;
        at = from - 1;
    }
    add_piece(rec, WORDS, from, (size_t)(end - from), 0);
}

/* With events > 0 only the first so many events of the recording's first connection are used. */
static void cut_recording(struct recording *rec, const char *path, unsigned events)
{
    char *line, *end, port[24] = "";
    unsigned taken = 0;

    rec->text = read_all(path);
    for (line = rec->text; (end = strchr(line, '\n')); line = end + 1) {
        char next = end[1];

        end[1] = '\0';
        if (!events) {
            cut_line(rec, line, end + 1);
        } else if (taken < events &&
                   (rec->port_count ? strstr(line, port) : strstr(line, "sport"))) {
            rec->count = rec->port_count ? rec->count : 0;
            cut_line(rec, line, end + 1);
            if (rec->port_count)
                taken++;
            snprintf(port, sizeof port, "%" PRIu64 " ", rec->ports[0]);
        }
        end[1] = next;
    }
    if (!rec->count || taken < events) {
        errno = EINVAL;
        die(path);
    }
}

static uint64_t write_number(uint64_t number, unsigned base, unsigned digits)
{
    char buf[24], *at = buf + sizeof buf;

    do {
        *--at = "0123456789abcdef"[number % base];
        number /= base;
    } while (number || at > buf + sizeof buf - digits);
    return fwrite_unlocked(at, 1, (size_t)(buf + sizeof buf - at), stdout);
}

static uint64_t write_round(const struct recording *rec, uint64_t round, uint64_t start_us)
{
    uint64_t slot = round * rec->port_count, us, written = 0;
    size_t i;

    for (i = 0; i < rec->count; i++) {
        const struct piece *piece = &rec->pieces[i];

        switch (piece->kind) {
        case WORDS:
            written += fwrite_unlocked(piece->text, 1, piece->length, stdout);
            break;
        case TIME:
            us = start_us + piece->number - rec->first_us;
            written += write_number(us / 1000000, 10, 1);
            written += fwrite_unlocked(".", 1, 1, stdout);
            written += write_number(us % 1000000, 10, 6);
            break;
        case PORT:
            written += write_number(FIRST_PORT + (slot + piece->number) % PORTS, 10, 1);
            break;
        case COOKIE:
            written += write_number(piece->number + round * COOKIE_STEP, 16, 1);
            break;
        case ADDRESS:
            written += (uint64_t)printf("10.9.%u.1", (unsigned)(slot / PORTS) & 255);
            break;
        }
    }
    return written;
}

int main(int argc, char **argv)
{
    bool short_flows = argc > 4 && strcmp(argv[1], "--flows") == 0;
    uint64_t bytes = 0, flows = UINT64_MAX, written = 0, round, now_us = 1000000000;
    struct recording *recs;
    int i, count = argc - (short_flows ? 4 : 2);

    if (count < 1) {
        fprintf(stderr, "usage: biglog BYTES FILE... | biglog --flows N K FILE...\n");
        return 2;
    }
    if (short_flows)
        flows = strtoull(argv[2], NULL, 10);
    else
        bytes = strtoull(argv[1], NULL, 10);
    recs = calloc((size_t)count, sizeof *recs);
    if (!recs)
        die("recordings");
    for (i = 0; i < count; i++)
        cut_recording(&recs[i], argv[argc - count + i],
                      short_flows ? (unsigned)strtoul(argv[3], NULL, 10) : 0);
    setvbuf(stdout, NULL, _IOFBF, 1 << 20);
    for (round = 0; short_flows ? round < flows : written < bytes; round++) {
        struct recording *rec = &recs[round % (uint64_t)count];

        written += write_round(rec, round, now_us);
        now_us += rec->last_us - rec->first_us + 1000;
    }
    if (fflush(stdout) || ferror(stdout))
        die("standard output");
    return 0;
}
