/* replay.c: runs a fuzz target over its corpus, once, with any compiler; speaks TAP.
 *
 * The program is called replay_NAME and reads tests/fuzz/corpus/NAME, or the files that are named
 * on the command line (a finding, say). It is meant to be built with sanitizers: they end the
 * program at the first error, and the name of the input is then the last thing it says.
 */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"

#define SECONDS_PER_INPUT 20

static char current[4096]; /* the input at work, for the handlers below */

static void say_current(void)
{
    static const char words[] = "# this input: ";

    (void)!write(STDERR_FILENO, words, sizeof words - 1);
    (void)!write(STDERR_FILENO, current, strlen(current));
    (void)!write(STDERR_FILENO, "\n", 1);
}

static void give_up(int signal_number)
{
    say_current();
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#define ON_SANITIZER_ERROR() __sanitizer_set_death_callback(say_current)
#else
#define ON_SANITIZER_ERROR() (void)0
#endif

/* Each input lives in memory of exactly its size, so that reading beyond it is seen. */
static int replay(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = NULL;
    long size = -1;
    int rc = -1;

    if (!file)
        return -1;
    snprintf(current, sizeof current, "%s", path);
    if (!fseek(file, 0, SEEK_END))
        size = ftell(file);
    if (size < 0 || fseek(file, 0, SEEK_SET))
        goto out;
    data = malloc((size_t)size);
    if ((!data && size) || fread(data, 1, (size_t)size, file) != (size_t)size)
        goto out;
    alarm(SECONDS_PER_INPUT);
    LLVMFuzzerTestOneInput(data, (size_t)size);
    alarm(0);
    rc = 0;
out:
    free(data);
    fclose(file);
    return rc;
}

static int is_input(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int replay_corpus(const char *name)
{
    struct dirent **entries;
    char path[4096];
    int i, count, failed = 0;

    snprintf(path, sizeof path, "tests/fuzz/corpus/%s", name);
    count = scandir(path, &entries, is_input, alphasort);
    for (i = 0; i < count; i++) {
        snprintf(path, sizeof path, "tests/fuzz/corpus/%s/%s", name, entries[i]->d_name);
        if (replay(path) < 0) {
            printf("# cannot read %s\n", path);
            failed++;
        }
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    printf("%s 1 - %s: %d inputs\n1..1\n", count > 0 && !failed ? "ok" : "not ok", name,
           count < 0 ? 0 : count);
    return count > 0 && !failed ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    const char *name = strstr(argv[0], "replay_");
    int i;

    ON_SANITIZER_ERROR();
    signal(SIGALRM, give_up);
    signal(SIGABRT, give_up);
    if (argc == 1)
        return replay_corpus(name ? name + strlen("replay_") : "");
    for (i = 1; i < argc; i++) {
        if (replay(argv[i]) < 0) {
            perror(argv[i]);
            return EXIT_FAILURE;
        }
    }
    return EXIT_SUCCESS;
}
