/* printed.h: how the text of a kernel event shows its fields.
 *
 * A record knows what the text says, a kernel filter what the event holds: only where both are the
 * same value can one be asked for the other. The print fmt of the event tells which:
 *
 *     "family=%s sport=%hu ... ooo=%u", __print_symbolic(REC->family, ...), REC->sport, ...
 */
#ifndef TCPPROBE_FILTER_PRINTED_H
#define TCPPROBE_FILTER_PRINTED_H

#include <tcpprobe/filter.h>

enum printed_form {
    PRINTED_NOT,     /* there is no such word in the text */
    PRINTED_DECIMAL, /* the field's value */
    PRINTED_HEX,
    PRINTED_NAME,          /* a name of the field's value */
    PRINTED_NAME_UNLESS_0, /* no value if the field is 0 */
    PRINTED_OTHERWISE      /* in a way that is not understood */
};

struct printed {
    enum printed_form form;
    const struct tp_kernel_field *field; /* NULL where it is not, or otherwise, printed */
};

/* The word "key=..." of the event's text. */
struct printed printed_find(const struct tp_kernel_event *event, const char *key);

/* Does the text name both ends of a connection? */
bool printed_connection(const struct tp_kernel_event *event);

/* A single integer of the event by its name; NULL if there is none. */
const struct tp_kernel_field *kernel_integer(const struct tp_kernel_event *event, const char *name);

#endif
