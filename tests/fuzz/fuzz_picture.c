/* fuzz_picture.c: whatever happened on some connections, its picture stays on the page and its axes
 * finite. The bytes are options, then records of 10 bytes: what, which flow, how much later, six
 * numbers. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tcpprobe/plot.h>

#include "fuzz.h"

#define RECORD_BYTES 10

struct reader {
    const uint8_t *at, *end;
};

static uint8_t take(struct reader *reader)
{
    return reader->at < reader->end ? *reader->at++ : 0;
}

/* Small numbers, and all powers of two. */
static uint32_t take_number(struct reader *reader)
{
    uint8_t byte = take(reader);

    return byte < 0xe0 ? byte : UINT32_C(1) << (byte - 0xe0);
}

static void check(bool holds)
{
    if (!holds)
        abort();
}

/* The same numbers as those of a packet. */
static void make_packet(struct tp_record *record, uint8_t bits)
{
    record->seq = record->snd_nxt - record->snd_una;
    record->ack = record->snd_una;
    record->payload = record->captured = record->data_len * 100;
    record->wire_len = record->payload + 60;
    record->window = (uint16_t)record->snd_wnd;
    record->tsval = (uint32_t)(record->ts_ns / 1000000);
    record->tsecr = record->srtt;
    record->flags = bits & 8    ? TP_TCP_SYN | (bits & 16 ? TP_TCP_ACK : 0)
                    : bits & 32 ? TP_TCP_FIN | TP_TCP_ACK
                                : TP_TCP_ACK | (bits & 16 ? TP_TCP_CWR : 0);
    record->options = TP_OPTION_WSCALE | TP_OPTION_SACK_OK | TP_OPTION_SACK;
    record->wscale = bits & 7;
    record->mss = 1000;
    record->oddities = 0;
    record->tos = bits >> 6;
    record->sack.count = bits >> 7;
    record->sack.edge[0][0] = record->ack + record->snd_cwnd;
    record->sack.edge[0][1] = record->sack.edge[0][0] + record->data_len;
}

static struct tp_record take_record(struct reader *reader, int64_t *now_ns)
{
    static const uint8_t kinds[] = {
        TP_KIND_PROBE, TP_KIND_PROBE,          TP_KIND_PACKET,    TP_KIND_RETRANSMIT_SKB,
        TP_KIND_LOST,  TP_KIND_CONG_STATE_SET, TP_KIND_SET_STATE, TP_KIND_DESTROY_SOCK};
    uint8_t here[16] = {[10] = 0xff, [11] = 0xff, [12] = 10, [15] = 1}, there[16];
    uint8_t kind = take(reader), flow = take(reader);
    struct tp_record record = {.kind = kinds[kind & 7], .have = ~UINT64_C(0)};

    *now_ns += (int64_t)take_number(reader) << (take(reader) & 31);
    *now_ns &= INT64_MAX >> 1;
    record.ts_ns = *now_ns;
    memcpy(there, here, sizeof there);
    there[15] = 2;
    record.has_key = record.kind != TP_KIND_LOST;
    record.local = (uint8_t)tp_flow_key_set(
        &record.key, flow & 0x80 ? there : here, flow & 0x80 ? 80 : (uint16_t)(4000 + (flow & 15)),
        flow & 0x80 ? here : there, flow & 0x80 ? (uint16_t)(4000 + (flow & 15)) : 80,
        flow >> 4 & 3);
    record.hash = tp_flow_key_hash(&record.key);
    record.have &= ~(uint64_t)(kind >> 3); /* some fields of a probe are missing */
    record.snd_una = take_number(reader);
    record.snd_nxt = record.snd_una + take_number(reader);
    record.snd_cwnd = take_number(reader);
    record.ssthresh = record.snd_wnd = take_number(reader);
    record.srtt = record.rcv_wnd = take_number(reader);
    record.data_len = take_number(reader);
    record.lost = record.data_len;
    record.cong_state = record.data_len % TP_CONG_STATES;
    record.sock_cookie = 1;
    record.cpu = flow & 1;
    record.err = 0;
    record.state = record.oldstate = 1;
    record.newstate = flow & 0x40 ? 7 : 1;
    record.protocol = 6;
    if (record.kind == TP_KIND_PACKET)
        make_packet(&record, kind);
    return record;
}

