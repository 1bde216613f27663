/* sentence.h: what is said of a role, in sentences that an engineer can check. */
#ifndef TCPPROBE_COMPARE_SENTENCE_H
#define TCPPROBE_COMPARE_SENTENCE_H

#include "compare/decide.h"

/* Each writes why: of one row that changed or is undecided ... */
void say_row(const struct tp_comparison *comparison, struct tp_compare_row *row);

/* ... and of the role: what changed; that nothing did, and what change is excluded; what moved, and
 * what it takes to decide that; that so few runs cannot decide anything. */
void say_changed(const struct decision *decision);
void say_no_change(const struct decision *decision);
void say_undecided(const struct decision *decision);
void say_too_few(const struct decision *decision);
void say_no_power(const struct decision *decision);

#endif
