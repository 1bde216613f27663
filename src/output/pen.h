/* pen.h: writes a row straight into the buffer of its struct tp_out.
 *
 *     struct pen pen = pen_on(out);
 *
 *     pen_room(&pen, PUT_MAX + 1);
 *     *pen.at++ = ',';
 *     pen.at = put_signed(pen.at, value);
 *     pen_text(&pen, text);
 *     pen_lift(&pen);
 *
 * Nothing else may be written to out between pen_on() and pen_lift(). A text is never handed over
 * in two parts: a terminal shows characters, not bytes.
 */
#ifndef TCPPROBE_OUTPUT_PEN_H
#define TCPPROBE_OUTPUT_PEN_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <tcpprobe/output.h>

struct pen {
    struct tp_out *out;
    char *at, *stop;
};

#define PEN_WORD sizeof(uint64_t)

static inline struct pen pen_on(struct tp_out *out)
{
    char *at = tp_out_room(out, TP_OUT_ROOM);

    return (struct pen){out, at, at + TP_OUT_ROOM};
}

static inline void pen_lift(const struct pen *pen)
{
    tp_out_used(pen->out, pen->at);
}

/* Room for so many bytes at pen->at, at most TP_OUT_ROOM. */
static inline void pen_room(struct pen *pen, size_t bytes)
{
    if ((size_t)(pen->stop - pen->at) >= bytes)
        return;
    pen_lift(pen);
    *pen = pen_on(pen->out);
}

static inline void pen_byte(struct pen *pen, char byte)
{
    pen_room(pen, 1);
    *pen->at++ = byte;
}

static inline void pen_bytes(struct pen *pen, const char *bytes, size_t length)
{
    if (length > TP_OUT_ROOM) {
        pen_lift(pen);
        tp_out_bytes(pen->out, bytes, length);
        *pen = pen_on(pen->out);
        return;
    }
    pen_room(pen, length);
    memcpy(pen->at, bytes, length);
    pen->at += length;
}

static inline void pen_text(struct pen *pen, const char *text)
{
    pen_bytes(pen, text, strlen(text));
}

static inline void pen_fill(struct pen *pen, char byte, size_t count)
{
    while (count-- > 0)
        pen_byte(pen, byte);
}

/* --- texts without a byte that must be escaped ------------------------------------------------ */

#define PEN_EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Is one of the eight bytes below `byte`, of at most 0x80? Not 0 if so. Is one equal to it? */
static inline uint64_t pen_any_below(uint64_t word, unsigned char byte)
{
    return (word - PEN_EACH(byte)) & ~word & PEN_EACH(0x80);
}

static inline uint64_t pen_any_equal(uint64_t word, unsigned char byte)
{
    return pen_any_below(word ^ PEN_EACH(byte), 1);
}

/* Writes the text if special() finds none of its bytes, eight at a time; else writes nothing and
 * returns false. */
static inline bool pen_plain(struct pen *pen, const char *text, size_t length,
                             uint64_t (*special)(uint64_t word))
{
    uint64_t word, found = 0;

    if (length > TP_OUT_ROOM - PEN_WORD)
        return false;
    pen_room(pen, length + PEN_WORD);
    memcpy(pen->at, text, length);
    memset(pen->at + length, 'x', PEN_WORD); /* the last word ends with nothing special */
    for (size_t i = 0; i < length; i += PEN_WORD) {
        memcpy(&word, pen->at + i, sizeof word);
        found |= special(word);
    }
    if (found)
        return false;
    pen->at += length;
    return true;
}

#endif
