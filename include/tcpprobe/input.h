/* input.h: files of any known format become one stream of records in time order.
 *
 * A stream reads one or more inputs: plain or gzipped trace logs of the kernel (trace,
 * trace_pipe), `trace-cmd report` and `perf script` text, and the /proc/net/tcpprobe text of
 * kernels before 4.16; and packet captures, pcap (also one behind the other), pcapng, snoop and
 * ERF. What a file is, is found out by looking at it. "-" is standard input.
 *
 * Time order: records of one input that are out of order by less than a window of
 * TP_SORT_WINDOW records are sorted; what is later than that is delivered where it stands and
 * counted (late). Inputs that share a clock are merged into one timeline; others get a timeline
 * number of their own, so their flows never meet. Inputs share a clock when their headers name the
 * same clock and the same offset to wall-clock time within a second, or when the caller says so.
 *
 * Captures that were put behind one another though they overlap in time: the directions of connections
 * are merged (stretches), which takes reading the file again; others end with TP_ERR_FORMAT where
 * packets prove that they were captured before others that stand before them, out of the window's
 * reach.
 *
 * A log may hold several recordings, of two boots, say: where a header names another clock, or time
 * goes back further than disorder explains, another timeline begins.
 *
 * A capture's packets become records of kind PACKET, one for each TCP segment, whatever link it was
 * captured on: Ethernet (VLAN, QinQ, MPLS, PPPoE, SNAP), raw IP, Linux cooked 1 and 2, NFLOG, PKTAP,
 * PPP, 802.11 and others. In a tunnel (IPIP, 6in4, 4in6, GRE, VXLAN, Geneve, L2TP, CAPWAP, Teredo)
 * it is the inner connection that counts, unless `outer` is set. IP packets in fragments are put
 * together as far as all of them were captured near each other; the record is in the place of the
 * first fragment. A stream of nothing but packets that could not be looked into (encrypted, or of an
 * unknown kind) ends with TP_ERR_FORMAT and says which.
 *
 * Captures tell wall-clock time and share one timeline, that of a log where one fits: by the offset
 * to wall-clock time in its header, or else by ACKs. Where snd_una rises from one tcp_probe of a
 * socket to the next, the first of the two fired for the ACK that a capture holds too. For that the
 * beginnings of files are read again, which standard input and pipes do not allow. The same ACKs
 * say how well an offset fits; where they contradict it by a second or more, they are believed.
 *
 * Bad input is a normal case: malformed lines are counted and the first one is kept with its
 * position, a damaged gzip tail ends that input with a warning. Only `strict` turns them into
 * errors. Call chains belong to the event before them, what other tracers print among the events is
 * counted like other events. Of a log that cannot be read at all the error says which option of the
 * kernel or of a tool made it so, where that is known.
 *
 * Memory is bounded by threads * block_bytes * about 6 for each input, whatever its size.
 * The records are the same with any number of threads.
 *
 *     struct tp_stream *stream;
 *     const struct tp_record *record;
 *     if (tp_stream_open(&stream, paths, count, NULL, &error) == 0)
 *         while ((rc = tp_stream_next(stream, &record, &error)) == 1)
 *             ...
 *     tp_stream_close(stream);
 *
 * Threads: one thread at a time uses a stream or a line parser, and its records; streams and parsers
 * share nothing. What the stream does in threads of its own is `threads` below, and is seen nowhere
 * but in the speed and in `frame`, which they call.
 */
#ifndef TCPPROBE_INPUT_H
#define TCPPROBE_INPUT_H

#include <tcpprobe/record.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TP_SORT_WINDOW 256
#define TP_INPUTS_MAX  255

struct tp_stream; /* one thread uses it at a time */

/* UDP from or to this port carries a tunnel, although it is not the port of its standard. */
struct tp_decode_as {
    uint16_t port;
    uint8_t tunnel; /* number by tp_tunnel_find() */
};

#define TP_DECODE_AS_MAX 16

int tp_tunnel_find(const char *name, size_t length); /* "vxlan"; -1 if there is none */
const char *tp_tunnel_name(unsigned tunnel);         /* NULL behind the last one */

/* A frame of a capture, as it is read. */
struct tp_frame {
    uint8_t input;
    uint64_t number;   /* in its file, as a record has it in `frame` */
    uint32_t linktype; /* of the file format (LINKTYPE_..., not DLT_...) */
    uint32_t captured, wire_len;
    const uint8_t *bytes; /* captured of them */
};

