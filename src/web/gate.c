/* gate.c: the rules by which a request is let in. */
#include <string.h>
#include <sys/random.h>

#include "web/gate.h"

/* How long it takes does not depend on where they differ. */
static bool is_secret(const char *text, const char *secret)
{
    size_t length = strlen(secret);
    unsigned char differs = 0;

    if (!text || strlen(text) != length)
        return false;
    for (size_t i = 0; i < length; i++)
        differs |= (unsigned char)(text[i] ^ secret[i]);
    return !differs;
}

/* One of the names that only this machine has, and a port: any, since it may be forwarded (ssh -L).
 */
static bool is_here(const char *host)
{
    static const char *const names[] = {"127.0.0.1:", "localhost:", "[::1]:"};
    size_t length;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        length = strlen(names[i]);
        if (strncasecmp(host, names[i], length) == 0)
            return host[length] && strlen(host + length) <= 5 &&
                   host[length + strspn(host + length, "0123456789")] == '\0';
    }
    return false;
}

static bool is_ours(const char *origin, const char *host)
{
    static const char scheme[] = "http://";

    return strncmp(origin, scheme, sizeof scheme - 1) == 0 &&
           strcasecmp(origin + sizeof scheme - 1, host) == 0;
}

static bool is_from_here(const char *fetch_site)
{
    return strcmp(fetch_site, "same-origin") == 0 || strcmp(fetch_site, "none") == 0;
}

struct gate_refusal gate_ask(const struct gate_request *request, const char *secret)
{
    if (!request->host || !is_here(request->host))
        return (struct gate_refusal){421, "this server has another name\n"};
    if (request->origin && !is_ours(request->origin, request->host))
        return (struct gate_refusal){403, "pages elsewhere are told nothing\n"};
    if (request->fetch_site && !is_from_here(request->fetch_site))
        return (struct gate_refusal){403, "pages elsewhere are told nothing\n"};
    if (strcmp(request->method, "GET") != 0 && strcmp(request->method, "HEAD") != 0)
        return (struct gate_refusal){405, "GET and HEAD are all there is\n"};
    if (request->has_body)
        return (struct gate_refusal){413, "a request has no body\n"};
    if (!is_secret(request->secret, secret) && !is_secret(request->cookie, secret))
        return (struct gate_refusal){403, "the address has to be the one that tcpprobe printed\n"};
    return (struct gate_refusal){0, NULL};
}

bool gate_make_secret(char secret[GATE_SECRET_BYTES])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char random[(GATE_SECRET_BYTES - 1) / 2];

    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        return false;
    for (size_t i = 0; i < sizeof random; i++) {
        secret[2 * i] = digits[random[i] >> 4];
        secret[2 * i + 1] = digits[random[i] & 15];
    }
    secret[GATE_SECRET_BYTES - 1] = '\0';
    return true;
}