static void check_axis(const struct tp_axis *axis)
{
    check(isfinite(axis->low) && isfinite(axis->high) && axis->low < axis->high);
    check(axis->count <= TP_TICKS_MAX && axis->divisor > 0);
}

static void check_picture(const struct tp_picture *picture)
{
    const struct tp_point *point;
    size_t i, k;

    for (i = 0; i < picture->panel_count; i++) {
        check(picture->panels[i].left_px < picture->panels[i].right_px &&
              picture->panels[i].top_px < picture->panels[i].bottom_px);
        check_axis(&picture->panels[i].x);
        check_axis(&picture->panels[i].y);
    }
    for (i = 0; i < picture->mark_count; i++)
        for (k = 0; k < picture->marks[i].count; k++) {
            point = &picture->marks[i].points[k];
            check(point->x_px >= 0 && point->x_px <= picture->width_px);
            check(isnan(point->y_px) || (point->y_px >= 0 && point->y_px <= picture->height_px));
        }
    for (i = 0; i < picture->caption_count; i++)
        check(isfinite(picture->captions[i].x_px) && picture->captions[i].y_px >= 0 &&
              picture->captions[i].y_px <= picture->height_px);
}

static void draw(const struct tp_analysis *analysis, struct reader *reader)
{
    static const char *const panels[] = {NULL, "tsg,cwnd", "rtt,rate,limits",
                                         "windows,retransmissions,inflight,tsg"};
    static const struct tp_axis_options axes[] = {
        {.quantity = "cwnd", .has_range = true, .low = 5000, .high = 20000},
        {.quantity = "rate", .log = true}};
    uint8_t how = take(reader); /* and which */
    const struct tp_plot_selection selection = {.top = how & 15};
    uint8_t look = take(reader);
    struct tp_picture_options options = {.panels = panels[look & 3],
                                         .theme = look & 4 ? "dark" : NULL,
                                         .raw_time = (look & 8) != 0,
                                         .wall_time = (look & 128) != 0,
                                         .width_px = look & 16 ? 480 : 0,
                                         .height_px = look & 32 ? 700 : 0,
                                         .title = look & 64 ? "a title" : NULL,
                                         .kind = (enum tp_picture_kind)(how >> 6),
                                         .aggregate = (how & 32) != 0};
    struct tp_picture_source source = {.name = "f", .aligned = look & 4 ? "somehow" : NULL};
    struct tp_error error = TP_ERROR_INIT;
    struct tp_plot_episode episode;
    struct tp_plot_choice choice;
    struct tp_picture *picture;

    if (how & 16) {
        options.style = "paper";
        options.width_px = options.height_px = 0;
        options.width_mm = look & 16 ? 40 : 0;
        options.axes = axes;
        options.axis_count = look & 3 ? 0 : 2;
    }
    if (tp_plot_select(&choice, analysis, &selection, NULL) < 0)
        return;
    options.flows = choice.flows;
    options.count = choice.count;
    options.more = choice.beyond;
    options.sources = &source;
    options.source_count = 1;
    if (look & 128 && choice.count > 0 &&
        tp_plot_episodes(analysis, choice.flows[0], &episode, 0) > 0) {
        source.windowed = true;
        source.timeline = choice.flows[0]->key.timeline;
        tp_plot_around(choice.flows[0], &episode, &source.from_ns, &source.until_ns);
    }
    picture = tp_picture_build(analysis, &options, &error);
    check((picture != NULL) == (error.code == TP_OK));
    if (picture)
        check_picture(picture);
    tp_picture_free(picture);
    tp_plot_choice_release(&choice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reader head = {data, data + (size < 3 ? size : 3)};
    const struct tp_analysis_options options = {.series_bins = 8 + take(&head), .marks = 100};
    struct reader reader = {head.end, data + size};
    struct tp_analysis *analysis = tp_analysis_new(&options, NULL);
    struct tp_record record;
    int64_t now_ns = 0;

    if (!analysis)
        return 0;
    while (reader.end - reader.at >= RECORD_BYTES) {
        record = take_record(&reader, &now_ns);
        if (tp_analysis_add(analysis, &record, NULL) < 0)
            break;
    }
    if (tp_analysis_finish(analysis, NULL) == 0)
        draw(analysis, &head);
    tp_analysis_free(analysis);
    return 0;
}
