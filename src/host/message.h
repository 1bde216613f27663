/* message.h: one socket out of one message. */
#ifndef TCPPROBE_HOST_MESSAGE_H
#define TCPPROBE_HOST_MESSAGE_H

#include <libmnl/libmnl.h>

#include <tcpprobe/socket.h>

/* Fills all but time, netns and owner. False if the message is too short to hold a socket, or of an
 * unknown family; attributes that are cut end the reading, unknown ones are passed over. */
bool message_read(struct tp_sock *socket, const struct nlmsghdr *message);

#endif
