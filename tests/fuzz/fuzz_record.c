/* fuzz_record.c: any record can be written as text, into any buffer, within its bounds. */
#include <stdlib.h>
#include <string.h>

#include <tcpprobe/record.h>

#include "fuzz.h"

/* The first byte is the size of the buffer, the next 8 say which fields are present, then come the
 * members' bytes, and what is left is the text of REASON, COMM and
 * WORDS. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tp_record record = {0};
    struct tp_text rest;
    size_t room, length, text_size;
    char *text;
    int field;

    if (size < 9)
        return 0;
    text_size = data[0] + (size_t)1;
    memcpy(&record.have, data + 1, 8);
    data += 9;
    size -= 9;
    room = sizeof record - offsetof(struct tp_record, snd_nxt);
    length = size < room ? size : room;
    memcpy((char *)&record + offsetof(struct tp_record, snd_nxt), data, length);
    rest = (struct tp_text){(const char *)data + length, (uint32_t)(size - length)};
    record.reason = rest;
    record.comm = rest;
    record.words = rest;

    text = malloc(text_size);
    if (!text)
        return 0;
    for (field = 0; field < TP_FIELD_COUNT; field++) {
        length = tp_record_text(&record, field, text, text_size);
        if (length >= text_size || strlen(text) != length)
            abort();
        if (!(record.have & (UINT64_C(1) << field)) && length)
            abort();
    }
    free(text);
    tp_field_find((const char *)data, size);
    tp_kind_find((const char *)data, size);
    tp_tcp_state_find((const char *)data, size);
    return 0;
}
