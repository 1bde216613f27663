/* parse.c: from an expression to its tree, by recursive descent.
 *
 *     any        := all { "||" all }                       also "or"
 *     all        := one { "&&" one }                       also "and"
 *     one        := "!" one | "(" any ")" | comparison     also "not"
 *     comparison := FIELD OP VALUE | FIGURE OP NUMBER | FIGURE OP TEXT | EVENT
 *                 | [ "src" | "dst" ] ( "host" ADDRESS | "net" NET | "port" NUMBER )
 *                 | ( "src" | "dst" ) ( ADDRESS | NET )
 *
 * As in the kernel "!" takes a whole comparison: !sport == 80 is !(sport == 80). Recursion is
 * bounded by TP_FILTER_NESTING_MAX; chains of && and || of any length are flat. The tree's height
 * is bounded so that tp_filter_text(), which writes all parentheses, stays within what is read
 * again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "base/nearest.h"
#include "base/phrase.h"
#include "filter/operand.h"

struct parser {
    struct tp_lexer lexer;
    struct tp_token token; /* the next one, not yet used */
    struct tp_filter *filter;
    const struct tp_filter_words *figures; /* NULL: an event is asked */
    struct tp_error *error;
    unsigned nesting;
};

static void advance(struct parser *parser)
{
    parser->token = tp_lexer_next(&parser->lexer);
}

static int unexpected(struct parser *parser, const char *expected)
{
    char name[48];

    return tp_token_error(parser->error, &parser->token, "expected %s, found %s", expected,
                          tp_token_name(&parser->token, name, sizeof name));
}

#define NODES_FIRST 4

/* Like all functions below returns the index of a node, or TP_NODE_NONE with the error set. */
static uint32_t add_node(struct parser *parser, const struct tp_node *node)
{
    struct tp_filter *filter = parser->filter;
    if (!TP_LIST_ROOM(filter->nodes, filter->count, filter->allocated, NODES_FIRST)) {
        tp_error_nomem(parser->error);
        return TP_NODE_NONE;
    }
    filter->nodes[filter->count] = *node;
    if (node->type == TP_NODE_NUMBER || node->type == TP_NODE_TEXT)
        filter->fields |= UINT64_C(1) << node->field;
    if (node->type == TP_NODE_PORT)
        filter->fields |= TP_BIT(NEWSTATE); /* tells whether a socket can have a port yet */
    return filter->count++;
}

/* A group of the list of nodes that begins with child. */
static uint32_t add_group(struct parser *parser, enum tp_node_type type, uint32_t child)
{
    struct tp_node group = {.type = (uint8_t)type, .child = child, .next = TP_NODE_NONE};
    const struct tp_node *nodes = parser->filter->nodes;

    for (; child != TP_NODE_NONE; child = nodes[child].next)
        if (nodes[child].height >= group.height)
            group.height = (uint8_t)(nodes[child].height + 1);
    if (group.height > TP_FILTER_HEIGHT_MAX) {
        tp_token_error(parser->error, &parser->token, "more than %d levels of and, or and not",
                       TP_FILTER_HEIGHT_MAX);
        return TP_NODE_NONE;
    }
    return add_node(parser, &group);
}

/* --- comparisons ---------------------------------------------------------------------------- */

#define BIT(op) (1u << TP_OP_##op)

static const struct operators {
    unsigned set; /* BIT()s */
    const char *list;
} operators[TP_NODE_TYPES] = {
    [TP_NODE_NUMBER] = {BIT(EQ) | BIT(NE) | BIT(LT) | BIT(LE) | BIT(GT) | BIT(GE) | BIT(ANY),
                        "== != < <= > >= or &"},
    [TP_NODE_PORT] = {BIT(EQ) | BIT(NE) | BIT(LT) | BIT(LE) | BIT(GT) | BIT(GE) | BIT(ANY),
                      "== != < <= > >= or &"},
    [TP_NODE_TEXT] = {BIT(EQ) | BIT(NE) | BIT(GLOB), "== != or ~"},
    [TP_NODE_NET] = {BIT(EQ) | BIT(NE), "== or !="},
    [TP_NODE_FAMILY] = {BIT(EQ) | BIT(NE), "== or !="},
    [TP_NODE_KIND] = {BIT(EQ) | BIT(NE), "== or !="},
    [TP_NODE_FIGURE] = {BIT(EQ) | BIT(NE) | BIT(LT) | BIT(LE) | BIT(GT) | BIT(GE),
                        "== != < <= > or >="},
    [TP_NODE_WORD] = {BIT(EQ) | BIT(NE) | BIT(GLOB), "== != or ~"},
};

