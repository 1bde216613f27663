/* json_text.h: texts in the JSON of baselines and reports. */
#ifndef TCPPROBE_COMPARE_JSON_TEXT_H
#define TCPPROBE_COMPARE_JSON_TEXT_H

#include <jansson.h>

/* JSON is UTF-8: bytes that are none (a file name may hold any) become \xHH. null for NULL; NULL if
 * out of memory. */
json_t *json_text(const char *text);

#endif
