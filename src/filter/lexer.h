/* lexer.h: a filter expression as words, one at a time. */
#ifndef TCPPROBE_FILTER_LEXER_H
#define TCPPROBE_FILTER_LEXER_H

#include <stddef.h>

#include <tcpprobe/error.h>

enum tp_token_type {
    TP_TOKEN_END,
    TP_TOKEN_WORD,   /* a name, a number or an address: what it is depends on its place */
    TP_TOKEN_STRING, /* between quotes; text and length are without them */
    TP_TOKEN_OPEN,
    TP_TOKEN_CLOSE,
    TP_TOKEN_AND,
    TP_TOKEN_OR,
    TP_TOKEN_NOT,
    TP_TOKEN_OP,
    TP_TOKEN_BAD /* not of the language; hint says what may have been meant */
};

struct tp_token {
    enum tp_token_type type;
    int op;           /* enum tp_op of TP_TOKEN_OP */
    const char *text; /* inside the expression */
    size_t length;
    size_t column;    /* 1-based, in bytes */
    const char *hint; /* of TP_TOKEN_BAD; may be NULL */
};

struct tp_lexer {
    const char *expression; /* NUL-terminated */
    size_t at;
};

struct tp_token tp_lexer_next(struct tp_lexer *lexer);

/* The token for a message: "'snd_cwnd'", "the end". 48 bytes suffice. Returns buf. */
const char *tp_token_name(const struct tp_token *token, char *buf, size_t size);

/* An error at the token's place; what the lexer says of a bad token wins over the sentence.
 * Returns the code. */
int tp_token_error(struct tp_error *error, const struct tp_token *token, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
