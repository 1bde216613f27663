/* lettering.c: width table and UTF-8 hygiene.
 *
 * The picture is laid out without a drawing library, so widths come from a table: for each
 * printable ASCII character the wider of Inter's and DejaVu Sans' advance, in 1/100 of the font
 * size. Other characters count as a wide one. PLplot draws nothing at all for a text that is not
 * UTF-8.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <tcpprobe/plot.h>

#include "base/utf8.h"
#include "plot/lettering.h"

static const uint8_t widths[2][95] = {
    {33, 41, 46, 85, 64, 95, 78, 28, 39, 39, 51, 85, 33, 46,  32, 36, 64, 64, 64,
     64, 64, 64, 64, 64, 64, 64, 34, 34, 85, 85, 85, 53, 100, 71, 69, 73, 77, 63,
     59, 77, 76, 29, 54, 67, 57, 89, 76, 79, 63, 79, 69, 64,  64, 74, 68, 99, 69,
     66, 69, 39, 36, 39, 85, 51, 51, 61, 63, 56, 63, 62, 36,  63, 63, 29, 29, 59,
     29, 97, 63, 61, 63, 63, 40, 52, 39, 63, 60, 82, 60, 60,  54, 64, 34, 64, 85},
    {35, 46,  52, 84, 70, 101, 87, 31,  46, 46, 57, 84, 38, 48,  38, 39, 70, 70,  70,
     70, 70,  70, 70, 70, 70,  70, 40,  40, 84, 84, 84, 58, 104, 77, 76, 76, 83,  68,
     68, 82,  84, 37, 58, 77,  64, 101, 84, 85, 73, 85, 77, 69,  71, 81, 77, 110, 77,
     72, 73,  46, 37, 46, 84,  50, 50,  67, 72, 60, 72, 68, 42,  72, 71, 34, 34,  67,
     34, 104, 71, 69, 72, 72,  49, 60,  48, 71, 65, 92, 65, 65,  58, 71, 42, 71,  84}};

#define ADDRESS_MIN 8   /* bytes of an address that are left */
#define WIDE        100 /* anything that is not in the table */

static const char ellipsis[] = "\xe2\x80\xa6";

double tp_text_width(const char *text, double size_px, bool bold)
{
    const unsigned char *at = (const unsigned char *)text;
    unsigned width = 0;

    for (; *at; at++) {
        if (*at >= 0x20 && *at < 0x7f)
            width += widths[bold][*at - 0x20];
        else if ((*at & 0xc0) != 0x80)
            width += at[0] == 0xc2 || at[0] == 0xce ? 64 : WIDE; /* · µ μ are narrow */
    }
    return width * size_px / 100;
}

static bool is_control(const unsigned char *at, size_t length)
{
    return *at < 0x20 || *at == 0x7f || (length == 2 && at[0] == 0xc2 && at[1] < 0xa0);
}

char *tp_text_clean(const char *text)
{
    static const char replacement[] = "\xef\xbf\xbd";
    const char *end = text + strlen(text);
    char *clean = malloc(3 * strlen(text) + 4), *out = clean;
    size_t length;

    if (!clean)
        return NULL;
    while (text < end) {
        length = tp_utf8_character(text, (size_t)(end - text));
        if (length == 0) {
            memcpy(out, replacement, 3);
            out += 3;
            text++;
            continue;
        }
        if (is_control((const unsigned char *)text, length)) {
            *out++ = ' ';
        } else {
            memcpy(out, text, length);
            out += length;
        }
        text += length;
    }
    *out = '\0';
    return clean;
}

bool tp_font_name_is_fine(const char *name)
{
    static const char usual[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -";
    size_t length = strlen(name);

    return length > 0 && length <= TP_FONT_NAME_MAX && strspn(name, usual) == length;
}

/* The longest address between brackets: its first byte and its length; 0 if there is none. */
static size_t longest_address(char *text, char **address)
{
    static const char usual[] = "0123456789abcdefABCDEF:.\xe2\x80\xa6"; /* and an ellipsis */
    size_t longest = 0;
    char *open, *close;

    for (open = strchr(text, '['); open; open = strchr(close, '[')) {
        close = strchr(open, ']');
        if (!close)
            break;
        if (strspn(open + 1, usual) == (size_t)(close - open - 1) &&
            (size_t)(close - open - 1) > longest) {
            longest = (size_t)(close - open - 1);
            *address = open + 1;
        }
    }
    return longest;
}

/* Takes a byte from its middle, where an ellipsis stands from then on. False: nothing is left to be
 * taken. */
static bool shorten_address(char *address, size_t length)
{
    char *gap = strstr(address, ellipsis), *end = address + length;
    size_t before, behind;

    if (length < ADDRESS_MIN + sizeof ellipsis - 1)
        return false;
    if (!gap || gap >= end) {
        gap = address + length / 2 - (sizeof ellipsis - 1) / 2;
        memcpy(gap, ellipsis, sizeof ellipsis - 1);
        return true; /* as long in bytes as what it hides, but narrower */
    }
    before = (size_t)(gap - address);
    behind = (size_t)(end - gap) - (sizeof ellipsis - 1);
    if (before > behind)
        memmove(gap - 1, gap, strlen(gap) + 1);
    else
        memmove(gap + sizeof ellipsis - 1, gap + sizeof ellipsis,
                strlen(gap + sizeof ellipsis) + 1);
    return true;
}

static void shorten_addresses(char *text, double size_px, bool bold, double width_px)
{
    char *address;
    size_t length;

    while (tp_text_width(text, size_px, bold) > width_px) {
        length = longest_address(text, &address);
        if (length == 0 || !shorten_address(address, length))
            return;
    }
}

void tp_text_fit(char *text, double size_px, bool bold, double width_px)
{
    double limit = width_px - tp_text_width(ellipsis, size_px, bold), width = 0;
    size_t at = 0, length, bytes = strlen(text);
    char one[5];

    shorten_addresses(text, size_px, bold, width_px);
    if (tp_text_width(text, size_px, bold) <= width_px)
        return;
    bytes = strlen(text);
    for (; text[at]; at += length) {
        length = tp_utf8_character(text + at, bytes - at);
        length = length ? length : 1;
        memcpy(one, text + at, length);
        one[length] = '\0';
        width += tp_text_width(one, size_px, bold);
        if (width > limit)
            break;
    }
    while (at > 0 && text[at - 1] == ' ')
        at--;
    memcpy(text + at, ellipsis, sizeof ellipsis);
}
