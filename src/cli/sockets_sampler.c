/* sockets_sampler.c: what a sampler is told of the sockets that are meant. */
#include <stdlib.h>

#include "cli/sockets.h"

static bool wanted(void *context, const struct tp_sock *socket)
{
    const struct sockets_sampler *sampler = context;
    struct tp_socket_view view = sockets_view(&sampler->source, socket);

    return sockets_match(sampler->options, &view);
}

/* Of all namespaces, those that went away before they were opened are left out. */
static int list_sources(struct sockets_sampler *sampler, size_t *count, struct tp_error *error)
{
    struct sockets_source *source = &sampler->source;

    *count = 0;
    sampler->sampled = calloc(source->count, sizeof *sampler->sampled);
    sampler->names = source->netns ? calloc(source->count, sizeof *sampler->names) : NULL;
    if (!sampler->sampled || (source->netns && !sampler->names))
        return tp_error_nomem(error);
    for (size_t i = 0; i < source->count; i++) {
        if (!source->netlinks[i])
            continue;
        if (sampler->names)
            sampler->names[*count] = source->netns[i].name;
        sampler->sampled[(*count)++] =
            (struct tp_sampler_source){source->netlinks[i], source->ends[i], source->counters[i]};
    }
    return TP_OK;
}

int sockets_sampler_open(struct sockets_sampler *sampler, const struct sockets_options *options,
                         struct tp_recorder_sockets *how, struct tp_error *error)
{
    int rc;

    *sampler = (struct sockets_sampler){.options = options};
    rc = sockets_open(&sampler->source, options, error);
    *how = (struct tp_recorder_sockets){
        .sampler = {.states = sockets_states(options),
                    .bytecode = options->bytecode,
                    .bytecode_bytes = options->bytecode_bytes,
                    .wanted = options->filter ? wanted : NULL,
                    .owners = sampler->source.owners,
                    .processes = options->processes,
                    .context = sampler},
        .interval_ns = options->interval_ns ? options->interval_ns : SOCKETS_INTERVAL_NS,
    };
    if (rc == TP_OK)
        rc = list_sources(sampler, &how->sampler.source_count, error);
    how->sampler.sources = sampler->sampled;
    how->netns = sampler->names;
    return rc;
}

void sockets_sampler_close(struct sockets_sampler *sampler)
{
    sockets_close(&sampler->source);
    free(sampler->sampled);
    free(sampler->names);
    *sampler = (struct sockets_sampler){0};
}
