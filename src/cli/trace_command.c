/* trace_command.c: the command line as a shell would take it again, for the log. */
#include <stdlib.h>
#include <string.h>

#include "cli/trace.h"

char *trace_command_line(const char *command, int argc, char **argv)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "-_=+,./:@%";
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    bool is_plain;

    if (!out)
        return NULL;
    fprintf(out, "tcpprobe %s", command);
    for (int i = 1; i < argc; i++) {
        is_plain = argv[i][0] && !argv[i][strspn(argv[i], plain)];
        fputs(is_plain ? " " : " '", out);
        for (const char *c = argv[i]; *c; c++)
            if (*c == '\'')
                fputs("'\\''", out);
            else
                fputc(*c, out);
        fputs(is_plain ? "" : "'", out);
    }
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}
