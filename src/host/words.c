/* words.c: what the sampler wrote, read again.
 *
 * Words come in the order of the rows, so that looking for a name goes on where the last one was
 * found: all of a line takes one walk over the rows.
 */
#include <stdlib.h>
#include <string.h>

#include <tcpprobe/socket.h>

#define STATE_WORD "state"

struct said_word {
    const char *name, *value, *end;
    size_t name_length;
};

/* --- words ------------------------------------------------------------------------------ */

/* The word at `at`; false if it is none: it has no '=', or nothing before it. */
static bool split(const char *at, const char *end, struct said_word *word)
{
    const char *blank = memchr(at, ' ', (size_t)(end - at)), *equals;

    word->name = at;
    word->end = blank ? blank : end;
    equals = memchr(at, '=', (size_t)(word->end - at));
    if (!equals || equals == at)
        return false;
    word->name_length = (size_t)(equals - at);
    word->value = equals + 1;
    return true;
}

static bool is_name(const struct said_word *word, const char *name)
{
    return strlen(name) == word->name_length && memcmp(name, word->name, word->name_length) == 0;
}

static const char *name_of(const struct tp_socket_row *row)
{
    return row->format == TP_SOCKET_STATE ? STATE_WORD : row->name;
}

/* -1: no field of a socket. *at: where to begin, and the row behind it. */
static int find_row(const struct said_word *word, int *at)
{
    for (int i = 0; i < TP_SOCKET_IDS; i++) {
        int id = *at + i < TP_SOCKET_IDS ? *at + i : *at + i - TP_SOCKET_IDS;
        const struct tp_socket_row *row = &tp_socket_rows[id];

        if (!row->size || !is_name(word, name_of(row)))
            continue;
        *at = id + 1 < TP_SOCKET_IDS ? id + 1 : 0;
        return id;
    }
    return -1;
}

/* --- values ----------------------------------------------------------------------------- */

static bool read_digits(const char *at, const char *end, uint64_t most, uint64_t *number)
{
    *number = 0;
    if (at == end)
        return false;
    for (; at < end; at++) {
        unsigned digit = (unsigned char)*at - '0';

        if (digit > 9 || *number > (most - digit) / 10)
            return false;
        *number = *number * 10 + digit;
    }
    return true;
}

static int hex_of(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

size_t tp_socket_unescape(const struct tp_text *text, char *to, size_t size)
{
    const char *at = text->bytes, *end = at + text->length;
    size_t length = 0;

    while (at < end && length + 1 < size) {
        if (end - at >= 4 && at[0] == '\\' && at[1] == 'x' && hex_of(at[2]) >= 0 &&
            hex_of(at[3]) >= 0) {
            to[length++] = (char)(hex_of(at[2]) * 16 + hex_of(at[3]));
            at += 4;
        } else {
            to[length++] = *at++;
        }
    }
    if (size)
        to[length] = '\0';
    return length;
}

static bool read_state(const struct said_word *word, uint64_t *number)
{
    int state = tp_tcp_state_find(word->value, (size_t)(word->end - word->value));

    *number = (uint64_t)state;
    return state > 0 || read_digits(word->value, word->end, UINT8_MAX, number);
}

static bool read_value(const struct tp_socket_row *row, const struct said_word *word,
                       uint64_t *number)
{
    if (row->format == TP_SOCKET_STATE)
        return read_state(word, number);
    return read_digits(word->value, word->end,
                       row->size == 8 ? UINT64_MAX : (UINT64_C(1) << 8 * row->size) - 1, number);
}

/* The low bytes of a number, whatever the machine's order. */
static void store(void *to, uint64_t number, size_t size)
{
    uint8_t byte = (uint8_t)number;
    uint16_t quarter = (uint16_t)number;
    uint32_t half = (uint32_t)number;

    memcpy(to,
           size == 1   ? (void *)&byte
           : size == 2 ? (void *)&quarter
           : size == 4 ? (void *)&half
                       : &number,
           size);
}

static bool is_absent(const struct said_word *word)
{
    return word->end - word->value == 1 && *word->value == '-';
}

static void read_field(struct tp_sock *socket, enum tp_socket_id id, const struct said_word *word)
{
    const struct tp_socket_row *row = &tp_socket_rows[id];
    const struct tp_text text = {word->value, (uint32_t)(word->end - word->value)};
    char *to = (char *)socket + row->offset;
    uint64_t bit = UINT64_C(1) << (id % 64), number;

    if (is_absent(word)) {
        socket->have[id / 64] &= ~bit;
        memset(to, 0, row->size);
        return;
    }
    if (row->format == TP_SOCKET_TEXT)
        tp_socket_unescape(&text, to, row->size);
    else if (read_value(row, word, &number))
        store(to, number, row->size);
    else
        return;
    socket->have[id / 64] |= bit;
}

/* --- words that are no fields ----------------------------------------------------------- */

static void forget_all(struct tp_sock *socket)
{
    const size_t from = offsetof(struct tp_sock, cgroup);

    memset(socket->have, 0, sizeof socket->have);
    memset((char *)socket + from, 0, sizeof *socket - from);
    socket->pid = 0;
    socket->owner[0] = '\0';
}

static void read_other(struct tp_sock *socket, const struct said_word *word,
                       struct tp_socket_line *line)
{
    const struct tp_text text = {word->value, (uint32_t)(word->end - word->value)};
    bool is_true = text.length == 1 && *text.bytes == '1';
    uint64_t number;

    if (is_name(word, "full") && is_true) {
        line->full = true;
        forget_all(socket);
    } else if (is_name(word, "new")) {
        line->fresh = is_true;
    } else if (is_name(word, "wiped")) {
        line->wiped = is_true;
    } else if (is_name(word, "owner")) {
        tp_socket_unescape(&text, socket->owner, sizeof socket->owner);
    } else if (is_name(word, "cgroup")) {
        line->cgroup = text;
    } else if (is_name(word, "pid") && read_digits(word->value, word->end, INT32_MAX, &number)) {
        socket->pid = (int32_t)number;
    } else if (is_name(word, "netns") && read_digits(word->value, word->end, UINT32_MAX, &number)) {
        socket->netns = (uint32_t)number;
    }
}

/* --- lines ------------------------------------------------------------------------------ */

static const char *skip_blanks(const char *at, const char *end)
{
    while (at < end && *at == ' ')
        at++;
    return at;
}

void tp_socket_read_words(struct tp_sock *socket, const char *words, size_t length,
                          struct tp_socket_line *line)
{
    const char *end = words + length, *at = skip_blanks(words, end);
    struct tp_socket_line unasked;
    struct said_word word;
    int row = 0, id;

    if (!line)
        line = &unasked;
    memset(line, 0, sizeof *line);
    for (; at < end; at = skip_blanks(word.end, end)) {
        if (!split(at, end, &word))
            continue;
        id = find_row(&word, &row);
        if (id >= 0)
            read_field(socket, (enum tp_socket_id)id, &word);
        else
            read_other(socket, &word, line);
    }
}

bool tp_socket_check_words(const char *words, size_t length, const char **bad)
{
    const char *end = words + length, *at = skip_blanks(words, end);
    struct said_word word;
    uint64_t number;
    int row = 0, id;

    for (; at < end; at = skip_blanks(word.end, end)) {
        *bad = at;
        if (!split(at, end, &word))
            return false;
        id = find_row(&word, &row);
        if (id >= 0 && !is_absent(&word) && tp_socket_rows[id].format != TP_SOCKET_TEXT &&
            !read_value(&tp_socket_rows[id], &word, &number))
            return false;
    }
    return true;
}
