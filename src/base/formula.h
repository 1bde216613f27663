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

/* A number is none, with a sign or without. */
bool text_is_formula(const char *text, size_t length);

#endif
