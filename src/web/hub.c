/* hub.c: under one lock, all of it short. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "web/hub.h"

void hub_init(struct hub *hub)
{
    pthread_condattr_t monotonic;

    *hub = (struct hub){0};
    pthread_mutex_init(&hub->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&hub->asked, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

void hub_release(struct hub *hub)
{
    free(hub->tick);
    pthread_cond_destroy(&hub->asked);
    pthread_mutex_destroy(&hub->lock);
}

/* --- texts ------------------------------------------------------------------------------------ */

/* The parts one behind the other. NULL: out of memory. */
static struct hub_text *make_text(const char *head, const char *bytes, size_t length,
                                  const char *tail)
{
    size_t before = strlen(head), after = strlen(tail);
    struct hub_text *text = malloc(sizeof *text + before + length + after);

    if (!text)
        return NULL;
    text->users = 1;
    text->length = before + length + after;
    memcpy(text->bytes, head, before);
    memcpy(text->bytes + before, bytes, length);
    memcpy(text->bytes + before + length, tail, after);
    return text;
}

static void drop(struct hub_text *text)
{
    if (text && --text->users == 0)
        free(text);
}

void hub_drop(struct hub *hub, struct hub_text *text)
{
    pthread_mutex_lock(&hub->lock);
    drop(text);
    pthread_mutex_unlock(&hub->lock);
}

/* --- askers ----------------------------------------------------------------------------------- */

static bool is_same(const struct tp_web_question *one, const struct tp_web_question *other)
{
    return one->is_flow == other->is_flow && (!one->is_flow || one->id == other->id);
}

static void unlink_asker(struct hub *hub, struct hub_asker *asker)
{
    if (!asker->asks)
        return;
    *(asker->before ? &asker->before->next : &hub->askers) = asker->next;
    *(asker->next ? &asker->next->before : &hub->last_asker) = asker->before;
    asker->next = asker->before = NULL;
    asker->asks = false;
}

bool hub_ask(struct hub *hub, struct hub_asker *asker)
{
    bool goes_on;

    pthread_mutex_lock(&hub->lock);
    goes_on = !hub->ends;
    if (goes_on) {
        asker->asks = true;
        asker->before = hub->last_asker;
        *(hub->last_asker ? &hub->last_asker->next : &hub->askers) = asker;
        hub->last_asker = asker;
        hub->pause(hub->context, asker->connection);
        pthread_cond_signal(&hub->asked);
    }
    pthread_mutex_unlock(&hub->lock);
    return goes_on;
}

bool hub_asked(struct hub *hub, struct tp_web_question *question)
{
    bool asked;

    pthread_mutex_lock(&hub->lock);
    asked = hub->askers != NULL;
    if (asked)
        *question = hub->askers->question;
    pthread_mutex_unlock(&hub->lock);
    return asked;
}

void hub_wait(struct hub *hub, int64_t most_ns)
{
    int64_t until_ns = tp_clock_monotonic_ns() + most_ns;
    const struct timespec until = {until_ns / 1000000000, until_ns % 1000000000};
    int failed = 0;

    pthread_mutex_lock(&hub->lock);
    while (!hub->askers && !failed)
        failed = pthread_cond_timedwait(&hub->asked, &hub->lock, &until);
    pthread_mutex_unlock(&hub->lock);
}

/* Under the lock. */
static void answer_all(struct hub *hub, const struct tp_web_question *question,
                       struct hub_text *text)
{
    struct hub_asker *asker, *next;

    for (asker = hub->askers; asker; asker = next) {
        next = asker->next;
        if (question && !is_same(&asker->question, question))
            continue;
        unlink_asker(hub, asker);
        asker->is_answered = true;
        asker->answer = text;
        if (text)
            text->users++;
        hub->resume(hub->context, asker->connection);
    }
}

bool hub_answer(struct hub *hub, const struct tp_web_question *question, const char *bytes,
                size_t length)
{
    struct hub_text *text = bytes ? make_text("", bytes, length, "") : NULL;

    pthread_mutex_lock(&hub->lock);
    answer_all(hub, question, text);
    drop(text);
    pthread_mutex_unlock(&hub->lock);
    return text || !bytes;
}

struct hub_text *hub_take(struct hub *hub, struct hub_asker *asker)
{
    struct hub_text *text;

    pthread_mutex_lock(&hub->lock);
    text = asker->answer;
    asker->answer = NULL;
    pthread_mutex_unlock(&hub->lock);
    return text;
}

