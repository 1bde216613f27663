/* web.h: a page of this machine's own, for browsers and scripts on it: a server of HTTP that gives the page,
 * what its owner answers to questions, and once a second what is new (server-sent events).
 *
 * It knows nothing of what it shows: the page is text, answers and ticks are JSON that the owner makes.
 *
 *     tp_web_open(&web, &options, &error);         listens; nobody is let in yet
 *     ... open what is read, give up root ...
 *     tp_web_start(web, &error);
 *     while (...) {
 *         while (tp_web_asked(web, &question))      many times a second
 *             tp_web_answer(web, &question, json, length);
 *         tp_web_tick(web, ++number, json, length); once a second
 *     }
 *     tp_web_close(web);
 *
 * Who is let in: it listens on 127.0.0.1 alone, asks for a secret that only the address has that it tells
 * (other users of the machine can connect, too), and answers nobody who calls it by another name than the
 * machine's own (a page elsewhere whose name was turned to this machine, "DNS rebinding") or comes from
 * another page (Origin, Sec-Fetch-Site). The secret goes from the address into a cookie at once.
 *
 *   GET /               the page; with ?t=SECRET a redirect that sets the cookie
 *   GET /api/traffic    an answer
 *   GET /api/flow/ID    an answer; 404 where the owner has none
 *   GET /api/events     ticks: "id: NUMBER", "event: tick", "data: JSON". ?after=NUMBER, or the header
 *                       Last-Event-ID, says which one is known. Who missed one is told so instead ("event:
 *                       missed"), and asks for the whole.
 *
 * Bounds: TP_WEB_VIEWERS of events (503 beyond), TP_WEB_CONNECTIONS in all, 5 s for a request, 20 s for a
 * reader that does not read. A viewer that is slow gets the newest tick, never a queue.
 *
 * Threads: one thread owns it; a thread of its own serves. Signals are for the owner.
 */
#ifndef TCPPROBE_WEB_H
#define TCPPROBE_WEB_H

#include <stdbool.h>
#include <stdint.h>

#include <tcpprobe/error.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TP_WEB_VIEWERS     32
#define TP_WEB_CONNECTIONS 256

struct tp_web;

/* Texts live as long as the server. */
struct tp_web_options {
    uint16_t port;      /* 0: one that is free */
    const char *page;   /* HTML, UTF-8 */
    size_t page_length;
    const char *policy; /* its Content-Security-Policy */
};

/* Was it built with the library that serves (libmicrohttpd)? */
bool tp_web_is_built(void);

/* Listens. TP_ERR_UNSUPPORTED: it was not built in, or the library is not installed; TP_ERR_IO: the port
 * is taken. On success the caller closes it. */
int tp_web_open(struct tp_web **web, const struct tp_web_options *options, struct tp_error *error);
/* "http://127.0.0.1:PORT/?t=SECRET" */
const char *tp_web_address(const struct tp_web *web);
uint16_t tp_web_port(const struct tp_web *web);
/* Lets callers in, in a thread that is started here. */
int tp_web_start(struct tp_web *web, struct tp_error *error);

struct tp_web_question {
    bool is_flow; /* of a connection: id; else of all */
    uint32_t id;
};

/* The oldest question that is not answered yet; false: there is none. */
bool tp_web_asked(struct tp_web *web, struct tp_web_question *question);
/* Waits until there is one, at most so long. */
void tp_web_wait(struct tp_web *web, int64_t most_ns);
/* To all who ask it; bytes are copied. NULL: there is no such connection. */
void tp_web_answer(struct tp_web *web, const struct tp_web_question *question, const char *bytes,
                   size_t length);
/* To all viewers; numbers rise by one from 1. The text has no newline, and is copied. NULL: it was not made,
 * since nobody looks; who comes for it is told that it was missed. */
void tp_web_tick(struct tp_web *web, uint64_t number, const char *bytes, size_t length);

unsigned tp_web_viewers(struct tp_web *web); /* of events, now */

void tp_web_close(struct tp_web *web); /* NULL is fine */

#ifdef __cplusplus
}
#endif

#endif
