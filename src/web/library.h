/* library.h: libmicrohttpd, which is loaded when it is needed: of all commands one serves, and the
 * library with all that it draws in would double the time that each takes to start.
 */
#ifndef TCPPROBE_WEB_LIBRARY_H
#define TCPPROBE_WEB_LIBRARY_H

#ifdef TP_HAVE_MICROHTTPD

#include <microhttpd.h>

#include <tcpprobe/error.h>

/* What is used of it. X(name) */
#define LIBRARY_FUNCTIONS(X)                                                                       \
    X(start_daemon)                                                                                \
    X(stop_daemon)                                                                                 \
    X(lookup_connection_value)                                                                     \
    X(set_connection_option)                                                                       \
    X(create_response_from_buffer)                                                                 \
    X(create_response_from_buffer_with_free_callback_cls)                                          \
    X(create_response_from_callback)                                                               \
    X(add_response_header)                                                                         \
    X(queue_response) X(destroy_response) X(suspend_connection) X(resume_connection)

struct library {
    void *handle;
#define MEMBER(name) __typeof__(&MHD_##name) name;
    LIBRARY_FUNCTIONS(MEMBER)
#undef MEMBER
};

/* It stays loaded. TP_ERR_UNSUPPORTED: it is not installed, or lacks something. */
int library_load(struct library *library, struct tp_error *error);

#endif
#endif
