/* gate.h: who is let in. */
#ifndef TCPPROBE_WEB_GATE_H
#define TCPPROBE_WEB_GATE_H

#include <stdbool.h>
#include <stddef.h>

#define GATE_SECRET_BYTES 33 /* 128 bits in hexadecimal digits */

/* What a request says of itself; NULL: it does not. */
struct gate_request {
    const char *method, *host, *origin, *fetch_site;
    const char *secret, *cookie; /* of the address, of the cookie */
    bool has_body;
};

/* How it is answered if it is not let in, and in which words; 0: it is let in. */
struct gate_refusal {
    unsigned status;
    const char *text;
};

/* In the order in which one asks: what is meant first, who it is last. */
struct gate_refusal gate_ask(const struct gate_request *request, const char *secret);

/* A new secret; false, and errno: the kernel has none. */
bool gate_make_secret(char secret[GATE_SECRET_BYTES]);

#endif
