/* xml.h: text from anywhere within an XML document.
 *
 * What has a meaning there is written as an entity; a byte that is no UTF-8, a control character
 * and U+FFFE and U+FFFF, which XML does not have (XML 1.0, 2.2), are shown as \xHH. */
#ifndef TCPPROBE_BASE_XML_H
#define TCPPROBE_BASE_XML_H

#include <stddef.h>

#define XML_MOST 12 /* bytes that one character takes: U+FFFE, each of its bytes by itself */

/* Writes what is between *text and end, as much as fits whole into `size` bytes (XML_MOST at
 * least), and moves *text behind it. Returns how many bytes were written; there is no NUL. */
size_t xml_text(const char **text, const char *end, char *to, size_t size);

#endif
