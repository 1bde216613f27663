/* words.h: words of a line and the blanks between them, which some kernels and editors write as
 * tabs. All ranges are [at, end) or, backwards, [start, at); a newline and the padding of a block
 * (see scan.h) follow them. */
#ifndef TCPPROBE_INPUT_WORDS_H
#define TCPPROBE_INPUT_WORDS_H

#include <string.h>

#include "input/scan.h"

static inline bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Of an identifier of C, as events and functions have. */
static inline bool is_name(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static inline bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Almost all are spaces. */
static inline const char *skip_blanks(const char *at, const char *end)
{
    for (;; at++) {
        while (at < end && *at == ' ')
            at++;
        if (at == end || *at != '\t')
            return at;
    }
}

static inline const char *skip_digits(const char *at, const char *end)
{
    while (at < end && is_digit(*at))
        at++;
    return at;
}

static inline const char *skip_name(const char *at, const char *end)
{
    while (at < end && is_name(*at))
        at++;
    return at;
}

/* The blank that ends the word at `at`, or end. */
static inline const char *word_end(const char *at, const char *end)
{
    while (at < end && !is_blank(*at))
        at++;
    return at;
}

/* The same, fast for words of up to 16 characters (flags, hashed pointers), which have no control
 * characters; where one has, it may end there. */
static inline const char *short_word_end(const char *at, const char *end)
{
    unsigned n = scan_count_above(scan_load8(at), ' ');

    if (n == 8)
        n += scan_count_above(scan_load8(at + 8), ' ');
    if ((n < 16 || (unsigned char)at[16] <= ' ') && at + n <= end)
        return at + n;
    return word_end(at, end);
}

static inline const char *trim_before(const char *start, const char *at)
{
    while (at > start && is_blank(at[-1]))
        at--;
    return at;
}

/* The first character of the word that ends right before `at`; `at` if none does. */
static inline const char *word_before(const char *start, const char *at)
{
    while (at > start && !is_blank(at[-1]))
        at--;
    return at;
}

/* The first of the digits that end right before `at`; `at` if none do. */
static inline const char *digits_before(const char *start, const char *at)
{
    while (at > start && is_digit(at[-1]))
        at--;
    return at;
}

static inline bool begins_with(const char *at, const char *end, const char *with)
{
    size_t length = strlen(with);

    return (size_t)(end - at) >= length && memcmp(at, with, length) == 0;
}

#endif
