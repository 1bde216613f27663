/* annotated.c: blocks of pcapng, in the byte order of this machine: the first one says which. */
#include <stdlib.h>
#include <string.h>

#include <tcpprobe/annotated.h>
#include <tcpprobe/version.h>

#include "base/list.h"

#define TYPE_SECTION   UINT32_C(0x0a0d0d0a)
#define TYPE_INTERFACE UINT32_C(1)
#define TYPE_PACKET    UINT32_C(6)
#define BYTE_ORDER_MARK     UINT32_C(0x1a2b3c4d)
#define OPTION_COMMENT 1
#define OPTION_NAME    3 /* if_description */
#define OPTION_PROGRAM 4 /* shb_userappl */
#define OPTION_TSRESOL 9
#define OPTION_CUSTOM  2988
#define ENTERPRISE     UINT32_C(32473)
#define PREFIX         "tcpprobe:"
#define TEXT_MAX       32768
#define OPTIONS_MAX    65536

struct bytes {
    char *list;
    size_t count, allocated;
};

struct tp_annotated {
    struct tp_out *out, *text; /* the second writes into `json` */
    struct bytes block, options, json;
    struct interface_name {
        char *name;
        uint16_t linktype;
    } * interfaces;
    size_t interface_count;
    bool out_of_memory;
};

/* --- bytes ------------------------------------------------------------------------------------ */

static void add(struct tp_annotated *file, struct bytes *to, const void *bytes, size_t length)
{
    while (to->allocated - to->count < length)
        if (!TP_LIST_FIT(to->list, to->allocated * 2 + 256, to->allocated)) {
            file->out_of_memory = true;
            return;
        }
    memcpy(to->list + to->count, bytes, length);
    to->count += length;
}

static void add_32(struct tp_annotated *file, struct bytes *to, uint32_t number)
{
    add(file, to, &number, sizeof number);
}

/* Up to a multiple of four. */
static void pad(struct tp_annotated *file, struct bytes *to)
{
    static const char zeroes[4] = {0};

    add(file, to, zeroes, -to->count & 3);
}

static void add_option(struct tp_annotated *file, struct bytes *to, uint16_t code, uint32_t before,
                       const void *bytes, size_t length)
{
    size_t own = before ? sizeof before : 0;
    uint16_t head[2] = {code, (uint16_t)(own + length)};

    add(file, to, head, sizeof head);
    add(file, to, &before, own);
    add(file, to, bytes, length);
    pad(file, to);
}

static void add_text(struct tp_annotated *file, struct bytes *to, uint16_t code, const char *text)
{
    add_option(file, to, code, 0, text, strnlen(text, TEXT_MAX));
}

/* --- blocks ----------------------------------------------------------------------------------- */

static void begin_block(struct tp_annotated *file, uint32_t type)
{
    file->block.count = 0;
    add_32(file, &file->block, type);
    add_32(file, &file->block, 0); /* its length, which is known at its end */
}

static void end_block(struct tp_annotated *file, bool has_options)
{
    struct bytes *block = &file->block;
    uint32_t length;

    if (has_options)
        add_32(file, block, 0); /* opt_endofopt */
    length = (uint32_t)(block->count + sizeof length);
    add_32(file, block, length);
    if (file->out_of_memory) {
        tp_out_fail(file->out, TP_ERR_NOMEM, "out of memory");
        return;
    }
    memcpy(block->list + 4, &length, sizeof length);
    tp_out_bytes(file->out, block->list, block->count);
}

static void write_section(struct tp_annotated *file)
{
    const uint16_t version[2] = {1, 0};
    const uint64_t unknown = UINT64_MAX; /* length of the section */

    begin_block(file, TYPE_SECTION);
    add_32(file, &file->block, BYTE_ORDER_MARK);
    add(file, &file->block, version, sizeof version);
    add(file, &file->block, &unknown, sizeof unknown);
    add_text(file, &file->block, OPTION_COMMENT,
             "what tcpprobe says of each packet is its comment and, as JSON, its custom option");
    add_text(file, &file->block, OPTION_PROGRAM, "tcpprobe " TP_VERSION);
    end_block(file, true);
}

