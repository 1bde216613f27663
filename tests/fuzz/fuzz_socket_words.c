/* fuzz_socket_words.c: whatever a line says of a socket, its values can be asked; and what is said
 * twice changes nothing. */
#include <stdlib.h>
#include <string.h>

#include <tcpprobe/socket.h>

#include "fuzz.h"

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void ask(const struct tp_sock *socket)
{
    struct tp_socket_view view = {.now = socket};
    struct tp_value value;

    for (int id = 0; id < TP_SOCKET_IDS; id++) {
        value = tp_socket_value(&view, (enum tp_socket_id)id);
        if (value.type == TP_VALUE_TEXT)
            check(strlen(value.text) < sizeof view.text);
    }
    check(strnlen(socket->owner, sizeof socket->owner) < sizeof socket->owner);
}

static void unescape(const struct tp_text *text)
{
    char to[64];
    size_t length = text->length ? tp_socket_unescape(text, to, sizeof to) : 0;

    check(length < sizeof to && length <= text->length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *words = (const char *)data, *bad = NULL;
    struct tp_sock once = {0}, twice;
    struct tp_socket_line line, again;

    if (!tp_socket_check_words(words, size, &bad))
        check(bad >= words && bad < words + size);
    tp_socket_read_words(&once, words, size, &line);
    ask(&once);
    unescape(&line.cgroup);
    twice = once;
    tp_socket_read_words(&twice, words, size, &again);
    check(memcmp(once.have, twice.have, sizeof once.have) == 0 && once.pid == twice.pid);
    check(line.full == again.full && line.wiped == again.wiped && line.fresh == again.fresh);
    return 0;
}
