/* services_group.c: what sockets sent again, and why, added up by what they have in common.
 *
 * How much is the kernel's own total of each socket, in segments; why is what its events say, which
 * are of packet buffers. The one is never made of the other.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "cli/metrics_text.h"
#include "cli/order.h"
#include "cli/services.h"

#define GROUPS_FIRST 32

struct services_group {
    char name[SOCKETS_GROUP_BYTES];
    struct services_totals totals;
};

static const struct {
    enum tp_figure_id figure;
    unsigned origin;
} summed[SERVICES_SUMS] = {
    [SERVICES_RESENT] = {TP_FIGURE_retransmitted, TP_FROM_SOCKET},
    [SERVICES_RESENT_BYTES] = {TP_FIGURE_retransmitted_bytes, TP_FROM_SOCKET},
    [SERVICES_SENT_BYTES] = {TP_FIGURE_sent_bytes, TP_FROM_SOCKET},
    [SERVICES_FAST] = {TP_FIGURE_retransmits_recovery, TP_FROM_KERNEL},
    [SERVICES_TIMEOUT] = {TP_FIGURE_retransmits_timeout, TP_FROM_KERNEL},
    [SERVICES_SLOW_START] = {TP_FIGURE_retransmits_slow_start, TP_FROM_KERNEL},
    [SERVICES_TLP] = {TP_FIGURE_retransmits_tlp, TP_FROM_KERNEL},
    [SERVICES_SYN] = {TP_FIGURE_retransmits_syn, TP_FROM_KERNEL},
    [SERVICES_SYNACK] = {TP_FIGURE_synack_retransmits, TP_FROM_KERNEL},
    [SERVICES_UNKNOWN] = {TP_FIGURE_retransmits_unknown, TP_FROM_KERNEL},
};

/* --- sums ------------------------------------------------------------------------------------- */

static void add_socket(struct services_totals *totals, struct tp_sheet *sheet, unsigned end)
{
    struct tp_value value;

    totals->sockets++;
    for (int i = 0; i < SERVICES_SUMS; i++) {
        value = tp_sheet_value(sheet, summed[i].figure, end, summed[i].origin, NULL);
        if (value.type != TP_VALUE_INTEGER)
            continue;
        totals->known[i]++;
        totals->sum[i] += (uint64_t)value.integer;
    }
}

static const char *name_at(const void *list, size_t index)
{
    return ((const struct services_group *)list)[index].name;
}

static struct services_group *find(struct services_groups *groups, const char *name)
{
    const struct tp_names names = {groups->list, groups->count, name_at};
    uint32_t *place = tp_name_index_place(&groups->index, name, &names);

    if (!place)
        return NULL;
    if (!*place) {
        if (!TP_LIST_ROOM(groups->list, groups->count, groups->allocated, GROUPS_FIRST))
            return NULL;
        groups->list[groups->count] = (struct services_group){0};
        strcpy(groups->list[groups->count].name, name);
        *place = (uint32_t)++groups->count;
    }
    return &groups->list[*place - 1];
}

/* What nobody was found to own goes by its port. */
static void name_of(const struct services_groups *groups, struct tp_socket_view *view,
                    char name[SOCKETS_GROUP_BYTES])
{
    int port = sockets_group_find("port");
    char number[SOCKETS_GROUP_BYTES];

    sockets_group_name(groups->by, view, name);
    if (groups->by != 0 || strcmp(name, "-") != 0)
        return;
    sockets_group_name(port, view, number);
    snprintf(name, SOCKETS_GROUP_BYTES, "port %.16s", number);
}

