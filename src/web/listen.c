/* listen.c: a port of the loopback interface. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "web/listen.h"

#define BACKLOG 64

static int fail(int fd, const char *what, uint16_t port, struct tp_error *error)
{
    int failed = errno;

    if (fd >= 0)
        close(fd);
    return port ? tp_error_sys(error, failed, "%s port %u of 127.0.0.1", what, port)
                : tp_error_sys(error, failed, "%s a port of 127.0.0.1", what);
}

int listen_here(uint16_t *port, struct tp_error *error)
{
    struct sockaddr_in here = {
        .sin_family = AF_INET, .sin_port = htons(*port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof here;
    int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0)
        return fail(fd, "cannot make a socket for", *port, error);
    /* Connections of a server that ended a moment ago are no reason to refuse. */
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, (const struct sockaddr *)&here, sizeof here) != 0 || listen(fd, BACKLOG) != 0 ||
        getsockname(fd, (struct sockaddr *)&here, &size) != 0)
        return fail(fd, "cannot listen on", *port, error);
    *port = ntohs(here.sin_port);
    return fd;
}
