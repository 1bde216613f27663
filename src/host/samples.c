/* samples.c: a list without order, and where in it each cookie is. */
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "host/samples.h"

#define LIST_FIRST 256

struct socket_sample *samples_find(const struct samples *samples, uint64_t cookie)
{
    const size_t *place = cookie_is_one(cookie) ? cookies_find(&samples->cookies, cookie) : NULL;

    return place ? &samples->list[*place] : NULL;
}

struct socket_sample *samples_add(struct samples *samples, const struct tp_sock *socket,
                                  uint64_t round)
{
    struct socket_sample *sample;
    size_t *place;
    bool first;

    if (!TP_LIST_ROOM(samples->list, samples->count, samples->allocated, LIST_FIRST) ||
        !(place = cookies_add(&samples->cookies, socket->cookie, &first)))
        return NULL;
    *place = samples->count;
    sample = &samples->list[samples->count++];
    memset(sample, 0, sizeof *sample);
    sample->socket.cookie = socket->cookie;
    sample->born = round;
    return sample;
}

/* The last one takes its place. */
void samples_remove(struct samples *samples, struct socket_sample *sample)
{
    struct socket_sample *last = &samples->list[--samples->count];

    cookies_remove(&samples->cookies, sample->socket.cookie);
    if (sample == last)
        return;
    *sample = *last;
    *cookies_find(&samples->cookies, sample->socket.cookie) = (size_t)(sample - samples->list);
}

void samples_forget(struct samples *samples, uint64_t round, uint64_t rounds)
{
    for (size_t i = samples->count; i-- > 0;)
        if (round - samples->list[i].seen >= rounds)
            samples_remove(samples, &samples->list[i]);
}

void samples_release(struct samples *samples)
{
    cookies_release(&samples->cookies);
    free(samples->list);
    memset(samples, 0, sizeof *samples);
}

void sample_drop_passing(struct tp_sock *socket)
{
    for (unsigned id = 0; id < TP_SOCKET_IDS; id++) {
        const struct tp_socket_row *row = &tp_socket_rows[id];

        if (!row->passes)
            continue;
        memset((char *)socket + row->offset, 0, row->size);
        socket->have[id / 64] &= ~(UINT64_C(1) << (id % 64));
    }
}

/* All that stands behind the name of its owner are fields, and nobody writes to what lies between
 * them. */
bool sample_differs(const struct tp_sock *now, const struct tp_sock *before)
{
    const size_t from = offsetof(struct tp_sock, cgroup);

    return memcmp(now->have, before->have, sizeof now->have) != 0 || now->pid != before->pid ||
           memcmp((const char *)now + from, (const char *)before + from, sizeof *now - from) != 0;
}
