/* formula.h: texts that a spreadsheet runs.
 *
 * It takes a field of CSV that begins with one of = + - @, a tab or a line end for a formula, which
 * may start programs and fetch addresses; quotes around the field do not hinder it (CWE-1236). */
#ifndef TCPPROBE_BASE_FORMULA_H
#define TCPPROBE_BASE_FORMULA_H

#include <stdbool.h>
#include <stddef.h>

/* What stands before such a text in CSV: a spreadsheet takes it for the beginning of a text. */
#define FORMULA_GUARD "'"

/* Of a text that begins with none of the letters and digits that most begin with. */
bool text_runs(const char *text, size_t length);

/* A number is none, with a sign or without. */
static inline bool text_is_formula(const char *text, size_t length)
{
    return length > 0 && *text <= '@' && !(*text >= '0' && *text <= '9') && text_runs(text, length);
}

#endif
