/* choose.c: which flows --flow means. A choice holds numbers, not text, so that fd00::1 and
 * fd00:0::1 are the same address and 10.0.0.1 is also ::ffff:10.0.0.1. */
#include <arpa/inet.h>
#include <string.h>

#include "base/units.h"
#include "cli/common.h"

#define ADDRESS_MAX 64

static bool parse_address(const char *text, size_t length, uint8_t addr[16])
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    char copy[ADDRESS_MAX];

    if (length >= sizeof copy)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    if (inet_pton(AF_INET6, copy, addr) == 1)
        return true;
    memcpy(addr, mapped, sizeof mapped);
    return inet_pton(AF_INET, copy, addr + sizeof mapped) == 1;
}

/* ADDR, ADDR:PORT, :PORT, [ADDR] or [ADDR]:PORT */
static bool parse_end(const char *text, size_t length, struct cli_flow_choice *choice)
{
    const char *end = text + length, *colon = memrchr(text, ':', length), *close;
    char digits[8];
    uint64_t port;
    unsigned i = choice->ends++;

    if (length == 0)
        return false;
    if (parse_address(text, length, choice->end[i].addr)) {
        choice->end[i].has_addr = true;
        return true;
    }
    close = text[0] == '[' ? memchr(text, ']', length) : NULL;
    if (close && close + 1 == end)
        colon = end;
    if (!colon || (close && close + 1 != colon))
        return false;
    if (colon > text) {
        choice->end[i].has_addr = true;
        if (!(close ? parse_address(text + 1, (size_t)(close - text) - 1, choice->end[i].addr)
                    : parse_address(text, (size_t)(colon - text), choice->end[i].addr)))
            return false;
    }
    if (colon == end)
        return true;
    if ((size_t)(end - colon) > sizeof digits)
        return false;
    memcpy(digits, colon + 1, (size_t)(end - colon) - 1);
    digits[end - colon - 1] = '\0';
    choice->end[i].has_port = tp_units_parse_count(digits, 65535, &port);
    choice->end[i].port = (uint16_t)port;
    return choice->end[i].has_port;
}

static const char *trim(const char *text, size_t *length)
{
    while (*length && *text == ' ') {
        text++;
        --*length;
    }
    while (*length && text[*length - 1] == ' ')
        --*length;
    return text;
}

static bool parse_choice(const char *text, size_t length, struct cli_flow_choice *choice)
{
    const char *arrow;
    char digits[16];
    size_t left, right;

    *choice = (struct cli_flow_choice){0};
    text = trim(text, &length);
    if (length < sizeof digits) {
        memcpy(digits, text, length);
        digits[length] = '\0';
        choice->by_id = tp_units_parse_count(digits, UINT32_MAX, &choice->id);
        if (choice->by_id)
            return true;
    }
    arrow = memmem(text, length, "->", 2);
    if (!arrow)
        return parse_end(text, length, choice);
    left = (size_t)(arrow - text);
    right = length - left - 2;
    text = trim(text, &left);
    arrow = trim(arrow + 2, &right);
    return parse_end(text, left, choice) && parse_end(arrow, right, choice);
}

error_t cli_flow_choices_add(struct cli_flow_choices *choices, const char *text)
{
    size_t length;

    for (;; text += length + 1) {
        length = strcspn(text, ",");
        if (choices->count == CLI_FLOW_CHOICES_MAX)
            return cli_bad_option("--flow: more than %d flows; use --filter", CLI_FLOW_CHOICES_MAX);
        if (!parse_choice(text, length, &choices->list[choices->count++]))
            return cli_bad_option("--flow: '%.*s' is neither a flow's number nor an endpoint such "
                                  "as 10.0.0.1:80",
                                  (int)length, text);
        if (text[length] == '\0')
            return 0;
    }
}

static bool end_matches(const struct cli_flow_choice *choice, unsigned i,
                        const struct tp_flow_key *key, unsigned end)
{
    return (!choice->end[i].has_addr ||
            memcmp(choice->end[i].addr, key->addr[end], sizeof key->addr[end]) == 0) &&
           (!choice->end[i].has_port || choice->end[i].port == key->port[end]);
}

static bool choice_matches(const struct cli_flow_choice *choice, const struct tp_flow *flow)
{
    if (choice->by_id)
        return choice->id == flow->id;
    for (unsigned end = 0; end < 2; end++)
        if (end_matches(choice, 0, &flow->key, end) &&
            (choice->ends == 1 || end_matches(choice, 1, &flow->key, !end)))
            return true;
    return false;
}

bool cli_flow_chosen(const struct cli_flow_choices *choices, const struct tp_flow *flow)
{
    for (size_t i = 0; i < choices->count; i++)
        if (choice_matches(&choices->list[i], flow))
            return true;
    return choices->count == 0;
}
