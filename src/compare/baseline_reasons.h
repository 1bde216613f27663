/* baseline_reasons.h: what was found of a role, in a baseline file. */
#ifndef TCPPROBE_COMPARE_BASELINE_REASONS_H
#define TCPPROBE_COMPARE_BASELINE_REASONS_H

#include <jansson.h>

#include "compare/baseline.h"

/* NULL: out of memory. All findings that there are: one that is missing was not looked for. */
json_t *baseline_reasons_json(const struct tp_run_reasons *reasons);
/* That of a role; none is fine (NULL, of older versions). Findings and waits that this version does
 * not know are passed over. */
int baseline_reasons_read(json_t *object, struct tp_run_role *role, struct tp_error *error);

#endif
