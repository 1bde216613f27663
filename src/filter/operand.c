/* operand.c: numbers, names, texts, addresses and nets of the filter language.
 *
 * A kernel filter takes 73621 for a port and compares with 8085, and takes 010 for 8. Neither is
 * accepted here: a value must be one that the field can have, and mean one thing only.
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <string.h>

#include "filter/operand.h"

#define DIGITS     "0123456789"
#define HEX_DIGITS "0123456789abcdefABCDEF"

/* What the subject can be. */
struct range {
    int64_t least;
    uint64_t most;
};

static struct range range_of(const struct tp_node *node)
{
    unsigned bits = node->type == TP_NODE_PORT ? 16 : tp_fields[node->field].size * 8;
    uint64_t most = UINT64_MAX >> (64 - bits);

    if (node->type == TP_NODE_NUMBER && tp_fields[node->field].is_signed)
        return (struct range){-(int64_t)(most >> 1) - 1, most >> 1};
    return (struct range){0, most};
}

static int out_of_range(const struct tp_node *node, const struct tp_token *token, bool negative,
                        struct tp_error *error)
{
    const char *name = node->type == TP_NODE_PORT ? "a port" : tp_words_subject_name(node);
    struct range range = range_of(node);

    if (negative)
        return tp_token_error(error, token, "%s is at least %" PRId64, name, range.least);
    return tp_token_error(error, token, "%s is at most %" PRIu64, name, range.most);
}

/* False if it is more than 64 bits. */
static bool to_number(const char *digits, size_t length, unsigned base, uint64_t *value)
{
    static const char hex[] = "0123456789abcdef";
    size_t i;

    *value = 0;
    for (i = 0; i < length; i++) {
        unsigned digit = (unsigned)(strchr(hex, digits[i] | 0x20) - hex);

        if (__builtin_mul_overflow(*value, base, value) ||
            __builtin_add_overflow(*value, digit, value))
            return false;
    }
    return true;
}

static int not_a_number(const struct tp_node *node, const struct tp_token *token,
                        struct tp_error *error)
{
    enum tp_vocabulary values[] = {tp_words_of_values(node), TP_WORDS_NONE};
    const char *close = tp_words_closest(values, NULL, token);
    char name[48], list[320];

    tp_token_name(token, name, sizeof name);
    if (token->type == TP_TOKEN_WORD && tp_words_find(TP_WORDS_SUBJECT, token) >= 0)
        return tp_token_error(error, token, "a field is compared with a value, not with field %s",
                              name);
    if (token->type == TP_TOKEN_WORD && token->length <= 16 && values[0] == TP_WORDS_NONE &&
        strspn(token->text, HEX_DIGITS) >= token->length)
        return tp_token_error(error, token, "hexadecimal begins with 0x: did you mean 0x%.*s?",
                              (int)token->length, token->text);
    if (values[0] == TP_WORDS_NONE)
        return tp_token_error(error, token, "expected a number, found %s", name);
    if (close && token->type == TP_TOKEN_WORD)
        return tp_token_error(error, token, "unknown value %s: did you mean %s?", name, close);
    return tp_token_error(error, token, "expected a number or one of%s, found %s",
                          tp_words_list(values, list, sizeof list), name);
}

/* Digits (of the base) up to the token's end? */
static bool all_digits(const char *digits, const char *end, const char *set)
{
    return digits < end && strspn(digits, set) >= (size_t)(end - digits);
}

static int read_number(struct tp_node *node, const struct tp_token *token, struct tp_error *error)
{
    bool negative = token->text[0] == '-';
    const char *digits = token->text + negative, *end = token->text + token->length;
    bool is_hex = end - digits > 2 && digits[0] == '0' && (digits[1] | 0x20) == 'x';
    struct range range = range_of(node);
    uint64_t value;

    if (is_hex)
        digits += 2;
    if (token->type != TP_TOKEN_WORD || !all_digits(digits, end, is_hex ? HEX_DIGITS : DIGITS))
        return not_a_number(node, token, error);
    if (!is_hex && digits[0] == '0' && end - digits > 1)
        return tp_token_error(error, token,
                              "a leading 0 would make this octal for the kernel: write it without, "
                              "or with 0x if it is hexadecimal");
    if (!to_number(digits, (size_t)(end - digits), is_hex ? 16 : 10, &value) ||
        (negative ? value > 0 - (uint64_t)range.least : value > range.most))
        return out_of_range(node, token, negative, error);
    node->number = negative ? 0 - value : value;
    node->bias = range.least < 0 ? UINT64_C(1) << 63 : 0;
    return 0;
}

