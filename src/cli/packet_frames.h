/* packet_frames.h: the frames of captures, from when they are read until what is said of them is.
 */
#ifndef TCPPROBE_CLI_PACKET_FRAMES_H
#define TCPPROBE_CLI_PACKET_FRAMES_H

#include "cli/common.h"

/* Of each input the newest ones, as many as the reading is ahead of what it delivers; older ones
 * go. */
struct packet_frames;

struct packet_frames *packet_frames_new(struct tp_error *error); /* NULL: out of memory */
/* For struct tp_stream_options: context is a struct packet_frames. Any thread. */
void packet_frames_keep(void *context, const struct tp_frame *frame);
/* False if it is not there; frame->bytes live until the next one of that input is asked for. */
bool packet_frames_find(struct packet_frames *frames, uint8_t input, uint64_t number,
                        struct tp_frame *frame);
bool packet_frames_nomem(struct packet_frames *frames); /* could not all be kept? */
void packet_frames_free(struct packet_frames *frames);  /* NULL is fine */

#endif