void hub_forget(struct hub *hub, struct hub_asker *asker)
{
    pthread_mutex_lock(&hub->lock);
    unlink_asker(hub, asker);
    drop(asker->answer);
    pthread_mutex_unlock(&hub->lock);
}

/* --- viewers ---------------------------------------------------------------------------------- */

struct hub_viewer *hub_enter(struct hub *hub, void *connection, uint64_t seen)
{
    static const char first[] = "retry: 1000\n\n";
    struct hub_viewer *viewer = NULL;

    pthread_mutex_lock(&hub->lock);
    if (hub->viewer_count < TP_WEB_VIEWERS && !hub->ends)
        viewer = calloc(1, sizeof *viewer);
    if (viewer) {
        viewer->connection = connection;
        viewer->text = make_text("", first, sizeof first - 1, "");
        viewer->seen = seen == UINT64_MAX ? hub->number : seen;
        viewer->next = hub->viewers;
        if (hub->viewers)
            hub->viewers->before = viewer;
        hub->viewers = viewer;
        hub->viewer_count++;
    }
    pthread_mutex_unlock(&hub->lock);
    return viewer;
}

void hub_leave(struct hub *hub, struct hub_viewer *viewer)
{
    pthread_mutex_lock(&hub->lock);
    *(viewer->before ? &viewer->before->next : &hub->viewers) = viewer->next;
    if (viewer->next)
        viewer->next->before = viewer->before;
    hub->viewer_count--;
    drop(viewer->text);
    pthread_mutex_unlock(&hub->lock);
    free(viewer);
}

/* The tick that follows what it knows; or that it missed some. */
static struct hub_text *next_text(struct hub *hub, const struct hub_viewer *viewer)
{
    char missed[64];
    int length;

    if (hub->tick && viewer->seen + 1 == hub->number) {
        hub->tick->users++;
        return hub->tick;
    }
    length = snprintf(missed, sizeof missed, "id: %" PRIu64 "\nevent: missed\ndata: {}\n\n",
                      hub->number);
    return make_text("", missed, (size_t)length, "");
}

ssize_t hub_read(struct hub *hub, struct hub_viewer *viewer, char *bytes, size_t size)
{
    size_t length = 0;
    ssize_t result = 0;

    pthread_mutex_lock(&hub->lock);
    if (!viewer->text && hub->number && viewer->seen != hub->number) {
        viewer->text = next_text(hub, viewer);
        viewer->seen = hub->number;
        viewer->sent = 0;
    }
    if (viewer->text) {
        length = viewer->text->length - viewer->sent;
        length = length < size ? length : size;
        memcpy(bytes, viewer->text->bytes + viewer->sent, length);
        viewer->sent += length;
        result = (ssize_t)length;
        if (viewer->sent == viewer->text->length) {
            drop(viewer->text);
            viewer->text = NULL;
        }
    } else if (!hub->ends) {
        viewer->waits = true;
        hub->pause(hub->context, viewer->connection);
    } else {
        result = -1;
    }
    pthread_mutex_unlock(&hub->lock);
    return result;
}

/* Under the lock. */
static void wake(struct hub *hub)
{
    for (struct hub_viewer *viewer = hub->viewers; viewer; viewer = viewer->next)
        if (viewer->waits) {
            viewer->waits = false;
            hub->resume(hub->context, viewer->connection);
        }
}

bool hub_tick(struct hub *hub, uint64_t number, const char *bytes, size_t length)
{
    char head[64];
    struct hub_text *text = NULL;

    snprintf(head, sizeof head, "id: %" PRIu64 "\nevent: tick\ndata: ", number);
    if (bytes)
        text = make_text(head, bytes, length, "\n\n");
    pthread_mutex_lock(&hub->lock);
    drop(hub->tick);
    hub->tick = text;
    hub->number = number;
    wake(hub);
    pthread_mutex_unlock(&hub->lock);
    return text || !bytes;
}

unsigned hub_viewer_count(struct hub *hub)
{
    unsigned count;

    pthread_mutex_lock(&hub->lock);
    count = hub->viewer_count;
    pthread_mutex_unlock(&hub->lock);
    return count;
}

void hub_end(struct hub *hub)
{
    pthread_mutex_lock(&hub->lock);
    hub->ends = true;
    answer_all(hub, NULL, NULL);
    wake(hub);
    pthread_mutex_unlock(&hub->lock);
}
