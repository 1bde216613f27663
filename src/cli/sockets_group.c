/* sockets_group.c: sums over the sockets of a service, a port, a peer, an owner or a cgroup.
 *
 * A sum is over the sockets that say the number; where none does, it is absent. Shares of all are
 * of what all of these sockets say together.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "base/name_index.h"
#include "cli/order.h"
#include "cli/sockets.h"

/* --- what they are grouped by ----------------------------------------------------------- */

typedef void group_name(struct tp_socket_view *view, char name[SOCKETS_GROUP_BYTES]);

static void take_text(const struct tp_value *value, char name[SOCKETS_GROUP_BYTES])
{
    snprintf(name, SOCKETS_GROUP_BYTES, "%s", value->type == TP_VALUE_TEXT ? value->text : "-");
}

/* As the column does, but processes of one name together. */
static void name_of_service(struct tp_socket_view *view, char name[SOCKETS_GROUP_BYTES])
{
    struct tp_value value = tp_socket_value(view, TP_SOCKET_process_name);

    if (value.type == TP_VALUE_ABSENT)
        value = tp_socket_value(view, TP_SOCKET_owned_by);
    take_text(&value, name);
}

/* The lower one is mostly the server's: callers' ports are taken from the upper range. */
static void name_of_port(struct tp_socket_view *view, char name[SOCKETS_GROUP_BYTES])
{
    const uint16_t *port = view->now->key.port;
    bool low = port[1] == 0 || (port[0] != 0 && port[0] < port[1]);

    snprintf(name, SOCKETS_GROUP_BYTES, "%u", port[low ? 0 : 1]);
}

static void name_of_peer(struct tp_socket_view *view, char name[SOCKETS_GROUP_BYTES])
{
    const struct tp_flow_key *key = &view->now->key;
    unsigned peer = !view->now->local;

    if (key->port[peer])
        tp_address_text(key->addr[peer], name, SOCKETS_GROUP_BYTES);
    else
        snprintf(name, SOCKETS_GROUP_BYTES, "-");
}

static void name_of_owner(struct tp_socket_view *view, char name[SOCKETS_GROUP_BYTES])
{
    struct tp_value value = tp_socket_value(view, TP_SOCKET_process_name);

    take_text(&value, name);
}

static void name_of_cgroup(struct tp_socket_view *view, char name[SOCKETS_GROUP_BYTES])
{
    struct tp_value value = tp_socket_value(view, TP_SOCKET_cgroup_path);

    take_text(&value, name);
}

static const struct {
    const char *word;
    group_name *name;
    bool of_processes; /* which must be looked for */
} kinds[] = {
    {"service", name_of_service, false}, {"port", name_of_port, false},
    {"peer", name_of_peer, false},       {"owner", name_of_owner, true},
    {"cgroup", name_of_cgroup, false},
};

void sockets_group_name(int group, struct tp_socket_view *view, char name[SOCKETS_GROUP_BYTES])
{
    kinds[group].name(view, name);
}

static const char *kind_word(const void *list, size_t index)
{
    (void)list;
    return kinds[index].word;
}

struct cli_words sockets_groups(void)
{
    return (struct cli_words){NULL, sizeof kinds / sizeof *kinds, kind_word};
}

int sockets_group_find(const char *word)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].word, word) == 0)
            return (int)i;
    return -1;
}

error_t sockets_parse_group(struct sockets_options *options, const char *text)
{
    const struct cli_words words = sockets_groups();
    unsigned group = 0;
    error_t rc = cli_parse_word("--group", text, &words, &group);

    if (rc)
        return rc;
    options->group = (int)group;
    options->processes |= kinds[group].of_processes;
    return 0;
}

/* --- columns ---------------------------------------------------------------------------- */

/* What is added up, by the columns of sockets. */
static const enum tp_socket_id summed[] = {
    TP_SOCKET_bytes,       TP_SOCKET_bytes_acked,   TP_SOCKET_bytes_received,
    TP_SOCKET_bytes_sent,  TP_SOCKET_bytes_retrans, TP_SOCKET_total_retrans,
    TP_SOCKET_goodput,     TP_SOCKET_received_rate, TP_SOCKET_round_retransmits,
    TP_SOCKET_recv_queue,  TP_SOCKET_send_queue,    TP_SOCKET_rmem,
    TP_SOCKET_wmem_queued, TP_SOCKET_drops,
};

