/* server.c: the only file that knows libmicrohttpd, which is loaded when it is needed: of all
 * commands one serves, and the library with all that it draws in would double the time that each
 * takes to start.
 *
 * One thread of the library's serves all connections (epoll). A connection that waits is suspended
 * and resumed by the hub; everything else is answered at once.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "web/gate.h"
#include "web/hub.h"
#include "web/listen.h"

#ifdef TP_HAVE_MICROHTTPD

#include <signal.h>

#include "web/library.h"

#define REQUEST_S 5  /* for a request, and between two */
#define READER_S  20 /* for a viewer that does not read */
#define MEMORY    ((size_t)64 * 1024)
#define ROOM      ((size_t)32 * 1024) /* of events at a time */

struct tp_web {
    struct tp_web_options options;
    struct library library;
    struct MHD_Daemon *daemon;
    struct hub hub;
    int fd; /* -1: the daemon's */
    uint16_t port;
    char secret[GATE_SECRET_BYTES];
    char cookie[32]; /* its name; cookies are not told apart by port */
    char address[96];
};

/* One connection, with what it belongs to. */
struct web_request {
    struct hub_asker asker; /* first */
    struct tp_web *web;
};

struct stream {
    struct tp_web *web;
    struct hub_viewer *viewer;
};

bool tp_web_is_built(void)
{
    return true;
}

/* --- answers ---------------------------------------------------------------------------------- */

static enum MHD_Result queue(struct web_request *request, unsigned status,
                             struct MHD_Response *response, const char *type)
{
    static const char *const always[][2] = {{MHD_HTTP_HEADER_CACHE_CONTROL, "no-store"},
                                            {"X-Content-Type-Options", "nosniff"},
                                            {"X-Frame-Options", "DENY"},
                                            {"Cross-Origin-Resource-Policy", "same-origin"},
                                            {"Referrer-Policy", "no-referrer"}};
    const struct tp_web *web = request->web;
    enum MHD_Result queued;

    if (!response)
        return MHD_NO;
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        web->library.add_response_header(response, always[i][0], always[i][1]);
    web->library.add_response_header(response, "Content-Security-Policy", web->options.policy);
    web->library.add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    queued = web->library.queue_response(request->asker.connection, status, response);
    web->library.destroy_response(response);
    return queued;
}

/* A text that lives as long as the server. */
static struct MHD_Response *fixed(const struct tp_web *web, const char *text, size_t length)
{
    return web->library.create_response_from_buffer(length, (void *)(uintptr_t)text,
                                                    MHD_RESPMEM_PERSISTENT);
}

static enum MHD_Result say(struct web_request *request, unsigned status, const char *text)
{
    struct MHD_Response *response = fixed(request->web, text, strlen(text));

    if (response && status == MHD_HTTP_METHOD_NOT_ALLOWED)
        request->web->library.add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    return queue(request, status, response, "text/plain; charset=utf-8");
}

static const char *header(const struct web_request *request, const char *name)
{
    return request->web->library.lookup_connection_value(request->asker.connection, MHD_HEADER_KIND,
                                                         name);
}

static const char *argument(const struct web_request *request, const char *name)
{
    return request->web->library.lookup_connection_value(request->asker.connection,
                                                         MHD_GET_ARGUMENT_KIND, name);
}

/* --- what there is ---------------------------------------------------------------------------- */

/* The secret goes where neither history nor other pages see it. */
static enum MHD_Result give_cookie(struct web_request *request)
{
    const struct tp_web *web = request->web;
    struct MHD_Response *response = fixed(web, "", 0);
    char cookie[128];

    if (!response)
        return MHD_NO;
    snprintf(cookie, sizeof cookie, "%s=%s; HttpOnly; SameSite=Strict; Path=/", web->cookie,
             web->secret);
    web->library.add_response_header(response, MHD_HTTP_HEADER_SET_COOKIE, cookie);
    web->library.add_response_header(response, MHD_HTTP_HEADER_LOCATION, "/");
    return queue(request, MHD_HTTP_SEE_OTHER, response, "text/plain");
}

static enum MHD_Result show_page(struct web_request *request, const char *unused)
{
    const struct tp_web *web = request->web;

    (void)unused;
    if (argument(request, "t"))
        return give_cookie(request);
    return queue(request, MHD_HTTP_OK, fixed(web, web->options.page, web->options.page_length),
                 "text/html; charset=utf-8");
}

static ssize_t read_stream(void *context, uint64_t position, char *bytes, size_t size)
{
    struct stream *stream = context;
    ssize_t length = hub_read(&stream->web->hub, stream->viewer, bytes, size);

    (void)position;
    return length < 0 ? MHD_CONTENT_READER_END_OF_STREAM : length;
}

