/* bottleneck.c: a queue of constant rate needs no list of packets. What waits in it follows from
 * the time at which it will be empty, and each packet's way is known when it arrives. */
#include <stdbool.h>
#include <stdlib.h>

#include "bottleneck.h"
#include "ecn.h"

enum { PURPOSE_LOSS, PURPOSE_REORDER, PURPOSE_DUPLICATE, PURPOSE_LOSS_ANY };

#define NS_PER_S 1e9

void bottleneck_init(struct bottleneck *link, const struct bottleneck_setup *setup)
{
    *link = (struct bottleneck){.setup = *setup, .tokens_bytes = (double)setup->police_bytes};
    chance_init(&link->loss, setup->loss, setup->seed, PURPOSE_LOSS);
    chance_init(&link->loss_any, setup->loss_any, setup->seed, PURPOSE_LOSS_ANY);
    chance_init(&link->reorder, setup->reorder, setup->seed, PURPOSE_REORDER);
    chance_init(&link->duplicate, setup->duplicate, setup->seed, PURPOSE_DUPLICATE);
}

/* A token bucket: are there tokens for the packet? It takes them. */
static bool conforms(struct bottleneck *link, size_t bytes, int64_t now_ns)
{
    const struct bottleneck_setup *setup = &link->setup;
    int64_t since_ns = now_ns - link->filled_at_ns;

    if (setup->police_bps <= 0)
        return true;
    if (since_ns > 0) {
        link->tokens_bytes += (double)since_ns * setup->police_bps / 8 / NS_PER_S;
        link->filled_at_ns = now_ns;
    }
    if (link->tokens_bytes > (double)setup->police_bytes)
        link->tokens_bytes = (double)setup->police_bytes;
    if (link->tokens_bytes < (double)bytes)
        return false;
    link->tokens_bytes -= (double)bytes;
    return true;
}

static uint64_t queued_bytes(const struct bottleneck *link, int64_t now_ns)
{
    if (link->idle_at_ns <= now_ns)
        return 0;
    return (uint64_t)((double)(link->idle_at_ns - now_ns) * link->setup.rate_bps / 8 / NS_PER_S);
}

/* Puts the packet behind what waits: true, and link->idle_at_ns is when its last bit leaves. */
static bool enqueue(struct bottleneck *link, size_t bytes, uint64_t waiting, int64_t now_ns)
{
    if (link->setup.rate_bps <= 0) {
        link->idle_at_ns = now_ns;
        return true;
    }
    if (waiting + bytes > link->setup.queue_bytes)
        return false;
    if (link->idle_at_ns < now_ns)
        link->idle_at_ns = now_ns;
    link->idle_at_ns += (int64_t)((double)bytes * 8 * NS_PER_S / link->setup.rate_bps);
    if (waiting + bytes > link->counters.queue_max_bytes)
        link->counters.queue_max_bytes = waiting + bytes;
    return true;
}

/* Is it lost before the queue, whatever waits there? */
static bool is_lost(struct bottleneck *link, size_t bytes)
{
    const struct bottleneck_setup *setup = &link->setup;
    struct bottleneck_counters *counters = &link->counters;

    if (counters->packets_in <= setup->lose_first) {
        counters->dropped_first++;
        return true;
    }
    if (setup->above_bytes && bytes > setup->above_bytes) {
        counters->dropped_large++;
        return true;
    }
    if ((bytes > BOTTLENECK_SPARED_BYTES && chance_hit(&link->loss)) ||
        chance_hit(&link->loss_any)) {
        counters->dropped_random++;
        return true;
    }
    return false;
}

/* When something that would come out then does, with pauses and batches. */
static int64_t let_out_ns(const struct bottleneck *link, int64_t due_ns)
{
    const struct bottleneck_setup *setup = &link->setup;
    int64_t since_ns = due_ns - link->first_ns, in_period_ns;

    if (setup->pause_every_ns > 0 && since_ns >= setup->pause_every_ns) {
        in_period_ns = since_ns % setup->pause_every_ns;
        if (in_period_ns < setup->pause_ns)
            due_ns += setup->pause_ns - in_period_ns;
    }
    if (setup->batch_ns > 0)
        due_ns += (setup->batch_ns - due_ns % setup->batch_ns) % setup->batch_ns;
    return due_ns;
}

/* Takes the packet over. */
static int send_off(struct bottleneck *link, struct packet *packet)
{
    if (flight_add(&link->flight, packet) < 0) {
        free(packet);
        return -1;
    }
    link->counters.in_flight++;
    return 0;
}

static int send_off_again(struct bottleneck *link, const struct packet *packet)
{
    struct packet *copy = packet_new(packet->data, packet->bytes);

    if (!copy)
        return -1;
    copy->number = packet->number;
    copy->due_ns = packet->due_ns;
    link->counters.duplicated++;
    return send_off(link, copy);
}

int bottleneck_accept(struct bottleneck *link, const uint8_t *data, size_t bytes, int64_t now_ns)
{
    const struct bottleneck_setup *setup = &link->setup;
    struct bottleneck_counters *counters = &link->counters;
    bool spared = bytes <= BOTTLENECK_SPARED_BYTES;
    uint64_t waiting = queued_bytes(link, now_ns);
    struct packet *packet;

    if (!counters->packets_in++)
        link->first_ns = now_ns;
    counters->bytes_in += bytes;
    if (is_lost(link, bytes))
        return 0;
    if (!conforms(link, bytes, now_ns)) {
        counters->dropped_policer++;
        return 0;
    }
    if (!enqueue(link, bytes, waiting, now_ns)) {
        counters->dropped_queue++;
        return 0;
    }
    packet = packet_new(data, bytes);
    if (!packet)
        return -1;
    packet->number = counters->packets_in;
    packet->due_ns = let_out_ns(link, link->idle_at_ns + setup->delay_ns);
    if (!spared && chance_hit(&link->reorder))
        packet->due_ns += setup->reorder_ns;
    if (setup->mark_bytes && waiting > setup->mark_bytes && ecn_mark(packet->data, bytes))
        counters->marked++;
    if (!spared && chance_hit(&link->duplicate) && send_off_again(link, packet) < 0) {
        free(packet);
        return -1;
    }
    return send_off(link, packet);
}

int64_t bottleneck_due_ns(const struct bottleneck *link)
{
    return flight_due_ns(&link->flight);
}

struct packet *bottleneck_deliver(struct bottleneck *link, int64_t now_ns)
{
    struct packet *packet = flight_take(&link->flight, now_ns);
    struct bottleneck_counters *counters = &link->counters;

    if (!packet)
        return NULL;
    bottleneck_late(link, now_ns - packet->due_ns);
    if (packet->number < link->newest_sent)
        counters->reordered++;
    else
        link->newest_sent = packet->number;
    counters->in_flight--;
    counters->packets_sent++;
    counters->bytes_sent += packet->bytes;
    return packet;
}

void bottleneck_late(struct bottleneck *link, int64_t late_ns)
{
    if (late_ns > 0 && (uint64_t)late_ns / 1000 > link->counters.late_max_us)
        link->counters.late_max_us = (uint64_t)late_ns / 1000;
}

void bottleneck_release(struct bottleneck *link)
{
    flight_release(&link->flight);
}
