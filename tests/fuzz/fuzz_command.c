/* fuzz_command.c: any call of the program, with any files, ends as the manual says.
 *
 * The input is a call (call.h). It is made three times: reading alone, reading with threads, and
 * with a terminal at its end. Then must hold:
 *
 *   - the status is 0 or 2; 1 or 3 only of compare. With 2 something was said
 *   - all that is said begins with "tcpprobe: " and has nothing in it that a terminal would obey
 *   - standard output is what its format is called: JSON is JSON, and so on
 *   - the second call says, writes and leaves behind the same bytes as the first
 *   - a terminal gets the same as a file, with escapes for what it would obey
 *   - no descriptor is left open
 *
 * Nothing is traced, no program is started and no name is looked up: see --wrap in the Makefile.
 * Pictures are laid out; only small ones are drawn, since that takes long.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/visible.h"

#include "command_world.h"
#include "fuzz.h"
#include "sandbox.h"
#include "well_formed.h"

struct answer {
    int status;
    char *said, *out; /* standard error and standard output */
    size_t said_length, out_length;
    uint64_t left; /* the digest of the files */
};

/* --- one call --------------------------------------------------------------------------------- */

/* The words as C has them; text is theirs and is one byte longer than all of them with an end. */
static int make_words(const struct call *call, char *text, char **argv)
{
    int argc = 0;

    argv[argc++] = (char *)"tcpprobe";
    for (size_t i = 0; i < call->word_count; i++) {
        argv[argc] = text;
        memcpy(text, call->words[i].at, call->words[i].length);
        text += call->words[i].length;
        *text++ = '\0';
        sandbox_word(argv[argc++]);
    }
    argv[argc] = NULL;
    return argc;
}

static char *slurp(int fd, size_t *length)
{
    off_t end = lseek(fd, 0, SEEK_END);
    char *text = malloc((size_t)end + 1);

    check(end >= 0 && text && pread(fd, text, (size_t)end, 0) == end);
    *length = (size_t)end;
    return text;
}

/* cli_main() with the three standard streams of its own. */
static void run(const struct call *call, size_t size, struct answer *answer)
{
    char *text = malloc(size + 2), *argv[CALL_WORDS + 2];
    int in = open("-", O_RDONLY | O_CLOEXEC), out = memfd_create("out", MFD_CLOEXEC);
    int keep[2] = {dup(STDIN_FILENO), dup(STDOUT_FILENO)};
    FILE *err = stderr;

    if (in < 0)
        in = open("/dev/null", O_RDONLY | O_CLOEXEC);
    check(text && in >= 0 && out >= 0 && keep[0] >= 0 && keep[1] >= 0);
    fflush(stdout);
    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    stderr = open_memstream(&answer->said, &answer->said_length);
    answer->status = cli_main(make_words(call, text, argv), argv);
    fflush(stdout);
    fclose(stderr);
    stderr = err;
    answer->out = slurp(out, &answer->out_length);
    dup2(keep[0], STDIN_FILENO);
    dup2(keep[1], STDOUT_FILENO);
    close(keep[0]);
    close(keep[1]);
    close(in);
    close(out);
    free(text);
}

static struct answer ask(const struct call *call, size_t size)
{
    struct answer answer = {.said = NULL};
    int before, after;

    around.rows = around.image = false;
    around.format = "";
    sandbox_enter(call);
    before = dup(sandbox.fd);
    close(before);
    run(call, size, &answer);
    after = dup(sandbox.fd);
    close(after);
    answer.left = sandbox_leave();
    check(before == after);
    return answer;
}

/* --- what must hold --------------------------------------------------------------------------- */

static bool calls(const struct call *call, const char *command)
{
    return call->word_count && call->words[0].length == strlen(command) &&
           memcmp(call->words[0].at, command, strlen(command)) == 0;
}

static bool begins(const struct answer *answer, const char *with)
{
    return answer->said_length >= strlen(with) && memcmp(answer->said, with, strlen(with)) == 0;
}

/* Does a terminal show all of it, lines and tabs apart? */
static bool is_visible(const char *text, size_t length)
{
    const char *end = text + length, *before = text;
    char shown[4096];

    for (; text < end; before = text) {
        size_t count = visible_text(&text, end, "\n\t", shown, sizeof shown);

        if (count != (size_t)(text - before) || memcmp(before, shown, count) != 0)
            return false;
    }
    return true;
}

/* Is shown what a terminal gets of text? */
static bool is_text_made_visible(const char *shown, size_t shown_length, const char *text,
                                 size_t length)
{
    const char *end = text + length;
    char piece[4096];
    size_t count;

    while (text < end) {
        count = visible_text(&text, end, "\n\t", piece, sizeof piece);
        if (count > shown_length || memcmp(shown, piece, count) != 0)
            return false;
        shown += count;
        shown_length -= count;
    }
    return shown_length == 0;
}

/* Takes away how far the reading is, which depends on how fast it goes. */
static void drop_progress(struct answer *answer)
{
    static const char end[] = "\033[K";
    char *from, *to;

    while ((from = memchr(answer->said, '\r', answer->said_length)) &&
           (to = memmem(from, (size_t)(answer->said + answer->said_length - from), end, 3))) {
        to += strlen(end);
        memmove(from, to, (size_t)(answer->said + answer->said_length - to));
        answer->said_length -= (size_t)(to - from);
    }
}

static void judge(const struct call *call, const struct answer *answer)
{
    bool compares = calls(call, "compare");

    check(answer->status == CLI_FINE || answer->status == CLI_FAILED || compares);
    check(answer->status >= 0 && answer->status <= 3);
    check(answer->status != CLI_FAILED || answer->said_length > 0);
    check(!answer->said_length || begins(answer, "tcpprobe: ") ||
          (compares && begins(answer, "::")));
    check(!answer->said_length || answer->said[answer->said_length - 1] == '\n');
    check(is_visible(answer->said, answer->said_length));
    if (answer->status != CLI_FAILED && around.rows && !around.image)
        check(is_well_formed(around.format, answer->out, answer->out_length));
}

static void judge_same(const struct answer *first, const struct answer *second)
{
    check(first->status == second->status);
    check(first->said_length == second->said_length &&
          memcmp(first->said, second->said, first->said_length) == 0);
    check(first->out_length == second->out_length &&
          memcmp(first->out, second->out, first->out_length) == 0);
    check(first->left == second->left);
}

/* What watch draws on a terminal is a screen, not its table. */
static void judge_terminal(const struct call *call, const struct answer *first,
                           const struct answer *terminal)
{
    check(first->status == terminal->status);
    if (!around.image && !calls(call, "watch"))
        check(is_text_made_visible(terminal->out, terminal->out_length, first->out,
                                   first->out_length));
}

static void release(struct answer *answer)
{
    free(answer->said);
    free(answer->out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct answer first, second, terminal;
    struct call call;

    setenv("NO_COLOR", "1", 1);
    call_read(&call, (const char *)data, size);
    first = ask(&call, size);
    judge(&call, &first);
    around.threads = 2;
    second = ask(&call, size);
    judge_same(&first, &second);
    around.threads = 0;
    around.terminal = true;
    terminal = ask(&call, size);
    around.terminal = false;
    drop_progress(&terminal);
    judge(&call, &terminal);
    judge_terminal(&call, &first, &terminal);
    release(&first);
    release(&second);
    release(&terminal);
    return 0;
}
