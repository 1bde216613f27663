/* alternatives.c: tokens of libpcap's language, as far as it takes to find the outermost `or`. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "pcap/alternatives.h"

struct token {
    const char *at;
    size_t length; /* 0: the end */
    bool is_word;
};

static bool is_in_word(char c)
{
    return isalnum((unsigned char)c) || (c && strchr("_.:-/\\", c));
}

static struct token token_at(const char *at)
{
    struct token token = {.at = at + strspn(at, " \t\r\n")};

    while (is_in_word(token.at[token.length]))
        token.length++;
    token.is_word = token.length > 0;
    if (!token.is_word && token.at[0])
        token.length = token.at[0] == token.at[1] && strchr("|&", token.at[0]) ? 2 : 1;
    return token;
}

static bool is(const struct token *token, const char *text)
{
    return strlen(text) == token->length && memcmp(token->at, text, token->length) == 0;
}

static bool is_any(const struct token *token, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is(token, list[i]))
            return true;
    return false;
}

#define IS_ANY(token, list) is_any(token, list, sizeof(list) / sizeof *(list))

/* --- the pieces ------------------------------------------------------------------------------- */

struct piece {
    const char *at, *end;
    size_t words;
};

struct pieces {
    struct piece *list;
    size_t count, allocated;
    int depth;
    bool whole; /* cannot be taken apart */
};

/* Does it say all of itself, whatever stood before? */
static bool stands_alone(const char *at)
{
    static const char *const heads[] = {"ether", "ip",   "ip6",   "tcp",   "udp",       "sctp",
                                        "icmp",  "arp",  "src",   "dst",   "host",      "net",
                                        "port",  "less", "icmp6", "proto", "portrange", "greater"};
    static const char *const before[] = {"not", "!", "("};
    struct token token = token_at(at);

    while (IS_ANY(&token, before))
        token = token_at(token.at + token.length);
    return IS_ANY(&token, heads);
}

static bool begin_piece(struct pieces *pieces, const char *at)
{
    pieces->whole |= pieces->count && !stands_alone(at);
    if (!TP_LIST_ROOM(pieces->list, pieces->count, pieces->allocated, 16))
        return false;
    pieces->list[pieces->count++] = (struct piece){at, at, 0};
    return true;
}

/* False if out of memory. */
static bool add_token(struct pieces *pieces, const struct token *token)
{
    static const char *const moving[] = {"vlan", "mpls", "pppoed", "pppoes", "geneve", "gateway"};
    static const char *const and[] = {"and", "&&"}, *const or [] = {"or", "||"};
    static const char *const open[] = {"(", "["}, *const close[] = {")", "]"};
    struct piece *piece = &pieces->list[pieces->count - 1];

    pieces->depth += IS_ANY(token, open) - IS_ANY(token, close);
    pieces->whole |=
        pieces->depth < 0 || IS_ANY(token, moving) || (pieces->depth == 0 && IS_ANY(token, and));
    if (pieces->depth == 0 && IS_ANY(token, or))
        return begin_piece(pieces, token->at + token->length);
    piece->words += token->is_word;
    piece->end = token->at + token->length;
    return true;
}

static bool take_apart(const char *expression, struct pieces *pieces)
{
    struct token token = token_at(expression);

    if (!begin_piece(pieces, expression))
        return false;
    for (; token.length; token = token_at(token.at + token.length))
        if (!add_token(pieces, &token))
            return false;
    pieces->whole |= pieces->depth != 0;
    return true;
}

/* --- put together again ----------------------------------------------------------------------- */

static bool add(struct alternatives *result, const char *at, const char *end, size_t words)
{
    char *text = strndup(at, (size_t)(end - at));

    if (!text || !TP_LIST_ONE_MORE(result->list, result->count)) {
        free(text);
        return false;
    }
    result->list[result->count++] = text;
    if (words > result->most_words)
        result->most_words = words;
    return true;
}

static bool join(const struct pieces *pieces, size_t most, struct alternatives *result)
{
    const struct piece *first = pieces->list, *end = first + pieces->count, *next;
    size_t words;

    for (; first < end; first = next) {
        words = first->words;
        for (next = first + 1; next < end; next++) {
            if (!pieces->whole && words + 1 + next->words > most)
                break;
            words += 1 + next->words;
        }
        if (!add(result, first->at, next[-1].end, words))
            return false;
    }
    return true;
}

bool alternatives_of(const char *expression, size_t words, struct alternatives *result)
{
    struct pieces pieces = {0};
    bool enough;

    *result = (struct alternatives){0};
    enough = take_apart(expression, &pieces) && join(&pieces, words, result);
    free(pieces.list);
    if (!enough)
        alternatives_release(result);
    return enough;
}

void alternatives_release(struct alternatives *alternatives)
{
    for (size_t i = 0; i < alternatives->count; i++)
        free(alternatives->list[i]);
    free(alternatives->list);
    *alternatives = (struct alternatives){0};
}
