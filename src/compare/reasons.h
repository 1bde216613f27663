/* reasons.h: why connections were slow, run by run, and what of that differs between the sides. */
#ifndef TCPPROBE_COMPARE_REASONS_H
#define TCPPROBE_COMPARE_REASONS_H

#include "compare/sender.h"

/* What is found of the senders of a role. 0 or TP_ERR_NOMEM. run_reasons.c */
int role_reasons(struct tp_run_role *role, struct sender *senders, size_t count);
void role_reasons_free(struct tp_run_reasons *reasons); /* NULL is fine */

/* Fills the reasons of a role. reasons.c */
void compare_reasons(const struct tp_comparison *comparison, struct tp_compare_role *role);
/* What is worth a word of it: how many differ; they stand first. */
size_t reasons_changed(const struct tp_compare_reasons *reasons);

#endif