/* What a text of the caller's can be; NULL: it is a number. */
static const char *const *values_of(const struct parser *parser, size_t index)
{
    return parser->figures->texts ? parser->figures->texts[index] : NULL;
}

/* Can the text be what the token, just read, says? No value that is misspelt matches nothing. */
static bool can_be(struct parser *parser, const struct tp_node *node, const struct tp_token *token)
{
    const char *const *values = values_of(parser, node->field);
    struct tp_nearest nearest = tp_nearest_to(token->text, token->length);
    char name[48], text[320];
    struct tp_phrase list = tp_phrase_in(text, sizeof text);

    tp_token_name(token, name, sizeof name);
    if (!*values || node->op == TP_OP_GLOB)
        return true;
    for (; *values; values++) {
        if (strlen(*values) == token->length && memcmp(*values, token->text, token->length) == 0)
            return true;
        tp_nearest_try(&nearest, *values);
        tp_phrase_add(&list, " %s", *values);
    }
    if (nearest.known)
        tp_token_error(parser->error, token, "unknown value %s: did you mean %s?", name,
                       nearest.known);
    else
        tp_token_error(parser->error, token, "expected one of%s, found %s", text, name);
    return false;
}

/* The value of a comparison: SYN|ACK is one, where the words are bits. */
static bool parse_value(struct parser *parser, struct tp_node *node)
{
    struct tp_node more = *node;

    if (tp_value_read(node, &parser->token, parser->error))
        return false;
    if (node->type == TP_NODE_WORD && !can_be(parser, node, &parser->token))
        return false;
    advance(parser);
    while (tp_words_are_bits(tp_words_of_values(node)) && parser->token.type == TP_TOKEN_BAD &&
           parser->token.text[0] == '|') {
        advance(parser);
        if (tp_value_read(&more, &parser->token, parser->error))
            return false;
        advance(parser);
        node->number |= more.number;
    }
    return true;
}

/* The operator and the value of a comparison with what name names. */
static uint32_t parse_rest(struct parser *parser, struct tp_node *node, const char *name)
{
    char text[96];

    if (parser->token.type != TP_TOKEN_OP ||
        !(operators[node->type].set & 1u << parser->token.op)) {
        snprintf(text, sizeof text, "%s after %s", operators[node->type].list, name);
        unexpected(parser, text);
        return TP_NODE_NONE;
    }
    node->op = (uint8_t)parser->token.op;
    advance(parser);
    return parse_value(parser, node) ? add_node(parser, node) : TP_NODE_NONE;
}

/* Without operator, before the next token. */
static bool stands_alone(const struct parser *parser, int figure)
{
    return figure >= 0 && (size_t)figure < parser->figures->alone &&
           parser->token.type != TP_TOKEN_OP;
}

/* FIGURE was read. */
static uint32_t parse_figure(struct parser *parser, const struct tp_token *word, int index)
{
    bool is_text = values_of(parser, (size_t)index);
    struct tp_node node = {.type = is_text ? TP_NODE_WORD : TP_NODE_FIGURE,
                           .field = (uint32_t)index,
                           .child = TP_NODE_NONE,
                           .next = TP_NODE_NONE};

    node.figure.name = (struct tp_text){word->text, (uint32_t)word->length};
    if (stands_alone(parser, index)) {
        node.op = TP_OP_NE;
        node.figure.written = (struct tp_text){"0", 1};
        return add_node(parser, &node);
    }
    return parse_rest(parser, &node, parser->figures->names[index]);
}

/* FIELD was read. */
static uint32_t parse_relation(struct parser *parser, int subject)
{
    struct tp_node node = {.child = TP_NODE_NONE, .next = TP_NODE_NONE};

    tp_words_subject(&node, subject);
    if (node.type == TP_NODE_NUMBER && tp_fields[node.field].format == TP_FORMAT_SACK) {
        tp_token_error(
            parser->error, &parser->token,
            "SACK blocks cannot be compared: options & SACK tells whether there are any");
        return TP_NODE_NONE;
    }
    return parse_rest(parser, &node, tp_words_subject_name(&node));
}

