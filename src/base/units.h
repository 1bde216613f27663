/* units.h: durations, sizes, rates and counts as text, both ways.
 *
 * Formats are fixed: SI prefixes (k = 1000), a decimal point, no locale. Every printer writes a
 * NUL-terminated text, cut to size, and returns its length; 32 bytes always suffice.
 */
#ifndef TCPPROBE_BASE_UNITS_H
#define TCPPROBE_BASE_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "2.5", "2.5s", "100ms", "10us", "5ns", "1.5min", "2h" into nanoseconds; without a unit it is
 * seconds. Decimals beyond the ninth are dropped. False if it is anything else, negative or does
 * not fit. */
bool tp_units_parse_duration(const char *text, int64_t *ns);

/* Decimal digits only. False if it is anything else or above max. */
bool tp_units_parse_count(const char *text, uint64_t max, uint64_t *count);

/* "64k", "8M", "8MiB", "1G": binary multiples, so that k, K, KB and KiB all are 1024; a plain number
 * counts in multiples of plain. False if it is anything else or does not fit. */
bool tp_units_parse_bytes(const char *text, uint64_t plain, uint64_t *bytes);

/* Four significant digits and a prefix: "37", "14.95M", "1.234k", "0.02". */
size_t tp_units_si(double value, char *buf, size_t size);

/* The same with its unit: "14.95 MB", "37 B", "19.85 Mbit/s". */
size_t tp_units_si_unit(double value, const char *unit, char *buf, size_t size);

/* Seconds with a fixed number of decimals (0 to 9), rounded half away from zero: "6.005". */
size_t tp_units_seconds(int64_t ns, unsigned decimals, char *buf, size_t size);

/* A duration as a person says it: "12.00 s", "3.50 ms", "850 ns", "2 min 05 s". */
size_t tp_units_duration(int64_t ns, char *buf, size_t size);

#endif
