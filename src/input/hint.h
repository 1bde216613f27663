/* hint.h: who printed what cannot be read, and how to print it so that it can.
 *
 * Options of tracefs and of tools leave out what a record needs (a time, addresses). Each such form
 * has one line here; nothing else depends on it, so a wrong guess costs no more than a sentence.
 */
#ifndef TCPPROBE_INPUT_HINT_H
#define TCPPROBE_INPUT_HINT_H

/* About a line of no known form. NULL if it is not known either. The text is constant. */
const char *hint_of_line(const char *at, const char *end);

/* About the message of an event that is known but for its fields. */
const char *hint_of_message(const char *at, const char *end);

#endif
