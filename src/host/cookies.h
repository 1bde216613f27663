/* cookies.h: a number for each socket, found by its cookie. */
#ifndef TCPPROBE_HOST_COOKIES_H
#define TCPPROBE_HOST_COOKIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COOKIE_NONE UINT64_MAX /* INET_DIAG_NOCOOKIE; so is 0 */

struct cookie_slot {
    uint64_t cookie; /* 0: empty */
    size_t number;
};

/* Begins as zeros. */
struct cookies {
    struct cookie_slot *slots; /* a power of two of them, at most half full */
    size_t size, count;
};

/* Does that socket have a cookie? */
static inline bool cookie_is_one(uint64_t cookie)
{
    return cookie != 0 && cookie != COOKIE_NONE;
}

/* Where its number is; NULL if it is not there. Valid until the next call that adds or removes. */
size_t *cookies_find(const struct cookies *cookies, uint64_t cookie);
/* The same, added with the number 0 where it was not there, which *first says. NULL: out of memory.
 */
size_t *cookies_add(struct cookies *cookies, uint64_t cookie, bool *first);
void cookies_remove(struct cookies *cookies, uint64_t cookie);
/* None are left; room for about as many stays, for those that come next. */
void cookies_clear(struct cookies *cookies);
void cookies_release(struct cookies *cookies);

#endif