enum { SUMS = sizeof summed / sizeof *summed };
enum { NAME = SUMS, SOCKETS, BYTES_SHARE, RESENT_SHARE, RESENT_OF_ALL, COLUMNS };
enum { BYTES = 0, SENT = 3, RESENT_BYTES = 4, RESENT_SEGS = 5 };

static const struct tp_column own_columns[] = {
    [NAME - SUMS] = {.name = "group",
                     .heading = "group",
                     .unit = "",
                     .help = "what these sockets have in common"},
    [SOCKETS - SUMS] = {.name = "sockets",
                        .heading = "socks",
                        .unit = "",
                        .show = TP_SHOW_PLAIN,
                        .help = "how many"},
    [BYTES_SHARE - SUMS] = {.name = "bytes_share",
                            .heading = "share",
                            .unit = "%",
                            .show = TP_SHOW_PERCENT,
                            .help = "of the bytes of all groups"},
    [RESENT_SHARE - SUMS] = {.name = "retransmit_share",
                             .group = "resent",
                             .heading = "%",
                             .unit = "%",
                             .show = TP_SHOW_PERCENT,
                             .help = "of the payload that was sent"},
    [RESENT_OF_ALL - SUMS] = {.name = "resent_of_all_share",
                              .group = "resent",
                              .heading = "of all",
                              .unit = "%",
                              .show = TP_SHOW_PERCENT,
                              .help = "of the segments that all groups sent again"},
};

/* Where each column stands, and whether a table of sums or of a round has it. */
static const struct {
    int id;
    bool in_sums, in_round;
} order[] = {
    {NAME, true, true},
    {SOCKETS, true, true},
    {0, true, false},
    {BYTES_SHARE, true, false},
    {1, false, false},
    {2, false, false},
    {6, false, true},
    {7, false, true},
    {SENT, false, false},
    {RESENT_BYTES, false, false},
    {RESENT_SEGS, true, false},
    {8, false, true},
    {RESENT_SHARE, true, false},
    {RESENT_OF_ALL, true, true},
    {9, true, true},
    {10, true, true},
    {11, true, true},
    {12, true, true},
    {13, false, false},
};

#define ORDERED (sizeof order / sizeof *order)

struct socket_group {
    char name[SOCKETS_GROUP_BYTES];
    uint64_t sockets;
    double sum[SUMS];
    bool known[SUMS];
};

struct groups {
    const struct sockets_options *options;
    struct socket_group *list;
    size_t count, allocated;
    struct tp_name_index index; /* of list */
    struct socket_group all;
    size_t *sorted;
    int sort; /* index in summed */
    bool round;
    int ids[ORDERED];
    const struct tp_column *columns[ORDERED];
    size_t column_count;
};

static int sum_of(enum tp_socket_id id)
{
    for (int i = 0; i < SUMS; i++)
        if (summed[i] == id)
            return i;
    return -1;
}

error_t sockets_check_group(const struct sockets_options *options)
{
    if (options->group < 0 || sum_of(options->sort) >= 0)
        return 0;
    return cli_bad_option("--sort: groups have no %s, which cannot be added up",
                          tp_socket_rows[options->sort].column.name);
}

static bool is_format(const struct groups *groups, const char *name)
{
    return strcmp(groups->options->writer->name, name) == 0;
}

static void choose(struct groups *groups)
{
    bool table = is_format(groups, "table") && !groups->options->all;

    for (size_t i = 0; i < ORDERED; i++) {
        int id = order[i].id;

        if (table && !(groups->round ? order[i].in_round : order[i].in_sums))
            continue;
        groups->ids[groups->column_count] = id;
        groups->columns[groups->column_count++] =
            id < SUMS ? &tp_socket_rows[summed[id]].column : &own_columns[id - SUMS];
    }
}

/* --- sums ------------------------------------------------------------------------------- */

static const char *name_at(const void *list, size_t index)
{
    return ((const struct socket_group *)list)[index].name;
}

static struct socket_group *find(struct groups *groups, const char *name)
{
    const struct tp_names names = {groups->list, groups->count, name_at};
    struct socket_group *group;
    uint32_t *place = tp_name_index_place(&groups->index, name, &names);

