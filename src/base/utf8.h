/* utf8.h: texts that may be anything (file names, headers of logs) among such that must be UTF-8.
 */
#ifndef TCPPROBE_BASE_UTF8_H
#define TCPPROBE_BASE_UTF8_H

#include <stddef.h>

/* Bytes of the character at the head of a text of so many (RFC 3629); 0 if there is none: a stray or
 * missing byte, one that is written longer than need be, a surrogate, one above U+10FFFF. */
size_t tp_utf8_character(const char *text, size_t length);

/* "\x1b": how a byte is shown that is part of no character, or of none that may be shown. */
#define TP_UTF8_ESCAPE 4
void tp_utf8_escape(char to[TP_UTF8_ESCAPE], char byte);

/* A copy in which \xHH stands for each byte that is part of no character; the caller's to free.
 * NULL if out of memory. */
char *tp_utf8_escaped(const char *text);

#endif
