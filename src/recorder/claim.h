/* claim.h: one recorder a file: who writes a log holds a lock (flock) on it.
 *
 * The lock goes with its process, however that ends. Of a log in parts there is always one that is
 * written, and with it all are taken: a second recorder of that name would write over the parts of
 * the first, and let them go. File systems without such locks keep nobody out.
 */
#ifndef TCPPROBE_RECORDER_CLAIM_H
#define TCPPROBE_RECORDER_CLAIM_H

#include <stdbool.h>

/* Until it is closed; false if another process has it. */
bool claim(int fd);
/* The part of the log `path` that another process is writing, which is the caller's to free; NULL:
 * none. */
char *claim_taken_part(const char *path);
/* The highest number of the parts that are there, whoever wrote them; 0: none. */
unsigned claim_last_part(const char *path);

#endif
