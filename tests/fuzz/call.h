/* call.h: a whole call of the program as one text: the words after its name, a line each, then the
 * files that they name.
 *
 *     compare
 *     --config
 *     mine.conf
 *     a.log.gz
 *     --
 *     b.log.gz
 *     @file mine.conf
 *     alpha = 0.1
 *     @file b.log.gz
 *     ...
 *
 * A file's bytes end before the line end in front of the next mark. One whose name ends in .gz is
 * meant to be compressed when it is made, so that a fuzzer changes what is in it; one called - is
 * standard input.
 */
#ifndef TCPPROBE_TESTS_CALL_H
#define TCPPROBE_TESTS_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define CALL_WORDS 40
#define CALL_FILES 6
#define CALL_MARK  "\n@file "

struct call_bytes {
    const char *at; /* whoever made the call keeps them */
    size_t length;
};

struct call_file {
    struct call_bytes name, held;
};

struct call {
    struct call_bytes words[CALL_WORDS];
    size_t word_count;
    struct call_file files[CALL_FILES];
    size_t file_count;
};

/* Takes what stands before the first `end` off *rest, and that, too; all where there is none. */
static inline struct call_bytes call_take(struct call_bytes *rest, const char *end)
{
    const char *found = memmem(rest->at, rest->length, end, strlen(end));
    struct call_bytes taken = {rest->at, found ? (size_t)(found - rest->at) : rest->length};
    size_t gone = taken.length + (found ? strlen(end) : 0);

    rest->at += gone;
    rest->length -= gone;
    return taken;
}

/* Any text is a call; words and files beyond the most are left out. */
static inline void call_read(struct call *call, const char *text, size_t length)
{
    struct call_bytes rest = {text, length}, words = call_take(&rest, CALL_MARK);
    struct call_file *file;

    call->word_count = call->file_count = 0;
    while (words.length && call->word_count < CALL_WORDS)
        call->words[call->word_count++] = call_take(&words, "\n");
    while (rest.length && call->file_count < CALL_FILES) {
        file = &call->files[call->file_count++];
        file->held = call_take(&rest, CALL_MARK);
        file->name = call_take(&file->held, "\n");
    }
}

struct call_writer {
    char *to;
    size_t length, room;
    bool full;
};

static inline void call_put(struct call_writer *writer, const char *bytes, size_t length)
{
    writer->full |= length > writer->room - writer->length;
    if (writer->full || !length)
        return;
    memmove(writer->to + writer->length, bytes, length);
    writer->length += length;
}

/* Returns how many bytes were written, 0 where they do not fit. */
static inline size_t call_write(const struct call *call, char *to, size_t room)
{
    struct call_writer writer = {.to = to, .room = room};

    for (size_t i = 0; i < call->word_count; i++) {
        call_put(&writer, "\n", i > 0);
        call_put(&writer, call->words[i].at, call->words[i].length);
    }
    for (size_t i = 0; i < call->file_count; i++) {
        call_put(&writer, CALL_MARK, strlen(CALL_MARK));
        call_put(&writer, call->files[i].name.at, call->files[i].name.length);
        call_put(&writer, "\n", 1);
        call_put(&writer, call->files[i].held.at, call->files[i].held.length);
    }
    return writer.full ? 0 : writer.length;
}

#endif