static bool add_end(struct services_groups *groups, const struct tp_flow *flow, unsigned end)
{
    const struct tp_sampled_socket *sampled = tp_flow_sampled(flow, end);
    unsigned of_sheet = end != groups->sheet.bulk_end;
    struct tp_socket_view view = {0};
    struct services_group *group;
    char name[SOCKETS_GROUP_BYTES];

    if (!sampled) {
        add_socket(&groups->unsampled, &groups->sheet, of_sheet);
        return true;
    }
    view.now = &sampled->now;
    name_of(groups, &view, name);
    group = find(groups, name);
    if (!group)
        return false;
    add_socket(&group->totals, &groups->sheet, of_sheet);
    add_socket(&groups->all, &groups->sheet, of_sheet);
    groups->wiped += sampled->wiped;
    return true;
}

bool services_add(struct services_groups *groups, const struct tp_analysis *analysis,
                  const struct tp_flow *flow)
{
    tp_sheet_open(&groups->sheet, analysis, flow, 0);
    return add_end(groups, flow, 0) && add_end(groups, flow, 1);
}

/* --- rows ------------------------------------------------------------------------------------- */

enum { NAME = SERVICES_SUMS, SOCKETS, SHARE, OF_ALL, COLUMNS };

#define COUNT_OF(heading_, help_)                                                                  \
    .group = "skbs sent again", .heading = heading_, .unit = "", .show = TP_SHOW_PLAIN,            \
    .help = help_

static const struct tp_column columns[COLUMNS] = {
    [NAME] = {.name = "group", .heading = "group", .unit = "", .show = TP_SHOW_TEXT},
    [SOCKETS] = {.name = "sockets", .heading = "socks", .unit = "", .show = TP_SHOW_PLAIN},
    [SERVICES_SENT_BYTES] = {.name = "sent_bytes",
                             .heading = "sent",
                             .unit = "B",
                             .show = TP_SHOW_SI},
    [SERVICES_RESENT_BYTES] = {.name = "retransmitted_bytes",
                               .group = "sent again",
                               .heading = "again",
                               .unit = "B",
                               .show = TP_SHOW_SI},
    [SHARE] = {.name = "retransmitted_share",
               .group = "sent again",
               .heading = "share",
               .unit = "%",
               .show = TP_SHOW_PERCENT},
    [SERVICES_RESENT] = {.name = "retransmitted_segs",
                         .group = "sent again",
                         .heading = "segs",
                         .unit = "",
                         .show = TP_SHOW_PLAIN},
    [OF_ALL] = {.name = "retransmitted_of_all",
                .group = "sent again",
                .heading = "of all",
                .unit = "%",
                .show = TP_SHOW_PERCENT},
    [SERVICES_FAST] = {.name = "fast", COUNT_OF("fast", "")},
    [SERVICES_TIMEOUT] = {.name = "timeout", COUNT_OF("rto", "")},
    [SERVICES_SLOW_START] = {.name = "slow_start", COUNT_OF("slow st", "")},
    [SERVICES_TLP] = {.name = "tlp", COUNT_OF("tlp", "")},
    [SERVICES_SYN] = {.name = "syn", COUNT_OF("syn", "")},
    [SERVICES_SYNACK] = {.name = "synack", COUNT_OF("synack", "")},
    [SERVICES_UNKNOWN] = {.name = "unknown", COUNT_OF("?", "")},
};

static const struct tp_column *const ordered[COLUMNS] = {
    &columns[NAME],
    &columns[SOCKETS],
    &columns[SERVICES_SENT_BYTES],
    &columns[SERVICES_RESENT_BYTES],
    &columns[SHARE],
    &columns[SERVICES_RESENT],
    &columns[OF_ALL],
    &columns[SERVICES_FAST],
    &columns[SERVICES_TIMEOUT],
    &columns[SERVICES_SLOW_START],
    &columns[SERVICES_TLP],
    &columns[SERVICES_SYN],
    &columns[SERVICES_SYNACK],
    &columns[SERVICES_UNKNOWN],
};

static struct tp_value share(uint64_t part, uint64_t whole, bool known)
{
    return tp_value_real_if(known && whole, whole ? (double)part / (double)whole : 0);
}

