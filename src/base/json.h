/* json.h: texts in JSON (RFC 8259), for who writes it without a tree of values. */
#ifndef TCPPROBE_BASE_JSON_H
#define TCPPROBE_BASE_JSON_H

/* Writes the character at *text at `at`, as it stands between quotes: a quote, a backslash and
 * control characters escaped. JSON is UTF-8: of a byte that is part of no character (a file name
 * may hold any)
 * "\\xHH". Moves *text, which lies before `end`, behind it; returns the end of what it wrote. */
#define JSON_MOST 6 /* bytes that it writes */
char *put_json(char *at, const char **text, const char *end);

#endif