struct tp_stream_options {
    unsigned threads;     /* helpers beside the calling thread, which works too; 0: it works alone */
    size_t block_bytes;   /* text read at a time; 0 means the default of 256 KiB */
    bool strict;          /* the first malformed line or damaged tail is an error */
    bool same_clock;      /* all inputs are on one timeline, whatever their headers say */
    bool no_isal;         /* inflate with zlib even where ISA-L was built in */
    bool outer;           /* do not look into tunnels */
    struct tp_decode_as decode_as[TP_DECODE_AS_MAX];
    unsigned decode_as_count;
    /* Asked of every frame before it is decoded: false drops it. May be NULL; called by several
     * threads at a time. linktype is that of the file format (LINKTYPE_..., not DLT_...). */
    bool (*frame)(void *context, uint32_t linktype, const uint8_t *bytes, uint32_t captured,
                  uint32_t wire_len);
    void *frame_context;
    /* Told of every frame that `frame` took, before it is decoded and a good while before what it
     * says is delivered; what it points to ends with the call. May be NULL; called by several
     * threads at a time. */
    void (*keep)(void *context, const struct tp_frame *frame);
    void *keep_context;
    /* Set this to get the records of a pipe within 100 ms, instead of when there are many. Whenever
     * tp_stream_next() has delivered what it can and is about to wait for more, it calls this, in
     * the caller's thread; while nothing comes, again about 25 times a second, and soon everything
     * that came has been delivered. Negative ends it with TP_ERR_STOPPED. Records that are out of
     * order by more than such a pause count as late. tp_stream_open() still waits for the first
     * record. For files nothing changes. NULL: nobody is watching. */
    int (*paused)(void *context);
    void *paused_context;
    /* With paused, of several pipes that are written while they are read: one that says nothing holds up
     * the others for so long, and what it says after that comes behind what they said. The head of a capture
     * is enough for it to be opened. 0: each is waited for, as long as that takes. */
    int64_t patience_ns;
    uint64_t fields;      /* TP_BIT()s that the caller will look at; 0 means all. Others may be
                             absent even where the input has them: skipping them saves time;
                             those that tell the order of records are not */
};

/* Events that are not among TP_KINDS, by name ("function": calls that a tracer printed); of a
 * capture, what is not TCP ("udp", "arp", "later fragment") and what could not be looked into
 * ("esp", "link type 290"). */
struct tp_other_event {
    char name[40];
    uint64_t count;
    bool opaque; /* there may be TCP in it: it is encrypted, or nothing is known of its kind */
};

#define TP_OTHER_EVENTS_MAX 64

/* Where the clock of a capture was set; what follows is moved by as much, so that time goes on. */
struct tp_clock_step {
    uint64_t frame;  /* first one behind it; 0 if not known */
    int64_t back_ns; /* by so much it was set back; below 0: put forward */
    bool unsure;     /* TCP's timestamps do not tell it within a millisecond: it was set back by so
                        much at least, or put forward by so much at most */
};

#define TP_CLOCK_STEPS_MAX 8

/* What one input is and what was met in it so far; complete once the stream has ended. */
struct tp_input_info {
    const char *path;             /* as given */
    const char *format;           /* "ftrace", "trace-cmd", "perf", "tcpprobe-proc", "pcap", "pcapng",
                                     "snoop", "erf" or "unknown" */
    bool gzipped;
    uint64_t file_bytes;          /* read from the file, compressed where it is gzipped */
    uint64_t size_bytes;          /* of the file; 0 where it is not known (a pipe) */
    uint64_t text_bytes;          /* after inflating */
    uint64_t lines;
    uint64_t records;             /* delivered, LOST ones included */
    uint64_t kinds[TP_KIND_COUNT];
    uint64_t malformed;           /* lines that look like none of the known forms */
    struct tp_error first_malformed;
    uint64_t other_total;         /* events of other kinds */
    uint64_t opaque_total;        /* of these, packets that could not be looked into */
    struct tp_other_event other[TP_OTHER_EVENTS_MAX];
    unsigned others;              /* rows used in other; further names count in other_total only */
    uint64_t lost;                /* events lost according to the log, where it gives numbers */
    uint64_t lost_markers;        /* places where events were lost */
    uint64_t lost_uncounted;      /* of these, markers that do not say how many */
    uint64_t late;                /* records out of order beyond the sort window */
    uint32_t recordings;          /* in a log: further ones have timelines of their own */
    uint32_t stretches;           /* of a capture: one behind the other, captured at the same time */
    uint64_t next_stretch;        /* packet that the second begins with; valid if stretches > 1 */
    uint64_t steps;               /* places where its clock was set */
    uint64_t steps_unsure;        /* of these, by nobody knows how much */
    struct tp_clock_step step[TP_CLOCK_STEPS_MAX]; /* the first of them */
    bool capture;                 /* a packet capture: `lines` counts packets, `lost` those that
                                     the capture says its interfaces dropped, clock is "wall" */
    char links[96];               /* its link types: "Ethernet", "Linux cooked v2, raw IP" */
    bool lost_told;               /* a capture that says how many those are (pcap cannot) */
    uint32_t interfaces;          /* 1 for pcap */
    uint32_t snaplen;             /* largest of them; 0 is unlimited or unknown */
    uint32_t packet_bytes;        /* that one of the first packets takes in the file, on average; 0: not
                                     known, as there is none */
    uint64_t cut;                 /* packets of which the capture lacks a part */
    uint64_t headers_cut;         /* of these, TCP packets with less than their header (ODD_CUT) */
    uint64_t filtered;            /* frames that `frame` dropped */
    uint64_t fragments, tunnelled, no_length; /* TCP packets with that oddity */
    char warning[256];            /* damaged tail, trailing garbage, ...; "" if none */
    bool ticks;                   /* its times are ticks of a counter, no nanoseconds */
    uint32_t headers;             /* with a clock: of the parts or logs that were joined to this */
    char clock[16];               /* from the header; "" if it does not say */
    char congestion_control[16];  /* of all connections in it, as who recorded them knew and all
                                     headers say: "cubic"; "" if they do not, or not the same. What
                                     the recorder's own namespace is set to does not count. */
    uint32_t part;                /* of a log of several, from 1, as the first header says; 0: it does
                                     not */
    char kernel[65];              /* the release of the kernel that was traced, as the first header
                                     says: printable ASCII; "" if it does not */
    char hostname[65];            /* of the machine that was traced, likewise */
    char boot_id[37];             /* of its start (/proc/sys/kernel/random/boot_id), likewise */
    char settings[512];           /* sysctls, likewise: "net.ipv4.tcp_sack=1;net.ipv4.tcp_rmem=4096 131072
                                     6291456"; those that have no room are left out */
    uint16_t connect_port_least;  /* what connect() chose from, as the header says */
    uint16_t connect_port_most;   /* 0 if it does not */
    uint32_t recorded;            /* bit of each enum tp_kind that its header says was recorded: of
                                     these "none" means none; 0 where there is no such header */
    uint64_t packets_dropped;     /* of a log: that the capture beside it lacks, as it says */
    bool has_wall_offset;
    int64_t wall_offset_ns;       /* CLOCK_REALTIME minus the recording's clock */
    bool has_time;                /* at least one record: first_ns and last_ns are valid */
    int64_t first_ns, last_ns;
    uint32_t timeline;
    int64_t shift_ns;             /* added to its times to place it on its timeline */
    char aligned[160];            /* how that is known and how well: "" if there was no need */
};

