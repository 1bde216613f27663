/* tun.h: a TUN device in a network namespace: the packets that the kernel sends there are read
 * from it, and those that are written to it arrive there. */
#ifndef LAB_TUN_H
#define LAB_TUN_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

struct tun {
    int fd;    /* non-blocking; one IP packet for each read and write */
    int netns; /* the namespace */
    char name[IFNAMSIZ];
};

/* Makes the device, which is there until it is closed. The calling thread is in the namespace
 * afterwards. -1 with errno. */
int tun_open(struct tun *tun, const char *netns_path, const char *name);

/* How many packets never got as far as being read, because we were too slow. Moves the calling
 * thread to the namespace too. False if the kernel does not tell. */
bool tun_dropped(const struct tun *tun, uint64_t *packets);

void tun_close(struct tun *tun);

#endif