static void end_stream(void *context)
{
    struct stream *stream = context;

    hub_leave(&stream->web->hub, stream->viewer);
    free(stream);
}

/* A number and nothing else; UINT64_MAX where there is none. */
static uint64_t number_of(const char *text)
{
    uint64_t number = 0;

    if (!text || !*text || strlen(text) > 18 || text[strspn(text, "0123456789")])
        return UINT64_MAX;
    for (; *text; text++)
        number = number * 10 + (uint64_t)(*text - '0');
    return number;
}

static enum MHD_Result show_events(struct web_request *request, const char *unused)
{
    struct tp_web *web = request->web;
    struct stream *stream = malloc(sizeof *stream);
    const char *last = header(request, "Last-Event-ID");
    struct MHD_Response *response;

    (void)unused;
    if (!stream)
        return MHD_NO;
    stream->web = web;
    stream->viewer = hub_enter(&web->hub, request->asker.connection,
                               number_of(last ? last : argument(request, "after")));
    if (!stream->viewer) {
        free(stream);
        return say(request, MHD_HTTP_SERVICE_UNAVAILABLE, "too many look at this page\n");
    }
    response = web->library.create_response_from_callback(MHD_SIZE_UNKNOWN, ROOM, read_stream,
                                                          stream, end_stream);
    if (!response) {
        end_stream(stream);
        return MHD_NO;
    }
    web->library.set_connection_option(request->asker.connection, MHD_CONNECTION_OPTION_TIMEOUT,
                                       (unsigned)READER_S);
    return queue(request, MHD_HTTP_OK, response, "text/event-stream");
}

static enum MHD_Result ask(struct web_request *request)
{
    if (hub_ask(&request->web->hub, &request->asker))
        return MHD_YES;
    return say(request, MHD_HTTP_SERVICE_UNAVAILABLE, "this server ends\n");
}

static enum MHD_Result ask_traffic(struct web_request *request, const char *unused)
{
    (void)unused;
    request->asker.question = (struct tp_web_question){.is_flow = false};
    return ask(request);
}

static enum MHD_Result ask_flow(struct web_request *request, const char *id)
{
    uint64_t number = number_of(id);

    if (number > UINT32_MAX)
        return say(request, MHD_HTTP_NOT_FOUND, "there is no such connection\n");
    request->asker.question = (struct tp_web_question){.is_flow = true, .id = (uint32_t)number};
    return ask(request);
}

static const struct route {
    const char *path;
    bool goes_on; /* what follows it is handed on */
    enum MHD_Result (*show)(struct web_request *request, const char *rest);
} routes[] = {{"/", false, show_page},
              {"/api/events", false, show_events},
              {"/api/traffic", false, ask_traffic},
              {"/api/flow/", true, ask_flow}};

static enum MHD_Result route(struct web_request *request, const char *path)
{
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        size_t length = strlen(routes[i].path);

        if (routes[i].goes_on ? strncmp(path, routes[i].path, length) == 0
                              : strcmp(path, routes[i].path) == 0)
            return routes[i].show(request, path + length);
    }
    return say(request, MHD_HTTP_NOT_FOUND, "there is nothing of that name\n");
}

/* --- requests --------------------------------------------------------------------------------- */

struct given {
    struct tp_web *web;
    struct hub_text *text;
};

static void drop_given(void *context)
{
    struct given *given = context;

    hub_drop(&given->web->hub, given->text);
    free(given);
}

static enum MHD_Result give_answer(struct web_request *request)
{
    struct tp_web *web = request->web;
    struct given *given = malloc(sizeof *given);
    struct MHD_Response *response;

    if (!given)
        return MHD_NO;
    given->web = web;
    given->text = hub_take(&web->hub, &request->asker);
    if (!given->text) {
        free(given);
        return say(request, MHD_HTTP_NOT_FOUND, "there is no such connection\n");
    }
    response = web->library.create_response_from_buffer_with_free_callback_cls(
        given->text->length, given->text->bytes, drop_given, given);
    if (!response)
        drop_given(given);
    return queue(request, MHD_HTTP_OK, response, "application/json");
}

static struct gate_refusal ask_gate(const struct web_request *request, const char *method)
{
    const struct tp_web *web = request->web;
    const struct gate_request asked = {
        .method = method,
        .host = header(request, MHD_HTTP_HEADER_HOST),
        .origin = header(request, "Origin"),
        .fetch_site = header(request, "Sec-Fetch-Site"),
        .secret = argument(request, "t"),
        .cookie = web->library.lookup_connection_value(request->asker.connection, MHD_COOKIE_KIND,
                                                       web->cookie),
        .has_body = header(request, MHD_HTTP_HEADER_CONTENT_LENGTH) ||
                    header(request, MHD_HTTP_HEADER_TRANSFER_ENCODING),
    };

