/* error.h: how every function of the library says what went wrong.
 *
 * Functions that can fail return a negative `enum tp_code` (or NULL) and fill the struct tp_error
 * that the caller passed. The first error wins: a second tp_error_set() on the same struct is
 * ignored, so a clean-up path cannot hide the cause. Passing NULL for the error is always allowed.
 * The library never prints; only the command line does.
 *
 * Threads: a struct tp_error belongs to who made it; one thread uses it at a time. There is no
 * error that threads share.
 */
#ifndef TCPPROBE_ERROR_H
#define TCPPROBE_ERROR_H

#include <stddef.h>
#include <stdint.h>

#include <tcpprobe/version.h>

#ifdef __cplusplus
extern "C" {
#endif

enum tp_code {
    TP_OK = 0,
    TP_ERR_USAGE = -1,       /* the caller's words or arguments are wrong */
    TP_ERR_NOMEM = -2,       /* an allocation failed */
    TP_ERR_IO = -3,          /* the operating system refused; sys_errno says why */
    TP_ERR_FORMAT = -4,      /* the input is not what it should be */
    TP_ERR_LIMIT = -5,       /* a fixed bound was reached */
    TP_ERR_UNSUPPORTED = -6, /* a feature that this build or machine does not have */
    TP_ERR_STOPPED = -7      /* a callback of the caller asked to stop */
};

struct tp_error {
    enum tp_code code;
    int sys_errno;    /* 0 unless the operating system was the cause */
    char source[192]; /* file name or "" (a long name keeps its tail); "-" is standard input */
    uint64_t line;    /* 1-based; 0 where no line is meant */
    unsigned column;  /* 1-based; 0 where no column is meant */
    char text[512];   /* one clear sentence: lower case, no full stop, no newline */
};

#define TP_ERROR_INIT                                                                              \
    {                                                                                              \
        TP_OK, 0, "", 0, 0, ""                                                                     \
    }

/* Forgets what was set; the struct may be used again. */
void tp_error_clear(struct tp_error *error);

/* Sets code and sentence unless an error is already set. What a terminal would obey or could not
 * show, in the text and in the source, is written as \x1b. Returns code, always, so that a caller
 * can write `return tp_error_set(...)`. */
int tp_error_set(struct tp_error *error, enum tp_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same with code TP_ERR_IO: appends ": " and the C library's words for sys_errno. */
int tp_error_sys(struct tp_error *error, int sys_errno, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* TP_ERR_NOMEM with the standard sentence "out of memory". */
int tp_error_nomem(struct tp_error *error);

/* Adds a position to an error that has none yet; any of source (NULL), line and column (0) may be
 * left out. */
void tp_error_at(struct tp_error *error, const char *source, uint64_t line, unsigned column);

/* "SOURCE:LINE:COLUMN: sentence", leaving out what is not known, into buf (NUL-terminated, cut to
 * size). Returns the length that was written. */
size_t tp_error_format(const struct tp_error *error, char *buf, size_t size);

#ifdef __cplusplus
}
#endif

#endif
