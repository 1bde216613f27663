/* sides.h: two sides of made-up runs (run_maker.h), and what comes of comparing them. */
#ifndef TCPPROBE_TESTS_SIDES_H
#define TCPPROBE_TESTS_SIDES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "run_maker.h"

struct sides {
    struct tp_run *base, *fresh;
    size_t base_count, new_count;
    struct tp_compare_options options;
    struct tp_comparison answer;
};

static inline struct sides sides_of(size_t base_count, size_t new_count)
{
    return (struct sides){.base = made_runs(base_count, 1, 0.01),
                          .fresh = made_runs(new_count, 2, 0.01),
                          .base_count = base_count,
                          .new_count = new_count};
}

static inline void compare(struct sides *sides)
{
    struct tp_error error = TP_ERROR_INIT;

    tp_comparison_release(&sides->answer);
    assert_int_equal(tp_compare(&sides->answer, sides->base, sides->base_count, sides->fresh,
                                sides->new_count, &sides->options, &error),
                     TP_OK);
}

static inline void release(struct sides *sides)
{
    tp_comparison_release(&sides->answer);
    free_runs(sides->base, sides->base_count);
    free_runs(sides->fresh, sides->new_count);
}

static inline const struct tp_compare_row *row_of(const struct sides *sides,
                                                  enum tp_compare_id metric)
{
    return &sides->answer.roles[0].rows[metric];
}

static inline void expect(struct sides *sides, enum tp_compare_verdict verdict,
                          enum tp_change change, const char *why)
{
    compare(sides);
    if (sides->answer.verdict != verdict || sides->answer.change != change ||
        !strstr(sides->answer.why, why))
        fail_msg("%s %s: %s; wanted %s %s: %s", tp_compare_verdict_name(sides->answer.verdict),
                 tp_change_name(sides->answer.change), sides->answer.why,
                 tp_compare_verdict_name(verdict), tp_change_name(change), why);
}

#endif
