/* words.h: the names that a filter knows, and good answers to the ones it does not. */
#ifndef TCPPROBE_FILTER_WORDS_H
#define TCPPROBE_FILTER_WORDS_H

#include "filter/lexer.h"
#include "filter/tree.h"

enum tp_vocabulary {
    TP_WORDS_SUBJECT,    /* what may stand left of an operator */
    TP_WORDS_CONNECTION, /* of these, what is not of a single event */
    TP_WORDS_PRIMITIVE,  /* value is enum tp_primitive */
    TP_WORDS_EVENT,      /* value is enum tp_kind */
    TP_WORDS_TCP_STATE,  /* value is the kernel's number, and so below */
    TP_WORDS_CONG_STATE,
    TP_WORDS_PROTOCOL,
    TP_WORDS_FAMILY,
    TP_WORDS_FLAG, /* value is a bit of the field, and so below */
    TP_WORDS_OPTION,
    TP_WORDS_ODDITY,
    TP_WORDS_NONE
};

enum tp_primitive {
    TP_PRIMITIVE_HOST,
    TP_PRIMITIVE_NET,
    TP_PRIMITIVE_PORT,
    TP_PRIMITIVE_SRC,
    TP_PRIMITIVE_DST
};

/* What a word stands for; -1 if the vocabulary does not have it. */
int tp_words_find(enum tp_vocabulary vocabulary, const struct tp_token *word);

/* The word for a value; NULL if there is none. */
const char *tp_words_name(enum tp_vocabulary vocabulary, uint64_t value);

/* Sets type, end and field of a comparison with the subject that tp_words_find() found. */
void tp_words_subject(struct tp_node *node, int subject);

/* The subject's name. */
const char *tp_words_subject_name(const struct tp_node *node);

/* What the values of a comparison are called: TP_WORDS_NONE where they have no names. */
enum tp_vocabulary tp_words_of_values(const struct tp_node *node);

/* Are its words bits, which may be joined by '|'? */
bool tp_words_are_bits(enum tp_vocabulary vocabulary);

/* Lists of vocabularies end with TP_WORDS_NONE. */

/* The known word that is closest to an unknown one; NULL if none is near. figures may be NULL. */
const char *tp_words_closest(const enum tp_vocabulary *vocabularies,
                             const struct tp_filter_words *figures, const struct tp_token *unknown);

#define TP_A_COMPARISON "a comparison such as sport == 80, host 10.0.0.1 or tcp_probe"

/* unknown.c: sets the error for a word that is not known where it stands, before next. */
void tp_words_unknown(const struct tp_token *word, const struct tp_token *next,
                      const struct tp_filter_words *figures, struct tp_error *error);

/* The index of a figure; -1 if it is none. */
int tp_words_figure(const struct tp_filter_words *figures, const struct tp_token *word);

/* The words themselves, each after a blank, into buf (cut to size). Returns buf. */
const char *tp_words_list(const enum tp_vocabulary *vocabularies, char *buf, size_t size);

#endif
