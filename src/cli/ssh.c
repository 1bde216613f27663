/* ssh.c: looks for SSH_CONNECTION ("CLIENT PORT SERVER PORT", sshd(8)) in our environment and,
 * because sudo cleans that, in those of the processes that started us. */
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/units.h"
#include "cli/trace.h"

#define VARIABLE        "SSH_CONNECTION="
#define CONNECTION_MAX  128
#define GENERATIONS_MAX 32

static bool is_address(const char *text)
{
    unsigned char address[16];

    return inet_pton(AF_INET, text, address) == 1 || inet_pton(AF_INET6, text, address) == 1;
}

/* Takes the four words; only what can be nothing else becomes part of an expression. */
static char *expression_of(const char *connection)
{
    char client[64], server[64], *expression;
    char client_port[8], server_port[8];
    uint64_t number;

    if (sscanf(connection, "%63s %7s %63s %7s", client, client_port, server, server_port) != 4 ||
        !is_address(client) || !is_address(server) ||
        !tp_units_parse_count(client_port, UINT16_MAX, &number) ||
        !tp_units_parse_count(server_port, UINT16_MAX, &number))
        return NULL;
    if (asprintf(&expression, "host %s and port %s and host %s and port %s", client, client_port,
                 server, server_port) < 0)
        return NULL;
    return expression;
}

/* The variable in the environment that process was started with. */
static bool read_variable(const char *proc, long process, char connection[CONNECTION_MAX])
{
    char path[256], *line = NULL;
    size_t size = 0;
    bool found = false;
    FILE *file;

    snprintf(path, sizeof path, "%s/%ld/environ", proc, process);
    file = fopen(path, "re");
    if (!file)
        return false;
    while (!found && getdelim(&line, &size, '\0', file) > 0)
        if (strncmp(line, VARIABLE, strlen(VARIABLE)) == 0) {
            snprintf(connection, CONNECTION_MAX, "%s", line + strlen(VARIABLE));
            found = true;
        }
    free(line);
    fclose(file);
    return found;
}

/* 0 if it has none, or cannot be asked. */
static long parent_of(const char *proc, long process)
{
    char path[256], text[512], *end;
    long parent = 0;
    FILE *file;
    size_t length;

    snprintf(path, sizeof path, "%s/%ld/stat", proc, process);
    file = fopen(path, "re");
    if (!file)
        return 0;
    length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[length] = '\0';
    end = strrchr(text, ')'); /* a task's name may be anything */
    if (!end || sscanf(end, ") %*c %ld", &parent) != 1)
        return 0;
    return parent;
}

char *ssh_find(const char *proc)
{
    char connection[CONNECTION_MAX];
    long process = getpid();
    const char *own = getenv("SSH_CONNECTION");

    if (own)
        return expression_of(own);
    for (unsigned i = 0; i < GENERATIONS_MAX && process > 1; i++) {
        process = parent_of(proc, process);
        if (process > 1 && read_variable(proc, process, connection))
            return expression_of(connection);
    }
    return NULL;
}
