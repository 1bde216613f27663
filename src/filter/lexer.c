/* lexer.c: cuts a filter expression into words.
 *
 * Numbers, names, addresses and nets are all one kind of word: only the grammar knows whether
 * `fd00::1` may stand somewhere. Operators that people bring along from other languages (`=`, `<>`,
 * `=~`) are recognised so that the answer can name ours.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "filter/lexer.h"
#include "filter/tree.h"

/* Longest first where one begins with the other. */
static const struct symbol {
    const char *text;
    enum tp_token_type type;
    int op;
    const char *hint;
} symbols[] = {
    {"&&", TP_TOKEN_AND, 0, NULL},
    {"||", TP_TOKEN_OR, 0, NULL},
    {"==", TP_TOKEN_OP, TP_OP_EQ, NULL},
    {"!=", TP_TOKEN_OP, TP_OP_NE, NULL},
    {"<=", TP_TOKEN_OP, TP_OP_LE, NULL},
    {">=", TP_TOKEN_OP, TP_OP_GE, NULL},
    {"=~", TP_TOKEN_BAD, 0, "did you mean ~?"},
    {"!~", TP_TOKEN_BAD, 0, "write !(FIELD ~ \"PATTERN\")"},
    {"=>", TP_TOKEN_BAD, 0, "did you mean >=?"},
    {"=<", TP_TOKEN_BAD, 0, "did you mean <=?"},
    {"<>", TP_TOKEN_BAD, 0, "did you mean !=?"},
    {"<", TP_TOKEN_OP, TP_OP_LT, NULL},
    {">", TP_TOKEN_OP, TP_OP_GT, NULL},
    {"&", TP_TOKEN_OP, TP_OP_ANY, NULL},
    {"~", TP_TOKEN_OP, TP_OP_GLOB, NULL},
    {"!", TP_TOKEN_NOT, 0, NULL},
    {"(", TP_TOKEN_OPEN, 0, NULL},
    {")", TP_TOKEN_CLOSE, 0, NULL},
    {"=", TP_TOKEN_BAD, 0, "did you mean ==?"},
    {"|", TP_TOKEN_BAD, 0, "did you mean ||?"},
    {"*", TP_TOKEN_BAD, 0, "a pattern stands in quotes"},
    {"?", TP_TOKEN_BAD, 0, "a pattern stands in quotes"},
    {"and", TP_TOKEN_AND, 0, NULL},
    {"or", TP_TOKEN_OR, 0, NULL},
    {"not", TP_TOKEN_NOT, 0, NULL},
};

#define SPACE      " \t\r\n\f\v"
#define WORD_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:/[]-"

/* The symbol that text begins with; with length, the one that is text as a whole. */
static const struct symbol *find_symbol(const char *text, size_t length)
{
    size_t i, n;

    for (i = 0; i < sizeof symbols / sizeof *symbols; i++) {
        n = strlen(symbols[i].text);
        if (length ? n == length && memcmp(symbols[i].text, text, n) == 0
                   : strncmp(symbols[i].text, text, n) == 0)
            return &symbols[i];
    }
    return NULL;
}

static void set_symbol(struct tp_token *token, const struct symbol *symbol)
{
    token->type = symbol->type;
    token->op = symbol->op;
    token->hint = symbol->hint;
    token->length = strlen(symbol->text);
}

/* As in the kernel there are no escapes: a text with one sort of quote stands in the other. */
static size_t read_string(struct tp_token *token)
{
    const char *close = strchr(token->text + 1, token->text[0]);

    if (!close) {
        token->hint = "its closing quote is missing";
        return token->length = strlen(token->text);
    }
    token->type = TP_TOKEN_STRING;
    token->length = (size_t)(close - token->text) - 1;
    token->text++;
    return token->length + 2;
}

struct tp_token tp_lexer_next(struct tp_lexer *lexer)
{
    struct tp_token token = {.type = TP_TOKEN_BAD};
    const struct symbol *symbol;

    lexer->at += strspn(lexer->expression + lexer->at, SPACE);
    token.text = lexer->expression + lexer->at;
    token.column = lexer->at + 1;
    token.length = strspn(token.text, WORD_CHARS);
    if (!*token.text) {
        token.type = TP_TOKEN_END;
    } else if (token.length) {
        token.type = TP_TOKEN_WORD;
        symbol = find_symbol(token.text, token.length);
        if (symbol)
            set_symbol(&token, symbol);
    } else if (*token.text == '"' || *token.text == '\'') {
        lexer->at += read_string(&token);
        return token;
    } else if ((symbol = find_symbol(token.text, 0))) {
        set_symbol(&token, symbol);
    } else {
        token.length = 1;
    }
    lexer->at += token.length;
    return token;
}

#define NAME_MAX_BYTES 32 /* of a word repeated in a message */

const char *tp_token_name(const struct tp_token *token, char *buf, size_t size)
{
    int shown = (int)(token->length < NAME_MAX_BYTES ? token->length : NAME_MAX_BYTES);

    if (token->type == TP_TOKEN_END)
        snprintf(buf, size, "the end");
    else if (token->type == TP_TOKEN_STRING)
        snprintf(buf, size, "the text \"%.*s\"", shown, token->text);
    else
        snprintf(buf, size, "'%.*s%s'", shown, token->text,
                 token->length > NAME_MAX_BYTES ? "..." : "");
    return buf;
}

int tp_token_error(struct tp_error *error, const struct tp_token *token, const char *format, ...)
{
    char text[sizeof error->text], name[48];
    va_list args;
    int code;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (token->type == TP_TOKEN_BAD)
        snprintf(text, sizeof text, "%s is not understood%s%s",
                 tp_token_name(token, name, sizeof name), token->hint ? ": " : "",
                 token->hint ? token->hint : "");
    code = tp_error_set(error, TP_ERR_USAGE, "%s", text);
    tp_error_at(error, "filter", 1, (unsigned)token->column);
    return code;
}
