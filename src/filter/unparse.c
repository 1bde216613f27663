/* unparse.c: a filter as text again, and the place of an error in an expression. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filter/words.h"

/* "SYN|ACK"; bits without a name as a number. */
static void write_bits(FILE *out, enum tp_vocabulary vocabulary, uint64_t number)
{
    const char *name, *before = "";

    for (uint64_t bit = 1; bit && bit <= number; bit <<= 1) {
        if (!(number & bit))
            continue;
        name = tp_words_name(vocabulary, bit);
        fputs(before, out);
        if (name)
            fputs(name, out);
        else
            fprintf(out, "0x%" PRIx64, bit);
        before = "|";
    }
}

static void write_number(FILE *out, const struct tp_node *node)
{
    enum tp_vocabulary vocabulary = tp_words_of_values(node);
    const char *name = tp_words_name(vocabulary, node->number);
    enum tp_format format =
        node->type == TP_NODE_NUMBER ? tp_fields[node->field].format : TP_FORMAT_DECIMAL;

    if (tp_words_are_bits(vocabulary) && node->number)
        write_bits(out, vocabulary, node->number);
    else if (name && node->op != TP_OP_ANY)
        fputs(name, out);
    else if (format == TP_FORMAT_HEX || format == TP_FORMAT_COOKIE || format == TP_FORMAT_POINTER)
        fprintf(out, "0x%" PRIx64, node->number);
    else if (node->bias)
        fprintf(out, "%" PRId64, (int64_t)node->number);
    else
        fprintf(out, "%" PRIu64, node->number);
}

/* It came from between quotes of one sort, so at least one sort is not in it. */
static void write_quoted(FILE *out, const struct tp_text *text)
{
    int quote = memchr(text->bytes, '"', text->length) ? '\'' : '"';

    fputc(quote, out);
    fwrite(text->bytes, 1, text->length, out);
    fputc(quote, out);
}

static void write_text(FILE *out, const struct tp_node *node)
{
    write_quoted(out, &node->text);
}

static void write_word(FILE *out, const struct tp_node *node)
{
    write_quoted(out, &node->figure.written);
}

static void write_net(FILE *out, const struct tp_node *node)
{
    const struct tp_net *net = &node->net;
    char text[46];

    tp_address_text(net->addr, text, sizeof text);
    fputs(text, out);
    if (net->prefix < 128)
        fprintf(out, "/%d", net->v4 ? net->prefix - 96 : net->prefix);
}

/* As it was written: no digit is lost. */
static void write_figure(FILE *out, const struct tp_node *node)
{
    fwrite(node->figure.written.bytes, 1, node->figure.written.length, out);
}

static void write_comparison(FILE *out, const struct tp_node *node)
{
    static const char *const ops[TP_OPS] = {
        [TP_OP_EQ] = "==", [TP_OP_NE] = "!=", [TP_OP_LT] = "<",  [TP_OP_LE] = "<=",
        [TP_OP_GT] = ">",  [TP_OP_GE] = ">=", [TP_OP_ANY] = "&", [TP_OP_GLOB] = "~"};
    static void (*const write[TP_NODE_TYPES])(FILE *, const struct tp_node *) = {
        [TP_NODE_NUMBER] = write_number, [TP_NODE_TEXT] = write_text,
        [TP_NODE_PORT] = write_number,   [TP_NODE_NET] = write_net,
        [TP_NODE_FAMILY] = write_number, [TP_NODE_KIND] = write_number,
        [TP_NODE_FIGURE] = write_figure, [TP_NODE_WORD] = write_word,
    };

    if (node->type == TP_NODE_FIGURE || node->type == TP_NODE_WORD)
        fprintf(out, "%.*s %s ", (int)node->figure.name.length, node->figure.name.bytes,
                ops[node->op]);
    else if (node->end != TP_NODE_END_EITHER)
        fprintf(out, "%s %s ", tp_words_subject_name(node), ops[node->op]);
    else if (node->type == TP_NODE_PORT)
        fputs("port ", out);
    else
        fputs(node->net.prefix < 128 ? "net " : "host ", out);
    write[node->type](out, node);
}

static void write_node(FILE *out, const struct tp_filter *filter, uint32_t index)
{
    const struct tp_node *node = &filter->nodes[index];
    uint32_t child;

    if (node->type == TP_NODE_NOT) {
        child = filter->nodes[node->child].height;
        fputs(child ? "!" : "!(", out);
        write_node(out, filter, node->child);
        fputs(child ? "" : ")", out);
        return;
    }
    if (node->type != TP_NODE_AND && node->type != TP_NODE_OR) {
        write_comparison(out, node);
        return;
    }
    fputc('(', out);
    for (child = node->child; child != TP_NODE_NONE; child = filter->nodes[child].next) {
        write_node(out, filter, child);
        if (filter->nodes[child].next != TP_NODE_NONE)
            fputs(node->type == TP_NODE_AND ? " && " : " || ", out);
    }
    fputc(')', out);
}

char *tp_filter_text(const struct tp_filter *filter)
{
    char *text = NULL;
    size_t size;
    FILE *out;
    bool failed;

    if (!filter)
        return strdup("");
    out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    write_node(out, filter, filter->root);
    failed = ferror(out);
    if (fclose(out) == 0 && !failed)
        return text;
    free(text);
    return NULL;
}

/* --- caret ---------------------------------------------------------------------------------- */

#define CARET_WIDTH 100 /* of the piece that is shown of a longer expression */

size_t tp_filter_caret(const char *expression, const struct tp_error *error, char *buf, size_t size)
{
    size_t length = strlen(expression), at = error->column ? error->column - 1 : 0;
    size_t begin = 0, i, shown;
    char piece[CARET_WIDTH + 1];
    int n;

    if (at > length)
        at = length;
    if (length > CARET_WIDTH && at > CARET_WIDTH / 2)
        begin = at - CARET_WIDTH / 2;
    shown = length - begin < CARET_WIDTH ? length - begin : CARET_WIDTH;
    for (i = 0; i < shown; i++) {
        char c = expression[begin + i];

        piece[i] = c >= 0x20 && c < 0x7f ? c : '?';
    }
    piece[shown] = '\0';
    n = snprintf(buf, size, "%s%s%s\n%*s\n", begin ? "..." : "", piece,
                 begin + shown < length ? "..." : "", (int)(at - begin + (begin ? 3 : 0) + 1), "^");
    return n < 0 || size == 0 ? 0 : (size_t)n < size ? (size_t)n : size - 1;
}
