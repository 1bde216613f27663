/* sockets_filter.c: filters of sockets: the words of connections, and every column. */
#include <errno.h>
#include <string.h>

#include "cli/sockets.h"

#define WORDS TP_SOCKET_IDS

/* What takes a walk over all processes. */
static bool is_of_owner(enum tp_socket_id id)
{
    return id == TP_SOCKET_process || id == TP_SOCKET_process_name;
}

/* `state` is the state as it is called everywhere, also where a table shows it shorter. */
static enum tp_socket_id column_of(size_t word)
{
    return word == TP_SOCKET_short_state ? TP_SOCKET_tcp_state : (enum tp_socket_id)word;
}

/* with_owner: pid and owner are among the words. */
static int parse(struct sockets_options *options, bool with_owner, struct tp_error *error)
{
    const char *names[WORDS];
    const char *const *texts[WORDS];
    const struct tp_filter_words words = {.names = names,
                                          .count = WORDS,
                                          .what = "those of 'tcpprobe sockets --columns'",
                                          .texts = texts};

    for (size_t i = 0; i < WORDS; i++) {
        names[i] = tp_socket_rows[i].column.name;
        tp_socket_is_text(column_of(i), &texts[i]);
        if (is_of_owner((enum tp_socket_id)i) && !with_owner)
            names[i] = "";
    }
    return tp_filter_parse_with(&options->filter, options->expression, &words, error);
}

int sockets_compile_filter(struct sockets_options *options, struct tp_error *error)
{
    int rc = parse(options, false, NULL);

    if (rc != TP_OK) {
        rc = parse(options, true, error);
        if (rc != TP_OK)
            return rc;
        options->filter_on_owner = options->processes = true;
    }
    return tp_filter_sockets(options->filter, &options->bytecode, &options->bytecode_bytes,
                             &options->exact, error);
}

error_t sockets_parse_filter(struct sockets_options *options)
{
    struct tp_error error = TP_ERROR_INIT;

    if (sockets_compile_filter(options, &error) == TP_OK)
        return 0;
    cli_fail(&error);
    cli_caret(options->expression, &error);
    return EDOM;
}

static bool answer(void *context, size_t index, union tp_filter_value *found)
{
    struct tp_value value = tp_socket_value(context, column_of(index));

    switch (value.type) {
    case TP_VALUE_INTEGER:
    case TP_VALUE_BOOL:
        found->number = (double)value.integer;
        return true;
    case TP_VALUE_REAL:
        found->number = value.real;
        return true;
    case TP_VALUE_TEXT:
        found->text = (struct tp_text){value.text, (uint32_t)strlen(value.text)};
        return true;
    default:
        return false;
    }
}

bool sockets_match(const struct sockets_options *options, struct tp_socket_view *view)
{
    struct tp_record record = {.kind = TP_KIND_PROBE, .has_key = true};

    if (!options->filter)
        return true;
    record.key = view->now->key;
    record.local = view->now->local;
    return tp_filter_match_with(options->filter, &record, answer, view);
}
