/* log_file.c: where a log goes. */
#include <string.h>

#include "base/phrase.h"
#include "cli/log_file.h"

error_t log_file_parse_number(const char *option, const char *text, uint64_t max, uint64_t *number)
{
    error_t rc = cli_parse_count(option, text, max, number);

    return rc || *number ? rc : cli_bad_option("%s: 0 is too few", option);
}

static error_t parse_output(struct tp_recorder_options *wanted, const char *text)
{
    size_t length = strlen(text);

    if (!length)
        return cli_bad_option("--output: the name is empty");
    wanted->output = strcmp(text, "-") == 0 ? NULL : text;
    wanted->gzip = tp_ends_in(text, length, ".gz");
    return 0;
}

error_t log_file_parse(int key, const char *arg, struct tp_recorder_options *wanted)
{
    uint64_t number;
    error_t rc;

    switch (key) {
    case 'o':
        return parse_output(wanted, arg);
    case 'C':
        return cli_parse_size("--part-size", arg, 1, 16 * 1024, &wanted->part_bytes);
    case 'G':
        return cli_parse_span("--part-time", arg, &wanted->part_ns);
    case 'W':
        rc = log_file_parse_number("--parts", arg, 100000, &number);
        if (!rc)
            wanted->parts_max = (unsigned)number;
        return rc;
    case LOG_FILE_FORCE:
        wanted->force = true;
        if (wanted->existing == TP_EXISTING_REFUSED)
            wanted->existing = TP_EXISTING_REPLACED;
        return 0;
    case LOG_FILE_NO_CLEAR:
        wanted->existing = TP_EXISTING_CONTINUED;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

error_t log_file_check(const struct tp_recorder_options *wanted)
{
    bool has_parts = wanted->part_bytes || wanted->part_ns;

    if (has_parts && !wanted->output)
        return cli_bad_option("--part-size and --part-time need a file: --output FILE");
    if (wanted->existing == TP_EXISTING_CONTINUED && !wanted->output)
        return cli_bad_option("--no-clear appends to a log: name it with --output FILE");
    if (wanted->parts_max && !has_parts)
        return cli_bad_option("--parts needs --part-size or --part-time");
    return 0;
}
