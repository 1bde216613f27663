/* out.c: standard output for rows: tables are as wide as COLUMNS says, or the terminal is. In a
 * pipe each row is one line. */
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/units.h"
#include "cli/common.h"

#define COLUMNS_MAX 100000

static size_t columns_of_terminal(void)
{
    struct winsize size;

    return isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

struct tp_out *cli_out_new(struct tp_error *error)
{
    struct tp_out *out = tp_out_new(STDOUT_FILENO, "standard output", error);
    const char *text = getenv("COLUMNS");
    uint64_t columns;

    if (!out)
        return NULL;
    if (!text || !tp_units_parse_count(text, COLUMNS_MAX, &columns) || columns == 0)
        columns = columns_of_terminal();
    tp_out_limit(out, columns);
    return out;
}