    return gate_ask(&asked, web->secret);
}

/* The library calls it when the head of a request is there, when all of it is there, and when it
 * was resumed. */
static enum MHD_Result serve(void *context, struct MHD_Connection *connection, const char *path,
                             const char *method, const char *version, const char *body,
                             size_t *body_length, void **state)
{
    struct web_request *request = *state;
    struct gate_refusal refusal;

    (void)version;
    (void)body;
    (void)body_length;
    if (request)
        return request->asker.is_answered ? give_answer(request) : route(request, path);
    request = calloc(1, sizeof *request);
    if (!request)
        return MHD_NO;
    *state = request;
    request->asker.connection = connection;
    request->web = context;
    refusal = ask_gate(request, method);
    return refusal.status ? say(request, refusal.status, refusal.text) : MHD_YES;
}

static void complete(void *context, struct MHD_Connection *connection, void **state,
                     enum MHD_RequestTerminationCode how)
{
    struct web_request *request = *state;

    (void)connection;
    (void)how;
    if (!request)
        return;
    hub_forget(&((struct tp_web *)context)->hub, &request->asker);
    free(request);
    *state = NULL;
}

/* --- public ----------------------------------------------------------------------------------- */

static void pause_connection(void *web, void *connection)
{
    ((struct tp_web *)web)->library.suspend_connection(connection);
}

static void resume_connection(void *web, void *connection)
{
    ((struct tp_web *)web)->library.resume_connection(connection);
}

int tp_web_open(struct tp_web **opened, const struct tp_web_options *options,
                struct tp_error *error)
{
    struct tp_web *web = calloc(1, sizeof *web);
    int rc;

    *opened = NULL;
    if (!web)
        return tp_error_nomem(error);
    web->options = *options;
    web->fd = -1;
    web->port = options->port;
    hub_init(&web->hub);
    web->hub.pause = pause_connection;
    web->hub.resume = resume_connection;
    web->hub.context = web;
    rc = library_load(&web->library, error);
    if (rc == TP_OK && !gate_make_secret(web->secret))
        rc = tp_error_set(error, TP_ERR_UNSUPPORTED, "the kernel has no random bytes");
    if (rc == TP_OK)
        rc = web->fd = listen_here(&web->port, error);
    if (rc < 0) {
        tp_web_close(web);
        return rc;
    }
    snprintf(web->cookie, sizeof web->cookie, "tcpprobe-%u", web->port);
    snprintf(web->address, sizeof web->address, "http://127.0.0.1:%u/?t=%s", web->port,
             web->secret);
    *opened = web;
    return TP_OK;
}

const char *tp_web_address(const struct tp_web *web)
{
    return web->address;
}

uint16_t tp_web_port(const struct tp_web *web)
{
    return web->port;
}

int tp_web_start(struct tp_web *web, struct tp_error *error)
{
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    web->daemon = web->library.start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, serve, web,
        MHD_OPTION_LISTEN_SOCKET, web->fd, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)TP_WEB_CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)REQUEST_S,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, MEMORY, MHD_OPTION_NOTIFY_COMPLETED, complete, web,
        MHD_OPTION_END);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!web->daemon)
        return tp_error_set(error, TP_ERR_UNSUPPORTED, "the server of the page cannot start");
    web->fd = -1;
    return TP_OK;
}

bool tp_web_asked(struct tp_web *web, struct tp_web_question *question)
{
    return hub_asked(&web->hub, question);
}

void tp_web_wait(struct tp_web *web, int64_t most_ns)
{
    hub_wait(&web->hub, most_ns);
}

void tp_web_answer(struct tp_web *web, const struct tp_web_question *question, const char *bytes,
                   size_t length)
{
    hub_answer(&web->hub, question, bytes, length);
}

void tp_web_tick(struct tp_web *web, uint64_t number, const char *bytes, size_t length)
{
    hub_tick(&web->hub, number, bytes, length); /* who gets none is told that it missed it */
}

unsigned tp_web_viewers(struct tp_web *web)
{
    return hub_viewer_count(&web->hub);
}

void tp_web_close(struct tp_web *web)
{
    if (!web)
        return;
    if (web->daemon) {
        hub_end(&web->hub);
        web->library.stop_daemon(web->daemon);
    }
    hub_release(&web->hub);
    if (web->fd >= 0)
        close(web->fd);
    free(web);
}

#endif
