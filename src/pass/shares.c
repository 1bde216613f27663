/* shares.c: one pass by several threads.
 *
 * Each reads everything, in a pass of its own that shares nothing with the others, and analyses its
 * share of the flows. Reading and decoding a packet costs a third of what following and counting it
 * does, and less than handing it over from one core to another would: what is read twice need not
 * be moved. All of them see the same records in the same order, so each finds what one alone would
 * have found, and what it says of the files is the same.
 *
 * It is done for captures that are files and hold little more than headers; pipes cannot be read
 * twice, and inflating or copying whole packets takes too long.
 */
#include <pthread.h>

#include "pass/pass.h"

#define PAYS_FROM_BYTES (UINT64_C(1) << 20)
#define BYTES_MAX       (UINT64_C(1) << 36) /* fewer than 2^32 packets */
#define PACKET_MOST     400 /* bytes; to copy larger ones once for each thread takes too long */

struct sharer {
    pthread_t thread;
    struct tp_pass *pass;
    struct tp_analysis *analysis;
    int rc;
};

/* --- does it pay ---------------------------------------------------------------------------- */

static bool may_be_shared(const struct tp_input_info *info)
{
    return info->capture && !info->gzipped && info->packet_bytes <= PACKET_MOST &&
           tp_input_may_again(info);
}

unsigned shares_of(const struct tp_pass *pass, const struct tp_analysis *analysis)
{
    const struct tp_pass_options *options = &pass->options;
    unsigned count =
        options->stream.threads < TP_SHARES_MAX ? options->stream.threads + 1 : TP_SHARES_MAX;
    const struct tp_input_info *info;
    uint64_t total = 0;

    if (options->before || options->stream.keep || options->stream.frame ||
        options->stream.paused || !tp_analysis_may_split(analysis))
        return 1;
    for (size_t i = 0; i < tp_stream_inputs(pass->stream); i++) {
        info = tp_stream_info(pass->stream, i);
        if (!may_be_shared(info) || info->size_bytes > BYTES_MAX - total)
            return 1;
        total += info->size_bytes;
    }
    return total < PAYS_FROM_BYTES ? 1 : count;
}

/* --- the threads ---------------------------------------------------------------------------- */

static void *share(void *opaque)
{
    struct sharer *sharer = opaque;
    struct tp_error error = {0};

    sharer->rc = pass_analyse(sharer->pass, sharer->analysis, &error);
    return NULL;
}

/* Fewer threads than wanted: those that cannot be had are done in turn. */
static void run(struct sharer *sharers, unsigned count)
{
    bool started[TP_SHARES_MAX] = {false};
    unsigned i;

    for (i = 1; i < count; i++)
        started[i] = pthread_create(&sharers[i].thread, NULL, share, &sharers[i]) == 0;
    share(&sharers[0]);
    for (i = 1; i < count; i++)
        if (started[i])
            pthread_join(sharers[i].thread, NULL);
        else
            share(&sharers[i]);
}

static bool open_one(const struct tp_pass *pass, bool first, struct tp_pass **opened)
{
    const char *paths[TP_INPUTS_MAX];
    size_t i, count = tp_stream_inputs(pass->stream);
    struct tp_pass_options options = pass->options;
    struct tp_error error = {0};

    for (i = 0; i < count; i++)
        paths[i] = tp_stream_info(pass->stream, i)->path;
    options.stream.threads = 0;
    if (!first)
        options.progress = NULL;
    return tp_pass_open(opened, paths, count, &options, &error) == TP_OK;
}

/* Did all of them read the same? A file that is written meanwhile may have grown. */
static bool agree(const struct sharer *sharers, unsigned count)
{
    unsigned i;

    for (i = 0; i < count; i++)
        if (sharers[i].rc < 0 || sharers[i].pass->counts.seen != sharers[0].pass->counts.seen)
            return false;
    return true;
}

/* pass is now the one that was read. */
static void change_over(struct tp_pass *pass, struct tp_pass *read)
{
    struct tp_pass unread = *pass;

    *pass = *read;
    *read = unread;
    pass->options = unread.options;
}

static void close_all(struct sharer *sharers, unsigned count, bool joined)
{
    unsigned i;

    for (i = 0; i < count; i++) {
        tp_pass_close(sharers[i].pass);
        if (!joined)
            tp_analysis_free(sharers[i].analysis);
    }
}

bool shares_analyse(struct tp_pass *pass, struct tp_analysis *analysis, unsigned count)
{
    struct sharer sharers[TP_SHARES_MAX] = {{0}};
    struct tp_analysis *shares[TP_SHARES_MAX];
    struct tp_error error = {0};
    bool done = tp_analysis_split(analysis, shares, count, &error) == TP_OK;
    unsigned i;

    if (!done)
        return false;
    for (i = 0; i < count; i++) {
        sharers[i].analysis = shares[i];
        done = done && open_one(pass, i == 0, &sharers[i].pass);
    }
    if (done)
        run(sharers, count);
    done = done && agree(sharers, count) && tp_analysis_join(analysis, shares, count);
    if (done)
        change_over(pass, sharers[0].pass);
    close_all(sharers, count, done);
    return done;
}
