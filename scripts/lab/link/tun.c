/* tun.c: Documentation/networking/tuntap.rst, setns(2), /proc/net/dev. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/if_tun.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tun.h"

/* Packets that may wait for us to be scheduled: 60 ms of a gigabit. */
#define DEVICE_PACKETS 5000

static int set_up(struct tun *tun)
{
    struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
    int control, result;

    memcpy(request.ifr_name, tun->name, sizeof tun->name);
    if (ioctl(tun->fd, TUNSETIFF, &request) < 0)
        return -1;
    control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (control < 0)
        return -1;
    request.ifr_qlen = DEVICE_PACKETS;
    result = ioctl(control, SIOCSIFTXQLEN, &request);
    close(control);
    return result;
}

int tun_open(struct tun *tun, const char *netns_path, const char *name)
{
    *tun = (struct tun){.fd = -1};
    snprintf(tun->name, sizeof tun->name, "%s", name);
    tun->netns = open(netns_path, O_RDONLY | O_CLOEXEC);
    if (tun->netns < 0 || setns(tun->netns, CLONE_NEWNET) < 0)
        return -1;
    tun->fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    return tun->fd < 0 ? -1 : set_up(tun);
}

bool tun_dropped(const struct tun *tun, uint64_t *packets)
{
    char line[512], name[IFNAMSIZ + 1];
    bool found = false;
    FILE *devices;

    if (setns(tun->netns, CLONE_NEWNET) < 0)
        return false;
    /* Not /proc/self: only this thread has moved. */
    devices = fopen("/proc/thread-self/net/dev", "re");
    if (!devices)
        return false;
    /* Eight columns of what arrived, then bytes, packets, errors, drops of what was sent. */
    while (!found && fgets(line, sizeof line, devices))
        found = sscanf(line, " %16[^:]: %*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %" SCNu64, name,
                       packets) == 2 &&
                strcmp(name, tun->name) == 0;
    fclose(devices);
    return found;
}

void tun_close(struct tun *tun)
{
    if (tun->fd >= 0)
        close(tun->fd);
    if (tun->netns >= 0)
        close(tun->netns);
    tun->fd = tun->netns = -1;
}