static int read_number_or_name(struct tp_node *node, const struct tp_token *token,
                               struct tp_error *error)
{
    int value = token->type == TP_TOKEN_WORD ? tp_words_find(tp_words_of_values(node), token) : -1;

    if (value < 0)
        return read_number(node, token, error);
    node->number = (uint64_t)value;
    node->bias = 0;
    return 0;
}

static int take_text(struct tp_text *text, const struct tp_token *token, struct tp_error *error)
{
    char name[48];

    if (token->type != TP_TOKEN_STRING && token->type != TP_TOKEN_WORD)
        return tp_token_error(error, token, "expected a text in quotes, found %s",
                              tp_token_name(token, name, sizeof name));
    *text = (struct tp_text){token->text, (uint32_t)token->length};
    return 0;
}

static int read_text(struct tp_node *node, const struct tp_token *token, struct tp_error *error)
{
    return take_text(&node->text, token, error);
}

static int read_word(struct tp_node *node, const struct tp_token *token, struct tp_error *error)
{
    return take_text(&node->figure.written, token, error);
}

static int read_net(struct tp_node *node, const struct tp_token *token, struct tp_error *error)
{
    return tp_value_net(&node->net, token, TP_NET_EITHER, error);
}

static int read_family(struct tp_node *node, const struct tp_token *token, struct tp_error *error)
{
    int value = token->type == TP_TOKEN_WORD ? tp_words_find(TP_WORDS_FAMILY, token) : -1;
    char name[48];

    if (value < 0)
        return tp_token_error(error, token, "expected AF_INET or AF_INET6, found %s",
                              tp_token_name(token, name, sizeof name));
    node->number = (uint64_t)value;
    return 0;
}

static int read_event(struct tp_node *node, const struct tp_token *token, struct tp_error *error)
{
    static const enum tp_vocabulary events[] = {TP_WORDS_EVENT, TP_WORDS_NONE};
    int value = token->type == TP_TOKEN_WORD ? tp_words_find(TP_WORDS_EVENT, token) : -1;
    const char *close = tp_words_closest(events, NULL, token);
    char name[48], list[320];

    if (value >= 0) {
        node->number = (uint64_t)value;
        return 0;
    }
    tp_token_name(token, name, sizeof name);
    if (token->type == TP_TOKEN_WORD && close)
        return tp_token_error(error, token, "unknown event %s: did you mean %s?", name, close);
    return tp_token_error(error, token, "expected one of%s, found %s",
                          tp_words_list(events, list, sizeof list), name);
}

/* --- figures -------------------------------------------------------------------------------- */

#define FIGURE_DIGITS_MAX 15 /* which a double holds exactly */

static bool read_suffix(const char *at, const char *end, double *factor)
{
    static const struct {
        char name;
        double factor;
    } suffixes[] = {{'k', 1e3}, {'M', 1e6}, {'G', 1e9}};
    size_t i;

    *factor = 1;
    if (at == end)
        return true;
    for (i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (*at == suffixes[i].name)
            *factor = suffixes[i].factor;
    return at + 1 == end && *factor > 1;
}

/* Digits with a fraction or none, and a suffix or none; no other locale's comma. */
static bool to_real(const char *at, const char *end, double *value)
{
    double number = 0, parts = 1, factor;
    unsigned digits = 0;
    bool fraction = false;

    for (; at < end && (strchr(DIGITS, *at) || (*at == '.' && !fraction && digits)); at++) {
        fraction |= *at == '.';
        if (*at == '.')
            continue;
        number = number * 10 + (*at - '0');
        parts *= fraction ? 10 : 1;
        digits++;
    }
    if (!digits || digits > FIGURE_DIGITS_MAX || at[-1] == '.' || !read_suffix(at, end, &factor))
        return false;
    *value = number * factor / parts;
    return true;
}

static int read_figure(struct tp_node *node, const struct tp_token *token, struct tp_error *error)
{
    bool negative = token->text[0] == '-';
    char name[48];
    double value;

    if (token->type != TP_TOKEN_WORD ||
        !to_real(token->text + negative, token->text + token->length, &value))
        return tp_token_error(error, token, "expected a number such as 10, 0.5 or 1M, found %s",
                              tp_token_name(token, name, sizeof name));
    node->figure.written = (struct tp_text){token->text, (uint32_t)token->length};
    node->figure.value = negative ? -value : value;
    return 0;
}

int tp_value_read(struct tp_node *node, const struct tp_token *token, struct tp_error *error)
{
    static int (*const read[TP_NODE_TYPES])(struct tp_node *, const struct tp_token *,
                                            struct tp_error *) = {
        [TP_NODE_NUMBER] = read_number_or_name, [TP_NODE_TEXT] = read_text,
        [TP_NODE_PORT] = read_number,           [TP_NODE_NET] = read_net,
        [TP_NODE_FAMILY] = read_family,         [TP_NODE_KIND] = read_event,
        [TP_NODE_FIGURE] = read_figure,         [TP_NODE_WORD] = read_word,
    };

    return read[node->type](node, token, error);
}

/* --- addresses ------------------------------------------------------------------------------ */

#define ADDRESS_BYTES 64 /* longer words are no addresses */

/* Into the 16 bytes that records have: IPv4 as ::ffff:a.b.c.d. */
static bool to_address(uint8_t addr[16], const char *text)
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

    memcpy(addr, mapped, sizeof mapped);
    return inet_pton(AF_INET, text, addr + 12) == 1 || inet_pton(AF_INET6, text, addr) == 1;
}

