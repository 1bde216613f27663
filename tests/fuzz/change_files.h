/* change_files.h: changes of the files of a call: byte by byte, or by what a file is: a block of a
 * pcapng gets an option, a line of settings is added. */
#ifndef TCPPROBE_TESTS_CHANGE_FILES_H
#define TCPPROBE_TESTS_CHANGE_FILES_H

#include <stdio.h>

#include "cli/compare.h"

#include "call_change.h"
#include "sandbox.h"

/* The file that is to be changed, its bytes copied to change->file; NULL if there is none. */
static inline struct call_file *some_file(struct change *change, size_t *length)
{
    struct call_file *file = &change->call.files[pick(&change->state, change->call.file_count)];

    if (!change->call.file_count || file->held.length > CHANGE_FILE_BYTES)
        return NULL;
    *length = file->held.length;
    memcpy(change->file, file->held.at, *length);
    return file;
}

static inline void set_held(struct change *change, struct call_file *file, size_t length)
{
    file->held = (struct call_bytes){(const char *)change->file, length};
}

static inline void change_file(struct change *change)
{
    size_t length;
    struct call_file *file = some_file(change, &length);

    if (file)
        set_held(change, file, LLVMFuzzerMutate(change->file, length, CHANGE_FILE_BYTES));
}

static inline uint32_t block_number(const uint8_t *at, bool big)
{
    uint32_t number = 0;

    for (unsigned i = 0; i < 4; i++)
        number |= (uint32_t)at[i] << 8 * (big ? 3 - i : i);
    return number;
}

static inline void set_block_number(uint8_t *at, uint32_t number, bool big)
{
    for (unsigned i = 0; i < 4; i++)
        at[i] = (uint8_t)(number >> 8 * (big ? 3 - i : i));
}

/* Where a block of a pcapng begins; `length` if it is none. *big: the order of its bytes. */
static inline size_t some_block(struct change *change, size_t length, bool *big)
{
    size_t chosen = length, at = 0, count = 0, block;

    *big = false;
    for (; length - at >= 12; at += block) {
        if (memcmp(change->file + at, "\x0a\x0d\x0d\x0a", 4) == 0)
            *big = change->file[at + 8] == 0x1a;
        block = block_number(change->file + at + 4, *big);
        if (block < 12 || block % 4 || block > length - at)
            break;
        if (pick(&change->state, ++count) == 0)
            chosen = at;
    }
    return chosen;
}

/* Before the end of a block: an option of any block (draft-ietf-opsawg-pcapng), with any value. */
static inline void add_block_option(struct change *change)
{
    static const uint8_t codes[] = {0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 0xff};
    size_t length, at, own;
    struct call_file *file = some_file(change, &length);
    char value[VALUE_BYTES];
    uint8_t *end;
    uint32_t block;
    bool big;

    if (!file || (at = some_block(change, length, &big)) == length)
        return;
    block = block_number(change->file + at + 4, big);
    make_value(change, pick(&change->state, 2) ? "STRANGE" : "N", value);
    own = 4 + (strlen(value) + 3) / 4 * 4;
    end = change->file + at + block - 4;
    memmove(end + own, end, length - at - block + 4);
    memset(end, 0, own);
    end[big] = codes[pick(&change->state, sizeof codes)];
    end[2 + big] = (uint8_t)strlen(value);
    memcpy(end + 4, value, strlen(value));
    set_block_number(change->file + at + 4, block + (uint32_t)own, big);
    set_block_number(end + own, block + (uint32_t)own, big);
    set_held(change, file, length + own);
}

/* One setting of compare; of those that are on the command line and in files. */
static inline void add_setting(struct change *change)
{
    size_t length, count = 0;
    struct call_file *file = some_file(change, &length);
    const struct argp_option *setting;
    char value[VALUE_BYTES];

    while (compare_settings[count].name || compare_settings[count].doc)
        count++;
    setting = &compare_settings[pick(&change->state, count)];
    if (!file || !setting->name)
        return;
    make_value(change, setting->arg ? setting->arg : "STRANGE", value);
    length += (size_t)snprintf((char *)change->file + length, 2 * VALUE_BYTES, "%s = %s\n",
                               setting->name, value);
    set_held(change, file, length);
}

static inline void copy_seed(struct change *change, struct call_file *file)
{
    const struct sandbox_seed *seed = &sandbox_seeds[pick(&change->state, SANDBOX_SEEDS)];
    gzFile in = gzopen(seed->path, "rb");
    int length = in ? gzread(in, change->file, CHANGE_FILE_BYTES) : 0;

    if (in)
        gzclose(in);
    set_held(change, file, length > 0 ? (size_t)length : 0);
}

static inline void add_file(struct change *change)
{
    struct call *call = &change->call;
    struct call_file *file;
    char value[VALUE_BYTES];

    if (call->file_count == CALL_FILES)
        return;
    file = &call->files[call->file_count++];
    make_value(change, "OWN", value);
    file->name = keep(change, value, strlen(value));
    file->held = (struct call_bytes){"", 0};
    if (pick(&change->state, 4))
        copy_seed(change, file);
    if (pick(&change->state, 2))
        add_word(change, call->word_count, value);
}

static inline void drop_file(struct change *change)
{
    struct call *call = &change->call;
    size_t place = pick(&change->state, call->file_count);

    if (call->file_count)
        memmove(&call->files[place], &call->files[place + 1],
                (--call->file_count - place) * sizeof *call->files);
}

static inline void name_file(struct change *change)
{
    char value[VALUE_BYTES];

    if (!change->call.file_count)
        return;
    make_value(change, "OWN", value);
    change->call.files[pick(&change->state, change->call.file_count)].name =
        keep(change, value, strlen(value));
}

#endif
