/* packet_frames.c: a queue and a tree for each input. */
#include <pthread.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "cli/packet_frames.h"

/* Of one input: helpers read some blocks of 256 KiB ahead, and an inflated record is no longer than
 * its packet. */
#define KEPT_BYTES (32u << 20)

struct kept {
    uint64_t number; /* first: what is looked for is one of these alone */
    struct kept *next;
    uint32_t linktype, captured, wire_len;
    uint8_t bytes[];
};

struct packet_frames {
    pthread_mutex_t lock;
    bool nomem;
    struct queue {
        struct kept *first, **end; /* NULL: not begun */
        void *tree;                /* of struct kept, by number */
        size_t bytes;
        struct kept *asked; /* out of queue and tree */
    } inputs[TP_INPUTS_MAX + 1];
};

struct packet_frames *packet_frames_new(struct tp_error *error)
{
    struct packet_frames *frames = calloc(1, sizeof *frames);

    if (!frames)
        tp_error_nomem(error);
    else
        pthread_mutex_init(&frames->lock, NULL);
    return frames;
}

static int compare(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

    return (a > b) - (a < b);
}

static void drop_first(struct queue *queue)
{
    struct kept *first = queue->first;

    queue->first = first->next;
    if (!queue->first)
        queue->end = &queue->first;
    queue->bytes -= first->captured + sizeof *first;
    tdelete(first, &queue->tree, compare);
    free(first);
}

/* Takes it over; false if out of memory. */
static bool add(struct queue *queue, struct kept *kept)
{
    struct kept **found = tsearch(kept, &queue->tree, compare);

    if (!found || *found != kept) {
        free(kept);
        return found != NULL;
    }
    if (!queue->end)
        queue->end = &queue->first;
    *queue->end = kept;
    queue->end = &kept->next;
    queue->bytes += kept->captured + sizeof *kept;
    while (queue->bytes > KEPT_BYTES && queue->first != kept)
        drop_first(queue);
    return true;
}

void packet_frames_keep(void *context, const struct tp_frame *frame)
{
    struct packet_frames *frames = context;
    struct kept *kept = malloc(sizeof *kept + frame->captured);
    bool enough = kept != NULL;

    if (kept) {
        *kept = (struct kept){.number = frame->number,
                              .linktype = frame->linktype,
                              .captured = frame->captured,
                              .wire_len = frame->wire_len};
        memcpy(kept->bytes, frame->bytes, frame->captured);
    }
    pthread_mutex_lock(&frames->lock);
    enough = enough && add(&frames->inputs[frame->input], kept);
    frames->nomem |= !enough;
    pthread_mutex_unlock(&frames->lock);
}

bool packet_frames_find(struct packet_frames *frames, uint8_t input, uint64_t number,
                        struct tp_frame *frame)
{
    struct queue *queue = &frames->inputs[input];
    const struct kept *const *found, *kept;

    pthread_mutex_lock(&frames->lock);
    found = tfind(&number, &queue->tree, compare);
    kept = found ? *found : NULL;
    if (kept) {
        free(queue->asked);
        queue->asked = malloc(sizeof *kept + kept->captured);
        if (queue->asked)
            memcpy(queue->asked, kept, sizeof *kept + kept->captured);
        frames->nomem |= !queue->asked;
        kept = queue->asked;
    }
    pthread_mutex_unlock(&frames->lock);
    if (kept)
        *frame = (struct tp_frame){.input = input,
                                   .number = number,
                                   .linktype = kept->linktype,
                                   .captured = kept->captured,
                                   .wire_len = kept->wire_len,
                                   .bytes = kept->bytes};
    return kept != NULL;
}

bool packet_frames_nomem(struct packet_frames *frames)
{
    return frames->nomem;
}

static void keep_all(void *kept)
{
    (void)kept; /* the queue has it */
}

void packet_frames_free(struct packet_frames *frames)
{
    if (!frames)
        return;
    for (size_t i = 0; i <= TP_INPUTS_MAX; i++) {
        struct queue *queue = &frames->inputs[i];

        tdestroy(queue->tree, keep_all);
        for (struct kept *kept = queue->first, *next; kept; kept = next) {
            next = kept->next;
            free(kept);
        }
        free(queue->asked);
    }
    pthread_mutex_destroy(&frames->lock);
    free(frames);
}
