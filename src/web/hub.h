/* hub.h: where the owner's thread and the serving thread meet: texts that are given out, viewers
 * that wait for the next one, askers that wait for an answer. It knows no HTTP: a connection is
 * what `pause` and `resume` take.
 *
 * A text is made once and shared by all who get it. Whoever waits is paused under the lock, so that
 * it is resumed by whatever comes after.
 */
#ifndef TCPPROBE_WEB_HUB_H
#define TCPPROBE_WEB_HUB_H

#include <pthread.h>
#include <sys/types.h>

#include <tcpprobe/web.h>

struct hub_text {
    size_t users; /* under the lock */
    size_t length;
    char bytes[];
};

/* A request, from its first byte to its end; an asker from when it has a question. */
struct hub_asker {
    void *connection;
    struct tp_web_question question;
    bool asks, is_answered;
    struct hub_text *answer; /* NULL though it is answered: there is none */
    struct hub_asker *next, *before;
};

struct hub_viewer {
    void *connection;
    struct hub_text *text; /* of which `sent` bytes are on their way */
    size_t sent;
    uint64_t seen; /* number of the last tick that it has, or was told that it missed */
    bool waits;
    struct hub_viewer *next, *before;
};

struct hub {
    pthread_mutex_t lock;
    pthread_cond_t asked; /* somebody asks */
    void (*pause)(void *context, void *connection);
    void (*resume)(void *context, void *connection);
    void *context;
    struct hub_text *tick; /* the newest; NULL: it was not made, or there was no memory */
    uint64_t number;       /* its; 0: none yet */
    bool ends;
    struct hub_viewer *viewers;
    unsigned viewer_count;
    struct hub_asker *askers, *last_asker; /* oldest first */
};

/* Set pause, resume and context before anybody comes. */
void hub_init(struct hub *hub);
/* Everybody was resumed by hub_end(), and has left. */
void hub_release(struct hub *hub);

/* --- of the owner's thread: see web.h --------------------------------------------------------- */

bool hub_asked(struct hub *hub, struct tp_web_question *question);
void hub_wait(struct hub *hub, int64_t most_ns);
/* False: out of memory; they are told that there is nothing. */
bool hub_answer(struct hub *hub, const struct tp_web_question *question, const char *bytes,
                size_t length);
/* False: out of memory; they are told that they missed it. */
bool hub_tick(struct hub *hub, uint64_t number, const char *bytes, size_t length);
unsigned hub_viewer_count(struct hub *hub);
/* No more is said: those that wait are resumed. */
void hub_end(struct hub *hub);

/* --- of the serving thread -------------------------------------------------------------------- */

/* NULL: there are too many, or there is no memory. seen: which tick it knows; UINT64_MAX: the
 * newest. */
struct hub_viewer *hub_enter(struct hub *hub, void *connection, uint64_t seen);
/* Bytes for it; 0: there are none yet, and its connection is paused; -1: no more will come. */
ssize_t hub_read(struct hub *hub, struct hub_viewer *viewer, char *bytes, size_t size);
void hub_leave(struct hub *hub, struct hub_viewer *viewer);

/* Its connection is paused until the answer is there. False: no answer will come. */
bool hub_ask(struct hub *hub, struct hub_asker *asker);
/* Takes the answer, whose user the caller becomes; hub_drop() it. */
struct hub_text *hub_take(struct hub *hub, struct hub_asker *asker);
/* Before it is freed. */
void hub_forget(struct hub *hub, struct hub_asker *asker);
void hub_drop(struct hub *hub, struct hub_text *text);

#endif
