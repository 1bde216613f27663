/* sockets_explain.c: what limits a connection, with the figures that decided. */
#include <stdio.h>

#include <tcpprobe/limit.h>

#include "base/phrase.h"
#include "cli/sockets.h"

static void line(struct tp_out *out, const char *what, const char *text)
{
    char label[32];

    if (!text || !text[0])
        return;
    snprintf(label, sizeof label, "  %-10s", what);
    tp_out_text(out, label);
    tp_out_text(out, text);
    tp_out_text(out, "\n");
}

bool sockets_explain(struct tp_out *out, struct tp_socket_view *view)
{
    struct tp_limit_facts facts;
    const struct tp_socket_limit_rule *rule = tp_socket_limit(view, &facts);
    char text[512];

    if (!rule)
        return false;
    tp_out_text(out, tp_socket_value(view, TP_SOCKET_both).text);
    tp_out_text(out, ": ");
    tp_out_text(out, rule->name);
    tp_out_text(out, ": ");
    tp_out_text(out, rule->sentence);
    tp_out_text(out, "\n");
    tp_limit_facts_text(&facts, rule->because, text, sizeof text);
    line(out, "because", text);
    line(out, "advice", rule->advice);
    line(out, "threshold", rule->basis);
    return true;
}