static void write_interface(struct tp_annotated *file, const char *name, uint16_t linktype)
{
    const uint16_t head[2] = {linktype, 0};
    const uint8_t nanoseconds = 9;

    begin_block(file, TYPE_INTERFACE);
    add(file, &file->block, head, sizeof head);
    add_32(file, &file->block, 0); /* no limit to what was captured */
    add_text(file, &file->block, OPTION_NAME, name);
    add_option(file, &file->block, OPTION_TSRESOL, 0, &nanoseconds, sizeof nanoseconds);
    end_block(file, true);
}

/* --- the file --------------------------------------------------------------------------------- */

static int keep_text(void *context, const void *bytes, size_t length)
{
    struct tp_annotated *file = context;

    add(file, &file->json, bytes, length);
    return 0;
}

struct tp_annotated *tp_annotated_new(struct tp_out *out, struct tp_error *error)
{
    struct tp_annotated *file = calloc(1, sizeof *file);

    if (!file) {
        tp_error_nomem(error);
        return NULL;
    }
    file->out = out;
    file->text = tp_out_into(keep_text, file, "a comment", error);
    if (!file->text) {
        tp_annotated_free(file);
        return NULL;
    }
    write_section(file);
    return file;
}

unsigned tp_annotated_interface(struct tp_annotated *file, const char *name, uint16_t linktype)
{
    struct interface_name *known;
    char *copy;

    for (size_t i = 0; i < file->interface_count; i++) {
        known = &file->interfaces[i];
        if (known->linktype == linktype && strcmp(known->name, name) == 0)
            return (unsigned)i;
    }
    copy = strdup(name);
    if (!copy || !TP_LIST_ONE_MORE(file->interfaces, file->interface_count)) {
        free(copy);
        tp_out_fail(file->out, TP_ERR_NOMEM, "out of memory");
        return 0;
    }
    file->interfaces[file->interface_count] = (struct interface_name){copy, linktype};
    write_interface(file, name, linktype);
    return (unsigned)file->interface_count++;
}

void tp_annotated_comment(struct tp_annotated *file, const char *comment,
                          const struct tp_rows *rows, const struct tp_value *values)
{
    size_t before = file->options.count;

    file->json.count = 0;
    add(file, &file->json, PREFIX, strlen(PREFIX));
    tp_out_json_object(file->text, rows, values);
    tp_out_finish(file->text, NULL);
    add_text(file, &file->options, OPTION_COMMENT, comment);
    if (file->json.count <= TEXT_MAX)
        add_option(file, &file->options, OPTION_CUSTOM, ENTERPRISE, file->json.list,
                   file->json.count);
    if (file->options.count > OPTIONS_MAX)
        file->options.count = before;
}

void tp_annotated_packet(struct tp_annotated *file, const struct tp_annotated_packet *packet)
{
    struct bytes *block = &file->block;

    begin_block(file, TYPE_PACKET);
    add_32(file, block, packet->interface);
    add_32(file, block, (uint32_t)(packet->wall_ns >> 32));
    add_32(file, block, (uint32_t)packet->wall_ns);
    add_32(file, block, packet->captured);
    add_32(file, block, packet->wire_len);
    add(file, block, packet->bytes, packet->captured);
    pad(file, block);
    add(file, block, file->options.list, file->options.count);
    end_block(file, file->options.count > 0);
    file->options.count = 0;
}

void tp_annotated_free(struct tp_annotated *file)
{
    if (!file)
        return;
    for (size_t i = 0; i < file->interface_count; i++)
        free(file->interfaces[i].name);
    free(file->interfaces);
    free(file->block.list);
    free(file->options.list);
    free(file->json.list);
    tp_out_free(file->text);
    free(file);
}
