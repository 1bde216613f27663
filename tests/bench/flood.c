/* flood.c: as many kernel events a second as the machine can, and how many they were.
 *
 *     flood PORT SECONDS [PROCESSES]
 *
 * Each process looks again and again at the one byte that waits in a connection over the loopback
 * device (recv(2), MSG_PEEK), and the kernel tells of each look: tcp_rcv_space_adjust() is the
 * first thing that tcp_recvmsg_locked() calls for what it copied (net/ipv4/tcp.c, tcp_input.c). So
 * the number of events is that of the calls. Prints their sum and how many they were a second.
 */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BATCH 1000

static void need(int ok, const char *what)
{
    if (ok)
        return;
    perror(what);
    exit(1);
}

static double now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* The end of a connection at which one byte waits. */
static int connection(const struct sockaddr_in *place, int listener)
{
    int sender = socket(AF_INET, SOCK_STREAM, 0), receiver;

    need(connect(sender, (const struct sockaddr *)place, sizeof *place) == 0, "connect");
    receiver = accept(listener, NULL, NULL);
    need(receiver >= 0 && write(sender, "x", 1) == 1, "accept");
    return receiver;
}

static uint64_t look(int receiver, double end_s)
{
    uint64_t looks = 0;
    char byte;

    do {
        for (int i = 0; i < BATCH; i++)
            need(recv(receiver, &byte, 1, MSG_PEEK) == 1, "recv");
        looks += BATCH;
    } while (now_s() < end_s);
    return looks;
}

int main(int argc, char **argv)
{
    struct sockaddr_in place = {.sin_family = AF_INET};
    int processes = argc > 3 ? atoi(argv[3]) : 1, listener, receiver, ends[2], one = 1;
    double begin_s, seconds;
    uint64_t sum = 0, looks;

    if (argc < 3)
        return fputs("usage: flood PORT SECONDS [PROCESSES]\n", stderr), 2;
    seconds = atof(argv[2]);
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    place.sin_port = htons((uint16_t)atoi(argv[1]));
    listener = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    need(bind(listener, (struct sockaddr *)&place, sizeof place) == 0, "bind");
    need(listen(listener, 16) == 0 && pipe(ends) == 0, "listen");
    begin_s = now_s();
    for (int i = 0; i < processes; i++) {
        receiver = connection(&place, listener);
        if (fork())
            continue;
        looks = look(receiver, begin_s + seconds);
        need(write(ends[1], &looks, sizeof looks) == sizeof looks, "write");
        return 0;
    }
    for (int i = 0; i < processes; i++) {
        need(read(ends[0], &looks, sizeof looks) == sizeof looks, "read");
        sum += looks;
    }
    while (wait(NULL) > 0)
        ;
    printf("%llu %.0f\n", (unsigned long long)sum, (double)sum / (now_s() - begin_s));
    return 0;
}