/* Opens and looks at every input. On success *stream is owned by the caller; on failure it is
 * NULL. options may be NULL. Errors: an input that cannot be read, holds nothing that is known
 * (TP_ERR_FORMAT), or too many inputs. */
int tp_stream_open(struct tp_stream **stream, const char *const *paths, size_t count,
                   const struct tp_stream_options *options, struct tp_error *error);

/* The next record: returns 1 and lets *record point to it, 0 at the end, negative on error.
 * The record and its texts live until the next call. */
int tp_stream_next(struct tp_stream *stream, const struct tp_record **record,
                   struct tp_error *error);

/* Records that were read already and will mostly be the next ones, in this order; *count: how many. For
 * who has to fetch something for each. They live until the next tp_stream_next(). */
const struct tp_record *const *tp_stream_ahead(const struct tp_stream *stream, size_t *count);

size_t tp_stream_inputs(const struct tp_stream *stream);
/* Lives as long as the stream; input < tp_stream_inputs(). */
const struct tp_input_info *tp_stream_info(const struct tp_stream *stream, size_t input);

/* Can the input be read once more? Pipes and standard input cannot. */
bool tp_input_may_again(const struct tp_input_info *info);

/* What the wall's clock (since 1970 UTC) is ahead of that timeline, as an input of it says, or the header
 * with which a further recording of a log began; false if nothing does. Known from its first record on. */
bool tp_stream_wall_offset(const struct tp_stream *stream, uint32_t timeline, int64_t *offset_ns);

/* Bytes of the files read so far, and of all files (0 where that is unknown), for a progress line. */
void tp_stream_progress(const struct tp_stream *stream, uint64_t *done, uint64_t *total);

void tp_stream_close(struct tp_stream *stream); /* NULL is fine */

/* --- single lines ------------------------------------------------------------------------------ */

struct tp_line_parser; /* one thread uses it at a time */

/* A parser for lines that are at hand already. fields: as in struct tp_stream_options. */
int tp_line_parser_new(struct tp_line_parser **parser, uint64_t fields, struct tp_error *error);

/* Reads one line of any known form, with or without its newline (a task name may hold further
 * ones). Returns 1 and lets *record point to what it says; 0 and NULL if it is blank, a comment, of
 * a call chain or an event that is not among TP_KINDS; TP_ERR_FORMAT with the column if it is
 * malformed. The record and its texts live in the parser until the next call. */
int tp_line_parse(struct tp_line_parser *parser, const char *line, size_t length,
                  const struct tp_record **record, struct tp_error *error);

void tp_line_parser_free(struct tp_line_parser *parser); /* NULL is fine */

#ifdef __cplusplus
}
#endif

#endif
