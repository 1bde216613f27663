/* call_change.h: a call (call.h) that is being changed: its new parts and the random numbers. */
#ifndef TCPPROBE_TESTS_CALL_CHANGE_H
#define TCPPROBE_TESTS_CALL_CHANGE_H

#include <stdint.h>

#include "call.h"
#include "command_values.h"

#define CHANGE_FILE_BYTES 40000

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t room);

struct change {
    struct call call;
    uint64_t state; /* of the random numbers */
    char made[8 * VALUE_BYTES];
    size_t used;
    uint8_t *file; /* 2 * CHANGE_FILE_BYTES, for the one file that is changed */
};

/* A copy of text that lives as long as the change; empty where there is no room. */
static inline struct call_bytes keep(struct change *change, const char *text, size_t length)
{
    char *at = change->made + change->used;

    if (length > sizeof change->made - change->used)
        length = 0;
    memcpy(at, text, length);
    change->used += length;
    return (struct call_bytes){at, length};
}

static inline void add_word(struct change *change, size_t place, const char *text)
{
    struct call *call = &change->call;

    if (call->word_count == CALL_WORDS)
        return;
    if (place > call->word_count)
        place = call->word_count;
    memmove(&call->words[place + 1], &call->words[place],
            (call->word_count++ - place) * sizeof *call->words);
    call->words[place] = keep(change, text, strlen(text));
}

static inline void remove_word(struct change *change, size_t place)
{
    struct call *call = &change->call;

    if (place < call->word_count)
        memmove(&call->words[place], &call->words[place + 1],
                (--call->word_count - place) * sizeof *call->words);
}

static inline void make_value(struct change *change, const char *rule, char value[VALUE_BYTES])
{
    value[0] = '\0';
    value_make(value_rule(rule, strlen(rule)), 0, &change->state, value);
}

/* A place for a word behind the command's name. */
static inline size_t some_place(struct change *change)
{
    return 1 + pick(&change->state, change->call.word_count);
}

#endif