/* "host", "net", "port", "src" or "dst" was read. */
static uint32_t parse_primitive(struct parser *parser, int primitive)
{
    struct tp_node node = {.type = TP_NODE_NET,
                           .child = TP_NODE_NONE,
                           .next = TP_NODE_NONE,
                           .end = TP_NODE_END_EITHER};
    enum tp_net_form form = TP_NET_EITHER;
    int what = primitive, rc;

    if (primitive == TP_PRIMITIVE_SRC || primitive == TP_PRIMITIVE_DST) {
        node.end = primitive == TP_PRIMITIVE_SRC ? TP_NODE_END_SRC : TP_NODE_END_DST;
        what = tp_words_find(TP_WORDS_PRIMITIVE, &parser->token);
        if (what == TP_PRIMITIVE_HOST || what == TP_PRIMITIVE_NET || what == TP_PRIMITIVE_PORT)
            advance(parser);
    }
    if (what == TP_PRIMITIVE_PORT)
        node.type = TP_NODE_PORT;
    if (what == TP_PRIMITIVE_HOST || what == TP_PRIMITIVE_NET)
        form = what == TP_PRIMITIVE_HOST ? TP_NET_HOST : TP_NET_PREFIX;
    rc = node.type == TP_NODE_PORT ? tp_value_read(&node, &parser->token, parser->error)
                                   : tp_value_net(&node.net, &parser->token, form, parser->error);
    if (rc)
        return TP_NODE_NONE;
    advance(parser);
    return add_node(parser, &node);
}

/* The word is not known where it stands. */
static uint32_t unknown_word(struct parser *parser, const struct tp_token *word)
{
    tp_words_unknown(word, &parser->token, parser->figures, parser->error);
    return TP_NODE_NONE;
}

/* A word was read that is no primitive. */
static uint32_t parse_of_flow(struct parser *parser, const struct tp_token *word)
{
    int figure = tp_words_figure(parser->figures, word);
    int subject = tp_words_find(TP_WORDS_CONNECTION, word);

    if (figure >= 0)
        return parse_figure(parser, word, figure);
    return subject >= 0 ? parse_relation(parser, subject) : unknown_word(parser, word);
}

static uint32_t parse_of_event(struct parser *parser, const struct tp_token *word)
{
    struct tp_node event = {.type = TP_NODE_KIND, .child = TP_NODE_NONE, .next = TP_NODE_NONE};
    int subject = tp_words_find(TP_WORDS_SUBJECT, word);
    int kind = tp_words_find(TP_WORDS_EVENT, word);
    int figure = tp_words_figure(parser->figures, word);

    if (stands_alone(parser, figure) || (figure >= 0 && subject < 0 && kind < 0))
        return parse_figure(parser, word, figure);
    /* `lost` is both a field and an event. */
    if (subject >= 0 && (kind < 0 || parser->token.type == TP_TOKEN_OP))
        return parse_relation(parser, subject);
    if (kind < 0 || parser->token.type == TP_TOKEN_OP)
        return unknown_word(parser, word);
    event.op = TP_OP_EQ;
    event.number = (uint64_t)kind;
    return add_node(parser, &event);
}

static uint32_t parse_comparison(struct parser *parser)
{
    struct tp_token word = parser->token;
    int primitive;

    if (word.type != TP_TOKEN_WORD) {
        unexpected(parser, TP_A_COMPARISON);
        return TP_NODE_NONE;
    }
    advance(parser);
    primitive = tp_words_find(TP_WORDS_PRIMITIVE, &word);
    if (primitive >= 0)
        return parse_primitive(parser, primitive);
    return parser->figures && !parser->figures->of_records ? parse_of_flow(parser, &word)
                                                           : parse_of_event(parser, &word);
}

/* --- groups --------------------------------------------------------------------------------- */

static uint32_t parse_chain(struct parser *parser, unsigned level);

/* "(" is the next token. */
static uint32_t parse_parentheses(struct parser *parser)
{
    size_t column = parser->token.column;
    uint32_t node;
    char text[64];

    advance(parser);
    node = parse_chain(parser, 0);
    if (node == TP_NODE_NONE)
        return node;
    if (parser->token.type != TP_TOKEN_CLOSE) {
        snprintf(text, sizeof text, "&&, || or the ) for the ( in column %zu", column);
        unexpected(parser, text);
        return TP_NODE_NONE;
    }
    advance(parser);
    return node;
}

