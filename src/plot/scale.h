/* scale.h: from values to round ticks and short words. */
#ifndef TCPPROBE_PLOT_SCALE_H
#define TCPPROBE_PLOT_SCALE_H

#include <tcpprobe/plot.h>

/* Sets low and high (made finite and different where they are not) and where they lie on the page:
 * low_px may be above high_px. */
void tp_axis_linear(struct tp_axis *axis, double low, double high, double low_px, double high_px,
                    unsigned want);
/* The same without an SI prefix: for shares, counts and what has a prefix in its unit. */
void tp_axis_plain(struct tp_axis *axis, double low, double high, double low_px, double high_px,
                   unsigned want);
/* Decades, with 2 and 5 where there is room. low > 0. */
void tp_axis_log(struct tp_axis *axis, double low, double high, double low_px, double high_px);
/* The same with numbers that have one SI prefix in common, as those of linear axes. */
void tp_axis_decades(struct tp_axis *axis, double low, double high, double low_px, double high_px);
/* Times in seconds with their unit at every tick; `clock` for times that are no durations. */
void tp_axis_time(struct tp_axis *axis, double low, double high, double low_px, double high_px,
                  bool clock);

/* Times of the day: low is at low_wall_ns since 1970. */
void tp_axis_wall(struct tp_axis *axis, double low, double high, double low_px, double high_px,
                  int64_t low_wall_ns);

/* For those that make axes: one without ticks; a tick more, NULL where there are too many; a step
 * of round times of at least three quarters of that many seconds. */
void tp_axis_empty(struct tp_axis *axis, double low, double high);
struct tp_tick *tp_axis_add(struct tp_axis *axis, double value, double low_px, double high_px);
double tp_time_step(double seconds);

/* Of a single moment: a tick at its left end, without digits behind the point that nobody measured.
 */
void tp_axis_moment(struct tp_axis *axis, double low, double high, double low_px);
/* The same of a clock that counts ticks, each of them a nanosecond of the values. */
void tp_axis_ticks(struct tp_axis *axis, double low, double high, double low_px, double high_px);

/* Page position of a value, kept within a page's length around the axis. */
double tp_axis_px(const struct tp_axis *axis, double low_px, double high_px, double value);

/* The same, however far beyond the axis. */
double tp_axis_far_px(const struct tp_axis *axis, double low_px, double high_px, double value);

/* The SI prefix that leaves one to three digits before the point. */
struct tp_si {
    double divisor;
    const char *prefix; /* "", "k", "M", ... "m", "µ", "n" */
};

struct tp_si tp_si_for(double value);

/* Largest of 1, 2, 5 * 10^n at or below / smallest at or above a positive value. */
double tp_nice_above(double value);

/* "0.25", with as many decimals as steps of that size need, and a true minus sign. */
void tp_format_step(char *buf, size_t size, double value, double step);
/* "42.4 ms", "69.0 ms", "1.05 s": three significant digits. */
void tp_format_seconds(char *buf, size_t size, double seconds);
/* The same without trailing zeros: "50 ms". For widths of bins. */
void tp_format_width(char *buf, size_t size, double seconds);
/* "7.4k ticks" */
void tp_format_ticks(char *buf, size_t size, double ticks);

#endif
