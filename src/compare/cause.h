/* cause.h: what a change means, where that follows.
 *
 * A cause is a claim. It is made only if every metric that could speak for another one was measured
 * on both sides and speaks against it: a metric that did not change counts as steady only where it
 * is shown to be the same within its limit (or, exact ones, where it is equal), and what is absent
 * or undecided counts for nothing. Otherwise the answer says what moved and what did not, and no
 * more.
 */
#ifndef TCPPROBE_COMPARE_CAUSE_H
#define TCPPROBE_COMPARE_CAUSE_H

#include <tcpprobe/compare.h>

/* How a metric stands. */
enum stand { STAND_UNKNOWN = 1, STAND_STEADY = 2, STAND_DOWN = 4, STAND_UP = 8 };

enum stand cause_stand(const struct tp_compare_row *row);

/* Of a role that changed: a clause, NULL where none follows. */
const char *cause_of(const struct tp_comparison *comparison, const struct tp_compare_role *role);

#endif
