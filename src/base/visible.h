/* visible.h: text from anywhere as a terminal may have it.
 *
 * A name of a task or a file, an argument or a word of a log may hold any bytes, also those by
 * which a terminal is told to move its cursor, to change its title or to type for its user
 * (ECMA-48). Characters stay as they are; everything else is shown as \x1b, each byte by itself:
 *
 *   - C0 and DEL, a line end and a tab included
 *   - C1 (U+0080 to U+009F), which are commands, too
 *   - the marks by which text runs from right to left (UAX 9) and the separators of lines, U+2028
 *     and U+2029: what is shown would not be what is there
 *   - bytes that are no UTF-8 (RFC 3629)
 *
 * A backslash stays itself, so that text which went through twice is the same.
 */
#ifndef TCPPROBE_BASE_VISIBLE_H
#define TCPPROBE_BASE_VISIBLE_H

#include <stddef.h>

#define VISIBLE_MOST 4 /* bytes that show one, and the longest character */

/* Shows what is between *text and end, as much as fits whole into `size` bytes (VISIBLE_MOST at
 * least), and moves *text behind it. Returns how many bytes were written; there is no NUL. Bytes of
 * `keep` stay although they are in the list above: "\n\t" for a whole text, "" for a sentence. */
size_t visible_text(const char **text, const char *end, const char *keep, char *to, size_t size);

#endif
