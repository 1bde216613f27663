/* fuzz_cli.c: any command line ends with a status that the manual names, and never leaves the
 * process. The input is the words, one a line. Words with a slash are left out, so that no file
 * outside the source tree's top folder is read and none but there is written.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "fuzz.h"

#define WORDS_MAX 64

/* What the command says goes nowhere; the sanitizers keep descriptor 2. */
struct silence {
    int input, output;
    FILE *messages;
};

static void be_silent(struct silence *silence)
{
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);

    fflush(stdout);
    silence->input = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    silence->output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    silence->messages = stderr;
    stderr = fopen("/dev/null", "w");
    if (nowhere < 0 || !stderr || dup2(nowhere, STDIN_FILENO) < 0 ||
        dup2(nowhere, STDOUT_FILENO) < 0)
        abort();
    close(nowhere);
}

static void speak_again(struct silence *silence)
{
    fflush(stdout);
    fclose(stderr);
    stderr = silence->messages;
    if (silence->input >= 0) {
        dup2(silence->input, STDIN_FILENO);
        close(silence->input);
    }
    dup2(silence->output, STDOUT_FILENO);
    close(silence->output);
}

/* Cuts text into argv, which ends in NULL; returns the number of words. */
static int split(char *text, char *argv[WORDS_MAX + 1])
{
    char *word, *rest = text;
    int count = 0;

    while (count < WORDS_MAX && (word = strsep(&rest, "\n")))
        if (!strchr(word, '/'))
            argv[count++] = word;
    argv[count] = NULL;
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char program[] = "tcpprobe", *argv[WORDS_MAX + 2] = {program};
    struct silence silence;
    char *text = malloc(size + 1);
    int count, status;

    if (!text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    count = split(text, argv + 1);
    be_silent(&silence);
    status = cli_main(count + 1, argv);
    speak_again(&silence);
    if (status < CLI_FINE || status > CLI_UNDECIDED)
        abort();
    free(text);
    return 0;
}