static struct tp_value value_of(const struct services_groups *groups,
                                const struct services_group *group, int id)
{
    const struct services_totals *totals = &group->totals;

    switch (id) {
    case NAME:
        return tp_value_text(group->name);
    case SOCKETS:
        return tp_value_integer((int64_t)totals->sockets);
    case SHARE:
        return share(totals->sum[SERVICES_RESENT_BYTES], totals->sum[SERVICES_SENT_BYTES],
                     totals->known[SERVICES_RESENT_BYTES]);
    case OF_ALL:
        return share(totals->sum[SERVICES_RESENT], groups->all.sum[SERVICES_RESENT],
                     totals->known[SERVICES_RESENT]);
    default:
        return tp_value_integer_if(totals->known[id], totals->sum[id]);
    }
}

static void load(void *context, size_t row, struct tp_value *values)
{
    const struct services_groups *groups = context;

    for (size_t i = 0; i < COLUMNS; i++)
        values[i] =
            value_of(groups, &groups->list[groups->sorted[row]], (int)(ordered[i] - columns));
}

static struct tp_value resent(void *context, size_t row)
{
    const struct services_groups *groups = context;

    return value_of(groups, &groups->list[row], SERVICES_RESENT);
}

static int compare_names(void *context, size_t a, size_t b)
{
    const struct services_groups *groups = context;

    return strverscmp(groups->list[a].name, groups->list[b].name);
}

int services_rows(struct services_groups *groups, struct tp_rows *rows, struct tp_error *error)
{
    const struct cli_order how = {false, resent, compare_names, groups, 0};

    *rows = (struct tp_rows){ordered, COLUMNS, groups->count, load, groups};
    return cli_order(&how, groups->count, &groups->sorted, error);
}

/* --- metrics ---------------------------------------------------------------------------------- */

static const struct {
    const char *name, *cause, *help;
    int id;
} scraped[] = {
    {"sockets", NULL, "sockets that were sampled", SOCKETS},
    {"sent_bytes", NULL, "payload that they sent, what was sent again included",
     SERVICES_SENT_BYTES},
    {"retransmitted_bytes", NULL, "payload that they sent again", SERVICES_RESENT_BYTES},
    {"retransmitted_segments", NULL, "segments that they sent again", SERVICES_RESENT},
    {"retransmitted_skbs", "fast", "packet buffers that they sent again, by what made them",
     SERVICES_FAST},
    {"retransmitted_skbs", "timeout", NULL, SERVICES_TIMEOUT},
    {"retransmitted_skbs", "slow_start", NULL, SERVICES_SLOW_START},
    {"retransmitted_skbs", "tail_loss_probe", NULL, SERVICES_TLP},
    {"retransmitted_skbs", "syn", NULL, SERVICES_SYN},
    {"retransmitted_skbs", "synack", NULL, SERVICES_SYNACK},
    {"retransmitted_skbs", "unknown", NULL, SERVICES_UNKNOWN},
};

void services_metrics(struct tp_out *out, const struct services_groups *groups, size_t count)
{
    struct metrics_family family = {.counter = false};

    for (size_t i = 0; i < sizeof scraped / sizeof *scraped; i++) {
        if (scraped[i].help) {
            snprintf(family.name, sizeof family.name, "tcpprobe_service_%s", scraped[i].name);
            family.help = scraped[i].help;
            metrics_begin(out, &family, false);
        }
        for (size_t row = 0; row < count; row++) {
            const struct services_group *group = &groups->list[groups->sorted[row]];
            const struct tp_value value = value_of(groups, group, scraped[i].id);

            metrics_sample(out, &family,
                           (const char *const[]){"service", group->name,
                                                 scraped[i].cause ? "cause" : NULL,
                                                 scraped[i].cause, NULL},
                           &value);
        }
    }
    metrics_end(out);
}

void services_release(struct services_groups *groups)
{
    free(groups->list);
    free(groups->sorted);
    tp_name_index_release(&groups->index);
}
