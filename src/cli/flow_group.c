/* flow_group.c: flows are put together by the end that was called: a service, its host or its net.
 */
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "cli/flow_group.h"

#define NAME_BYTES CLI_GROUP_NAME_BYTES

/* What is added up, of both ends. */
static const struct {
    enum tp_figure_id figure;
    unsigned origin;
} summed[] = {{TP_FIGURE_acked_bytes, TP_BEST},
              {TP_FIGURE_retransmitted, TP_FROM_KERNEL},
              {TP_FIGURE_retransmitted, TP_FROM_PACKETS},
              {TP_FIGURE_recoveries, TP_BEST},
              {TP_FIGURE_timeouts, TP_BEST}};

enum { ACKED, RESENT_SKBS, RESENT_SEGS, RECOVERIES, TIMEOUTS, SUMS };

struct cli_flow_group {
    char name[NAME_BYTES];
    uint64_t flows, known[SUMS]; /* ends that say it */
    double sum[SUMS];
    bool at_least[SUMS];
};

/* --- what they are grouped by ------------------------------------------------------------ */

static const char *const kinds[] = {
    [CLI_GROUP_PORT] = "port", [CLI_GROUP_HOST] = "host", [CLI_GROUP_NET] = "net"};

static const char *kind_word(const void *list, size_t index)
{
    (void)list;
    return kinds[index + 1];
}

struct cli_words cli_flow_group_kinds(void)
{
    return (struct cli_words){NULL, sizeof kinds / sizeof *kinds - 1, kind_word};
}

error_t cli_flow_groups_parse(struct cli_flow_groups *groups, const char *text)
{
    const struct cli_words words = cli_flow_group_kinds();
    unsigned index = 0;
    error_t rc = cli_parse_word("--group", text, &words, &index);

    groups->kind = rc ? CLI_GROUP_NONE : (enum cli_group_kind)(index + 1);
    return rc;
}

/* Callers' ports are taken from the upper range. */
unsigned cli_flow_called_end(const struct tp_flow *flow)
{
    if (flow->opener >= 0)
        return !flow->opener;
    return flow->key.port[1] < flow->key.port[0];
}

/* Of the usual size of a site: /24 of IPv4, /64 of IPv6. */
static void name_net(const uint8_t addr[16], char name[NAME_BYTES])
{
    bool v4 = tp_address_is_v4(addr);
    uint8_t net[16];
    size_t length;

    memcpy(net, addr, sizeof net);
    memset(net + (v4 ? 15 : 8), 0, v4 ? 1 : 8);
    length = tp_address_text(net, name, NAME_BYTES);
    snprintf(name + length, NAME_BYTES - length, "/%d", v4 ? 24 : 64);
}

void cli_flow_group_name(enum cli_group_kind kind, const struct tp_flow *flow,
                         char name[NAME_BYTES])
{
    unsigned end = cli_flow_called_end(flow);

    if (kind == CLI_GROUP_PORT)
        snprintf(name, NAME_BYTES, "%u", flow->key.port[end]);
    else if (kind == CLI_GROUP_HOST)
        tp_address_text(flow->key.addr[end], name, NAME_BYTES);
    else
        name_net(flow->key.addr[end], name);
}

/* --- sums -------------------------------------------------------------------------------- */

uint64_t cli_flow_group_metrics(void)
{
    uint64_t metrics = 0;

    for (size_t i = 0; i < SUMS; i++)
        metrics |= tp_figure_metrics(summed[i].figure);
    return metrics;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const struct cli_flow_group *)a)->name,
                  ((const struct cli_flow_group *)b)->name);
}

static struct cli_flow_group *find(struct cli_flow_groups *groups, const char *name)
{
    struct cli_flow_group **found, *group = calloc(1, sizeof *group);

    if (!group || !TP_LIST_ROOM(groups->list, groups->count, groups->allocated, 16)) {
        free(group);
        return NULL;
    }
    snprintf(group->name, sizeof group->name, "%s", name);
    found = tsearch(group, &groups->tree, compare_names);
    if (!found || *found != group)
        free(group);
    else
        groups->list[groups->count++] = group;
    return found ? *found : NULL;
}

bool cli_flow_groups_add(struct cli_flow_groups *groups, const struct tp_flow *flow,
                         struct tp_sheet *sheet)
{
    struct cli_flow_group *group;
    char name[NAME_BYTES];
    struct tp_value value;
    double number;

