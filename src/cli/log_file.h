/* log_file.h: options of those that write a log: -o, --force, --no-clear, --part-size,
 * --part-time, --parts. */
#ifndef TCPPROBE_CLI_LOG_FILE_H
#define TCPPROBE_CLI_LOG_FILE_H

#include <tcpprobe/recorder.h>

#include "cli/common.h"

enum { LOG_FILE_FORCE = 0x6f00, LOG_FILE_NO_CLEAR };

/* The rows of a struct argp_option, in that group of its help. */
#define LOG_FILE_OPTIONS(group)                                                                    \
    {"output",                                                                                     \
     'o',                                                                                          \
     "FILE",                                                                                       \
     0,                                                                                            \
     "write to FILE instead of standard output, gzipped if its name ends in .gz",                  \
     group},                                                                                       \
        {"force",                                                                                  \
         LOG_FILE_FORCE,                                                                           \
         NULL,                                                                                     \
         0,                                                                                        \
         "replace FILE if it is there; trace takes a buffer as large as asked for, too",           \
         group},                                                                                   \
        {"no-clear",                                                                               \
         LOG_FILE_NO_CLEAR,                                                                        \
         NULL,                                                                                     \
         0,                                                                                        \
         "put the log behind that which FILE holds, with a head of its own",                       \
         group},                                                                                   \
        {"part-size",                                                                              \
         'C',                                                                                      \
         "SIZE",                                                                                   \
         0,                                                                                        \
         "begin a new file when one has SIZE bytes (k, M, G): FILE becomes NAME-0001.log.gz and "  \
         "so on, behind those that are there",                                                     \
         group},                                                                                   \
        {"part-time", 'G', "TIME", 0, "begin a new file after TIME", group},                       \
    {                                                                                              \
        "parts", 'W', "N", 0,                                                                      \
            "keep only the last N whole ones of these files, and the one that is written", group   \
    }

/* 0, what cli_bad_option() returns, or ARGP_ERR_UNKNOWN of another key. */
error_t log_file_parse(int key, const char *arg, struct tp_recorder_options *wanted);
/* When all are known. */
error_t log_file_check(const struct tp_recorder_options *wanted);
/* A number that is not 0. */
error_t log_file_parse_number(const char *option, const char *text, uint64_t max, uint64_t *number);

#endif
