/* command_mutator.c: for libFuzzer: changes calls of the program (call.h) by what they mean. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "change_files.h"
#include "change_words.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *one, size_t one_size, const uint8_t *two,
                                 size_t two_size, uint8_t *to, size_t room, unsigned seed);

/* A call is as long as its files; what is asked for on the command line comes later and counts. */
static void allow_length(int *argc, char ***argv)
{
    char **words = calloc((size_t)*argc + 2, sizeof *words);

    if (!words)
        abort();
    words[0] = (*argv)[0];
    words[1] = (char *)"-max_len=65536";
    memcpy(words + 2, *argv + 1, (size_t)(*argc - 1) * sizeof *words);
    *argv = words;
    ++*argc;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    allow_length(argc, argv);
    learn_options();
    return 0;
}

static const struct {
    void (*change)(struct change *change);
    unsigned weight;
} changes[] = {
    {add_option, 12},      {change_word, 8}, {add_input, 4},  {add_any_word, 2},   {drop_word, 5},
    {move_word, 2},        {repeat_word, 1}, {begin_anew, 2}, {change_command, 2}, {change_file, 8},
    {add_block_option, 4}, {add_setting, 2}, {add_file, 3},   {drop_file, 1},      {name_file, 1},
};

static void change_one(struct change *change)
{
    size_t total = 0, chosen, i;

    for (i = 0; i < sizeof changes / sizeof *changes; i++)
        total += changes[i].weight;
    chosen = pick(&change->state, total);
    for (i = 0; chosen >= changes[i].weight; i++)
        chosen -= changes[i].weight;
    changes[i].change(change);
}

/* What was changed may lie in data itself, so it is written elsewhere first. */
static size_t write_back(const struct change *change, uint8_t *data, size_t room)
{
    char *text = malloc(room);
    size_t length = text ? call_write(&change->call, text, room) : 0;

    if (length)
        memcpy(data, text, length);
    free(text);
    return length;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned seed)
{
    static uint8_t file[2 * CHANGE_FILE_BYTES];
    struct change change = {.state = seed, .file = file};
    size_t length;
    unsigned times = 1 + (unsigned)pick(&change.state, 4);

    while (times--) {
        change.used = 0;
        call_read(&change.call, (char *)data, size);
        if (change.call.word_count)
            change_one(&change);
        else
            begin_anew(&change);
        length = write_back(&change, data, room);
        size = length ? length : size;
    }
    return size;
}

/* The first words of one, the last of two, and the files of both. */
size_t LLVMFuzzerCustomCrossOver(const uint8_t *one, size_t one_size, const uint8_t *two,
                                 size_t two_size, uint8_t *to, size_t room, unsigned seed)
{
    uint64_t state = seed;
    struct call a, b;
    size_t from;

    call_read(&a, (const char *)one, one_size);
    call_read(&b, (const char *)two, two_size);
    a.word_count = a.word_count ? 1 + pick(&state, a.word_count) : 0;
    for (from = b.word_count ? 1 + pick(&state, b.word_count) : 0;
         from < b.word_count && a.word_count < CALL_WORDS; from++)
        a.words[a.word_count++] = b.words[from];
    for (from = 0; from < b.file_count && a.file_count < CALL_FILES; from++)
        a.files[a.file_count++] = b.files[from];
    return call_write(&a, (char *)to, room);
}