    cli_flow_group_name(groups->kind, flow, name);
    group = find(groups, name);
    if (!group)
        return false;
    group->flows++;
    for (size_t i = 0; i < SUMS; i++)
        for (unsigned end = 0; end < 2; end++) {
            value = tp_sheet_value(sheet, summed[i].figure, end, summed[i].origin, NULL);
            if (!tp_value_number(&value, &number))
                continue;
            group->known[i]++;
            group->sum[i] += number;
            group->at_least[i] |= value.at_least;
            groups->acked_bytes += i == ACKED ? number : 0;
        }
    return true;
}

/* --- rows -------------------------------------------------------------------------------- */

enum { NAME = SUMS, FLOWS, SHARE, COLUMNS };

static const struct tp_column columns[COLUMNS] = {
    [NAME] = {.name = "group", .heading = "group", .unit = "", .show = TP_SHOW_TEXT},
    [FLOWS] = {.name = "flows", .heading = "flows", .unit = "", .show = TP_SHOW_PLAIN},
    [ACKED] = {.name = "acked_bytes", .heading = "acked", .unit = "B", .show = TP_SHOW_SI},
    [SHARE] = {.name = "acked_share",
               .group = "of all",
               .heading = "acked",
               .unit = "%",
               .show = TP_SHOW_PERCENT},
    [RESENT_SKBS] = {.name = "retransmits",
                     .group = "resent",
                     .heading = "skbs",
                     .unit = "",
                     .show = TP_SHOW_PLAIN},
    [RESENT_SEGS] = {.name = "wire_resent_segs",
                     .group = "resent",
                     .heading = "segs",
                     .unit = "",
                     .show = TP_SHOW_PLAIN},
    [RECOVERIES] = {.name = "recoveries", .heading = "rec", .unit = "", .show = TP_SHOW_PLAIN},
    [TIMEOUTS] = {.name = "timeouts", .heading = "rto", .unit = "", .show = TP_SHOW_PLAIN},
};

static const int order[COLUMNS] = {NAME,        FLOWS,       ACKED,      SHARE,
                                   RESENT_SKBS, RESENT_SEGS, RECOVERIES, TIMEOUTS};
static const struct tp_column *const ordered[COLUMNS] = {
    &columns[NAME],        &columns[FLOWS],       &columns[ACKED],      &columns[SHARE],
    &columns[RESENT_SKBS], &columns[RESENT_SEGS], &columns[RECOVERIES], &columns[TIMEOUTS]};

static struct tp_value value_of(const struct cli_flow_groups *groups,
                                const struct cli_flow_group *group, int column)
{
    struct tp_value value;
    bool known;

    if (column == NAME)
        return tp_value_text(group->name);
    if (column == FLOWS)
        return tp_value_integer((int64_t)group->flows);
    if (column == SHARE) {
        known = group->known[ACKED] && groups->acked_bytes > 0;
        return tp_value_real_if(known, known ? group->sum[ACKED] / groups->acked_bytes : 0);
    }
    value = tp_value_integer_if(group->known[column], (uint64_t)group->sum[column]);
    value.at_least = group->known[column] && group->at_least[column];
    return value;
}

static void load(void *context, size_t row, struct tp_value *values)
{
    const struct cli_flow_groups *groups = context;

    for (size_t i = 0; i < COLUMNS; i++)
        values[i] = value_of(groups, groups->list[row], order[i]);
}

static int compare_bytes(const void *left, const void *right)
{
    const struct cli_flow_group *a = *(struct cli_flow_group *const *)left,
                                *b = *(struct cli_flow_group *const *)right;

    if (a->sum[ACKED] != b->sum[ACKED])
        return a->sum[ACKED] < b->sum[ACKED] ? 1 : -1;
    return strverscmp(a->name, b->name);
}

void cli_flow_groups_rows(struct cli_flow_groups *groups, struct tp_rows *rows)
{
    if (groups->count)
        qsort(groups->list, groups->count, sizeof *groups->list, compare_bytes);
    *rows = (struct tp_rows){ordered, COLUMNS, groups->count, load, groups};
}

static void keep(void *group)
{
    (void)group; /* the list has it */
}

void cli_flow_groups_release(struct cli_flow_groups *groups)
{
    tdestroy(groups->tree, keep);
    for (size_t i = 0; i < groups->count; i++)
        free(groups->list[i]);
    free(groups->list);
}