static uint32_t parse_one(struct parser *parser)
{
    enum tp_token_type type = parser->token.type;
    uint32_t node;

    if (type != TP_TOKEN_OPEN && type != TP_TOKEN_NOT)
        return parse_comparison(parser);
    if (++parser->nesting > TP_FILTER_NESTING_MAX) {
        tp_token_error(parser->error, &parser->token, "more than %d parentheses or nots nested",
                       TP_FILTER_NESTING_MAX);
        return TP_NODE_NONE;
    }
    if (type == TP_TOKEN_OPEN) {
        node = parse_parentheses(parser);
    } else {
        advance(parser);
        node = parse_one(parser);
        if (node != TP_NODE_NONE)
            node = add_group(parser, TP_NODE_NOT, node);
    }
    parser->nesting--;
    return node;
}

/* Level 0 is a chain of ||, level 1 one of &&, and what is below binds tighter. */
static uint32_t parse_chain(struct parser *parser, unsigned level)
{
    static const struct {
        enum tp_token_type token;
        enum tp_node_type node;
    } levels[] = {{TP_TOKEN_OR, TP_NODE_OR}, {TP_TOKEN_AND, TP_NODE_AND}};
    uint32_t first, last, item;

    if (level == 2)
        return parse_one(parser);
    first = last = parse_chain(parser, level + 1);
    if (first == TP_NODE_NONE || parser->token.type != levels[level].token)
        return first;
    while (parser->token.type == levels[level].token) {
        advance(parser);
        item = parse_chain(parser, level + 1);
        if (item == TP_NODE_NONE)
            return item;
        parser->filter->nodes[last].next = item;
        last = item;
    }
    return add_group(parser, levels[level].node, first);
}

static int parse_expression(struct parser *parser)
{
    advance(parser);
    parser->filter->root = parse_chain(parser, 0);
    if (parser->filter->root == TP_NODE_NONE)
        return parser->error->code;
    if (parser->token.type == TP_TOKEN_CLOSE)
        return tp_token_error(parser->error, &parser->token, "there is no ( for this )");
    if (parser->token.type == TP_TOKEN_OP && parser->token.op == TP_OP_ANY)
        return tp_token_error(parser->error, &parser->token, "expected && or ||, found '&'");
    if (parser->token.type != TP_TOKEN_END)
        return unexpected(parser, "&& or ||");
    tp_filter_thread(parser->filter);
    tp_filter_local_ports(parser->filter, TP_LOCAL_PORT_LEAST, UINT16_MAX);
    return 0;
}

int tp_filter_parse(struct tp_filter **filter, const char *expression, struct tp_error *error)
{
    return tp_filter_parse_with(filter, expression, NULL, error);
}

int tp_filter_parse_with(struct tp_filter **filter, const char *expression,
                         const struct tp_filter_words *words, struct tp_error *error)
{
    struct tp_error local = TP_ERROR_INIT;
    struct parser parser = {.figures = words, .error = &local};
    int rc;

    *filter = NULL;
    if (strnlen(expression, TP_FILTER_LENGTH_MAX + 1) > TP_FILTER_LENGTH_MAX)
        return tp_error_set(error, TP_ERR_LIMIT, "the expression is longer than %d bytes",
                            TP_FILTER_LENGTH_MAX);
    parser.filter = calloc(1, sizeof *parser.filter);
    if (!parser.filter)
        return tp_error_nomem(error);
    parser.lexer.expression = parser.filter->expression = strdup(expression);
    rc = parser.filter->expression ? parse_expression(&parser) : tp_error_nomem(&local);
    if (rc == 0) {
        *filter = parser.filter;
        return 0;
    }
    if (error && !error->code)
        *error = local;
    tp_filter_free(parser.filter);
    return rc;
}

void tp_filter_free(struct tp_filter *filter)
{
    if (!filter)
        return;
    free(filter->nodes);
    free(filter->expression);
    free(filter);
}

uint64_t tp_filter_fields(const struct tp_filter *filter)
{
    return filter ? filter->fields : 0;
}
