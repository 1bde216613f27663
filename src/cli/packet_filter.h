/* packet_filter.h: what --filter of `packets` can ask beside the fields of records: findings, which
 * stand alone, and what else is said of a packet. */
#ifndef TCPPROBE_CLI_PACKET_FILTER_H
#define TCPPROBE_CLI_PACKET_FILTER_H

#include <tcpprobe/filter.h>

#include "cli/packet_row.h"

#define PACKET_WORDS_MAX 128

struct packet_words {
    const char *names[PACKET_WORDS_MAX];
    const char *const *texts[PACKET_WORDS_MAX];
    size_t columns[PACKET_WORDS_MAX]; /* of packet_columns, where it is one */
    struct tp_filter_words words;
};

/* Must live until the filter is parsed and as long as it is asked. */
void packet_words_init(struct packet_words *words);

/* The pass lets go what matches, as far as it is in the window: of a row. */
struct packet_question {
    const struct packet_words *words;
    struct packet_row *row;
};

/* A tp_filter_figure; context: struct packet_question. */
bool packet_words_answer(void *context, size_t index, union tp_filter_value *value);

/* The words with what they mean, on stdout. */
void packet_words_list(void);

#endif
