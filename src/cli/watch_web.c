/* watch_web.c: `tcpprobe watch --web`: from the options to a server that has given up what it does
 * not need. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/privileges.h"
#include "base/units.h"
#include "cli/trace.h"
#include "cli/web.h"

#define NOBODY 65534 /* root that nobody called */

error_t web_parse_port(struct web_options *options, const char *text)
{
    uint64_t port = 0;

    options->wanted = true;
    if (text && (!tp_units_parse_count(text, UINT16_MAX, &port) || port == 0))
        return cli_bad_option("--web: '%s' is not a port such as 8123", text);
    options->port = (uint16_t)port;
    return 0;
}

/* For good, before anybody is let in: the one who called sudo, else nobody. */
static int give_up_root(struct tp_error *error)
{
    struct invoker invoker;
    int rc = privileges_invoker(&invoker, getenv, error);

    if (rc == TP_OK && !invoker.known && geteuid() == 0)
        invoker = (struct invoker){.known = true, .uid = NOBODY, .gid = NOBODY};
    return rc == TP_OK ? privileges_drop(&invoker, error) : rc;
}

/* An address that nobody sees is no use. */
static int say_address(const struct web_feed *feed, struct tp_error *error)
{
    if (printf("%s\n", tp_web_address(feed->web)) < 0 || fflush(stdout) != 0)
        return tp_error_sys(error, errno, "cannot write standard output");
    return TP_OK;
}

/* What can be opened only as root is opened first. TP_ERR_STOPPED: a recorder failed, and said why,
 * or a signal came. */
static int open_all(struct web_feed *feed, struct tp_error *error)
{
    struct tp_web_options how = {.port = feed->options->port, .policy = tp_page_live_policy()};
    int rc;

    how.page = tp_page_live(&how.page_length);
    rc = report_init(&feed->report, &feed->how, error);
    if (rc == TP_OK)
        rc = tp_web_open(&feed->web, &how, error);
    if (rc == TP_OK && feed->source)
        rc = web_source_open(feed->source, feed->options, feed->web, error);
    if (rc == TP_OK)
        cli_confine(CONFINE_SERVE, false);
    if (rc == TP_OK && feed->source && !web_source_wait(feed->source))
        rc = TP_ERR_STOPPED;
    if (rc == TP_OK) /* as root, whose files they may be */
        rc = web_feed_open(feed, error);
    if (rc == TP_OK)
        rc = give_up_root(error);
    return rc == TP_OK ? tp_web_start(feed->web, error) : rc;
}

static int serve(struct web_feed *feed, struct tp_error *error)
{
    int rc;

    trace_signals_catch();
    signal(SIGPIPE, SIG_IGN);
    rc = open_all(feed, error);
    if (rc == TP_OK)
        rc = say_address(feed, error);
    if (rc == TP_OK)
        rc = web_feed_run(feed, error);
    tp_web_close(feed->web);
    web_feed_close(feed);
    if (feed->source)
        web_source_close(feed->source);
    trace_signals_release();
    if (feed->source && feed->source->failed)
        return CLI_FAILED;
    return rc == TP_OK || rc == TP_ERR_STOPPED ? CLI_FINE : cli_fail(error);
}

int web_run(struct web_options *options)
{
    const char *const names[WEB_SOURCES] = {options->events ? "sockets and events" : "sockets",
                                            "packets"};
    struct web_source source = {0};
    char *machine[WEB_SOURCES] = {source.recorders[0].path, source.recorders[1].path};
    struct cli_flow_choices everything = {0};
    struct tp_error error = TP_ERROR_INIT;
    struct web_feed feed = {.options = options, .is_recorded = options->path_count > 0};
    int status;

    cli_input_init(&options->input);
    options->input.quiet = true;
    options->input.paths = feed.is_recorded ? options->paths : machine;
    options->input.path_count = feed.is_recorded     ? options->path_count
                                : options->interface ? WEB_SOURCES
                                                     : 1;
    feed.source = feed.is_recorded ? NULL : &source;
    feed.how = (struct report_options){.input = &options->input,
                                       .flows = &everything,
                                       .title = feed.is_recorded ? NULL : "this machine",
                                       .names = feed.is_recorded ? NULL : names};
    if (feed.is_recorded && options->sockets->expression &&
        tp_filter_parse(&options->input.filter, options->sockets->expression, &error) != 0) {
        cli_fail(&error);
        cli_caret(options->sockets->expression, &error);
        status = CLI_FAILED;
    } else {
        status = serve(&feed, &error);
    }
    cli_input_release(&options->input);
    return status;
}