/* Cuts ADDRESS, [ADDRESS], ADDRESS/BITS or [ADDRESS]/BITS; *bits is NULL where there are none. */
static bool split_net(char *word, char **address, char **bits)
{
    char *slash = strchr(word, '/'), *close;

    *bits = NULL;
    if (slash) {
        *slash = '\0';
        *bits = slash + 1;
    }
    *address = word;
    if (word[0] != '[')
        return true;
    *address = word + 1;
    close = strchr(word, ']');
    if (!close || close[1])
        return false;
    *close = '\0';
    return true;
}

static void fill_mask(struct tp_net *net)
{
    unsigned i, bits;

    for (i = 0; i < 16; i++) {
        bits = net->prefix > i * 8 ? net->prefix - i * 8 : 0;
        net->mask[i] = (uint8_t)(bits >= 8 ? 0xff : 0xff00 >> bits);
    }
}

/* Clears the bits beyond the prefix; were there any? */
static bool cut_address(struct tp_net *net)
{
    bool any = false;
    unsigned i;

    for (i = 0; i < 16; i++) {
        any |= (net->addr[i] & ~net->mask[i]) != 0;
        net->addr[i] &= net->mask[i];
    }
    return any;
}

static int read_prefix(struct tp_net *net, const char *bits, const struct tp_token *token,
                       struct tp_error *error)
{
    bool v4_text = !memchr(token->text, ':', token->length);
    unsigned most = v4_text ? 32 : 128;
    size_t length = strlen(bits);
    char text[INET6_ADDRSTRLEN];
    uint64_t value;

    if (length == 0 || strspn(bits, DIGITS) != length || (bits[0] == '0' && length > 1) ||
        !to_number(bits, length, 10, &value) || value > most)
        return tp_token_error(error, token, "expected a prefix length from 0 to %u after the /",
                              most);
    net->prefix = (uint8_t)(value + 128 - most);
    fill_mask(net);
    net->v4 = net->prefix >= 96 && tp_address_is_v4(net->addr);
    if (!cut_address(net))
        return 0;
    tp_address_text(net->addr, text, sizeof text);
    return tp_token_error(error, token, "the address has bits beyond /%s: did you mean %s/%u?",
                          bits, text, net->v4 ? net->prefix - 96U : net->prefix);
}

int tp_value_net(struct tp_net *net, const struct tp_token *token, enum tp_net_form form,
                 struct tp_error *error)
{
    static const char *const expected[] = {
        [TP_NET_HOST] = "an address such as 10.0.0.1 or fd00::1",
        [TP_NET_PREFIX] = "a net such as 10.0.0.0/8 or fd00::/16",
        [TP_NET_EITHER] = "an address or net such as 10.0.0.1 or fd00::/16",
    };
    char word[ADDRESS_BYTES] = "", name[48], *address, *bits;

    if (token->type == TP_TOKEN_WORD && token->length < sizeof word)
        memcpy(word, token->text, token->length);
    tp_token_name(token, name, sizeof name);
    if (!split_net(word, &address, &bits) || !to_address(net->addr, address) ||
        (form == TP_NET_PREFIX && !bits))
        return tp_token_error(error, token, "expected %s, found %s", expected[form], name);
    if (form == TP_NET_HOST && bits)
        return tp_token_error(error, token, "a host has no prefix: did you mean net %.*s?",
                              (int)token->length, token->text);
    net->prefix = 128;
    net->v4 = tp_address_is_v4(net->addr);
    fill_mask(net);
    return bits ? read_prefix(net, bits, token, error) : 0;
}
