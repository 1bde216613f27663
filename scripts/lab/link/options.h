/* options.h: the command line of linkem. */
#ifndef LAB_OPTIONS_H
#define LAB_OPTIONS_H

#include "bottleneck.h"

#define LINK_ENDS 2 /* 0: the sender's, 1: the receiver's */

struct options {
    const char *netns[LINK_ENDS]; /* paths */
    const char *device;           /* the name of both TUN devices */
    const char *pcap[LINK_ENDS];  /* NULL: no capture at that end */
    uint32_t snaplen;
    struct bottleneck_setup way[LINK_ENDS]; /* what leaves that end */
};

/* Exits with a sentence if the command line is wrong, and for --help. */
void options_parse(struct options *options, int argc, char **argv);

#endif