    if (!place)
        return NULL;
    if (*place)
        return &groups->list[*place - 1];
    if (!TP_LIST_ROOM(groups->list, groups->count, groups->allocated, 16))
        return NULL;
    group = &groups->list[groups->count++];
    *place = (uint32_t)groups->count;
    memset(group, 0, sizeof *group);
    snprintf(group->name, sizeof group->name, "%s", name);
    return group;
}

static void add_value(struct socket_group *group, int index, const struct tp_value *value)
{
    if (value->type == TP_VALUE_ABSENT)
        return;
    group->sum[index] += value->type == TP_VALUE_REAL ? value->real : (double)value->integer;
    group->known[index] = true;
}

static bool add_socket(struct groups *groups, struct tp_socket_view *view)
{
    char name[SOCKETS_GROUP_BYTES];
    struct socket_group *group;

    kinds[groups->options->group].name(view, name);
    group = find(groups, name);
    if (!group)
        return false;
    group->sockets++;
    groups->all.sockets++;
    for (int i = 0; i < SUMS; i++) {
        struct tp_value value = tp_socket_value(view, summed[i]);

        add_value(group, i, &value);
        add_value(&groups->all, i, &value);
    }
    return true;
}

/* --- rows ------------------------------------------------------------------------------- */

static struct tp_value share(bool known, double part, double whole)
{
    known = known && whole > 0;
    return tp_value_real_if(known, known ? part / whole : 0);
}

/* Counts are whole numbers, and rates are not. */
static struct tp_value sum_value(const struct socket_group *group, int index)
{
    if (summed[index] == TP_SOCKET_goodput || summed[index] == TP_SOCKET_received_rate)
        return tp_value_real_if(group->known[index], group->sum[index]);
    return tp_value_integer_if(group->known[index], (uint64_t)group->sum[index]);
}

static struct tp_value value_of(const struct groups *groups, const struct socket_group *group,
                                int id)
{
    int resent = groups->round ? sum_of(TP_SOCKET_round_retransmits) : RESENT_SEGS;

    switch (id) {
    case NAME:
        return tp_value_text(group->name);
    case SOCKETS:
        return tp_value_integer((int64_t)group->sockets);
    case BYTES_SHARE:
        return share(group->known[BYTES], group->sum[BYTES], groups->all.sum[BYTES]);
    case RESENT_SHARE:
        return share(group->known[RESENT_BYTES], group->sum[RESENT_BYTES], group->sum[SENT]);
    case RESENT_OF_ALL:
        return share(group->known[resent], group->sum[resent], groups->all.sum[resent]);
    default:
        return sum_value(group, id);
    }
}

static void load(void *context, size_t row, struct tp_value *values)
{
    const struct groups *groups = context;

    for (size_t i = 0; i < groups->column_count; i++)
        values[i] = value_of(groups, &groups->list[groups->sorted[row]], groups->ids[i]);
}

static struct tp_value sort_key(void *context, size_t row)
{
    const struct groups *groups = context;

    return sum_value(&groups->list[row], groups->sort);
}

static int compare_names(void *context, size_t a, size_t b)
{
    const struct groups *groups = context;

    return strcmp(groups->list[a].name, groups->list[b].name);
}

static int sort(struct groups *groups, struct tp_error *error)
{
    const struct cli_order how = {groups->options->ascending, sort_key, compare_names, groups, 0};

    /* Between two rounds what counts is what happened then. */
    groups->sort = sum_of(groups->options->sort);
    if (groups->round && groups->options->sort == TP_SOCKET_bytes)
        groups->sort = sum_of(TP_SOCKET_goodput);
    return cli_order(&how, groups->count, &groups->sorted, error);
}

int sockets_write_groups(const struct sockets_options *options, sockets_view_of *view_of,
                         void *context, size_t count, bool round, sockets_write_rows *write,
                         struct tp_error *error)
{
    struct groups groups = {.options = options, .round = round};
    struct tp_rows rows = {groups.columns, 0, 0, load, &groups};
    bool enough = true;
    int rc;

    for (size_t i = 0; i < count && enough; i++) {
        struct tp_socket_view view = view_of(context, i);

        enough = add_socket(&groups, &view);
    }
    rc = enough ? sort(&groups, error) : tp_error_nomem(error);
    if (rc == TP_OK) {
        choose(&groups);
        rows.column_count = groups.column_count;
        rows.row_count = groups.count;
        write(context, &rows);
    }
    free(groups.list);
    tp_name_index_release(&groups.index);
    free(groups.sorted);
    return rc;
}
