/* document.c: the report of a comparison as JSON, read back for who shows it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <jansson.h>

#include <tcpprobe/compare.h>

#include "compare/report.h"

#define HEAD_BYTES 256 /* its format is the first member */

/* Looks like one, by how it begins. */
static bool is_document(const char *path)
{
    char head[HEAD_BYTES + 1] = {0};
    struct stat status;
    FILE *file = stat(path, &status) == 0 && S_ISREG(status.st_mode) ? fopen(path, "re") : NULL;

    if (!file)
        return false;
    head[fread(head, 1, HEAD_BYTES, file)] = '\0';
    fclose(file);
    return head[strspn(head, " \t\r\n")] == '{' && strstr(head, "\"" REPORT_FORMAT "\"");
}

int tp_comparison_read(const char *path, char **text, struct tp_error *error)
{
    json_error_t wrong;
    json_t *document;
    const char *format = "";
    int version = 0;

    *text = NULL;
    if (!is_document(path))
        return 0;
    document = json_load_file(path, JSON_REJECT_DUPLICATES, &wrong);
    if (!document) {
        tp_error_set(error, TP_ERR_FORMAT, "%s", wrong.text);
        tp_error_at(error, path, wrong.line > 0 ? (uint64_t)wrong.line : 0, 0);
        return error->code;
    }
    json_unpack(document, "{s:s, s:i}", "format", &format, "version", &version);
    if (strcmp(format, REPORT_FORMAT) != 0 || version != REPORT_VERSION) {
        tp_error_set(error, TP_ERR_UNSUPPORTED, "a comparison of version %d, not %d", version,
                     REPORT_VERSION);
        tp_error_at(error, path, 0, 0);
    } else {
        *text = json_dumps(document, JSON_COMPACT);
        if (!*text)
            tp_error_nomem(error);
    }
    json_decref(document);
    return *text ? 0 : error->code;
}
