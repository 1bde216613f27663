/* roles.c: the roles that were asked for, or those that flows have by themselves. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tcpprobe/filter.h>

#include "base/list.h"
#include "compare/roles.h"

struct role {
    char name[ROLE_NAME_BYTES];
    struct tp_filter *filter;
};

struct tp_roles {
    struct tp_figure_columns *columns; /* the words of their filters, by index */
    struct role *list;
    size_t count;
};

int tp_roles_new(struct tp_roles **roles, struct tp_error *error)
{
    *roles = calloc(1, sizeof **roles);
    if (!*roles)
        return tp_error_nomem(error);
    (*roles)->columns = tp_figure_columns_new(error);
    if ((*roles)->columns)
        return TP_OK;
    free(*roles);
    *roles = NULL;
    return TP_ERR_NOMEM;
}

void tp_roles_free(struct tp_roles *roles)
{
    size_t i;

    for (i = 0; roles && i < roles->count; i++)
        tp_filter_free(roles->list[i].filter);
    if (roles) {
        tp_figure_columns_free(roles->columns);
        free(roles->list);
    }
    free(roles);
}

static bool is_name(const char *name)
{
    size_t i;

    for (i = 0; name[i]; i++)
        if ((unsigned char)name[i] < 0x20 || (unsigned char)name[i] >= 0x7f)
            return false;
    return i > 0 && i < ROLE_NAME_BYTES;
}

/* Texts cannot be compared; no word is "". */
static int parse(struct tp_filter **filter, const struct tp_figure_columns *columns,
                 const char *expression, struct tp_error *error)
{
    const char *names[TP_COLUMNS_MAX];
    const struct tp_filter_words words = {.names = names,
                                          .count = columns->count,
                                          .what = "the columns of 'tcpprobe flows --all'"};
    size_t i;

    for (i = 0; i < columns->count; i++)
        names[i] =
            tp_figure_is_number(&tp_figures[columns->list[i].figure]) ? columns->list[i].name : "";
    return tp_filter_parse_with(filter, expression, &words, error);
}

int tp_roles_add(struct tp_roles *roles, const char *name, const char *expression,
                 struct tp_error *error)
{
    struct role *role;
    size_t i;
    int rc;

    if (!is_name(name))
        return tp_error_set(error, TP_ERR_USAGE,
                            "the name of a role has 1 to %d printable ASCII characters",
                            ROLE_NAME_BYTES - 1);
    for (i = 0; i < roles->count; i++)
        if (strcmp(roles->list[i].name, name) == 0)
            return tp_error_set(error, TP_ERR_USAGE, "role '%s' is given twice", name);
    if (!TP_LIST_ONE_MORE(roles->list, roles->count))
        return tp_error_nomem(error);
    role = &roles->list[roles->count];
    snprintf(role->name, sizeof role->name, "%s", name);
    rc = parse(&role->filter, roles->columns, expression, error);
    roles->count += rc == TP_OK;
    return rc;
}

/* --- what a flow is --------------------------------------------------------------------------- */

/* The end that serves: the one that was called. Where nobody saw the call, the one whose port more
 * flows use, or the lower one, because callers' ports are taken from the upper range. */
static unsigned server_of(const struct role_stage *stage, const struct tp_flow *flow)
{
    const uint16_t *port = flow->key.port;

    if (flow->opener >= 0)
        return !flow->opener;
    if (stage->ports[port[0]] != stage->ports[port[1]])
        return stage->ports[port[1]] > stage->ports[port[0]];
    return port[1] <= port[0];
}

static void name_by_nature(const struct role_stage *stage, const struct tp_flow *flow, unsigned end,
                           char name[ROLE_NAME_BYTES])
{
    unsigned server = server_of(stage, flow);

    snprintf(name, ROLE_NAME_BYTES, "%s :%u %s", end == server ? "from" : "to",
             flow->key.port[server], tp_address_is_v4(flow->key.addr[end]) ? "v4" : "v6");
}

void role_alone(const struct tp_flow *flow, unsigned end, char name[ROLE_NAME_BYTES])
{
    snprintf(name, ROLE_NAME_BYTES, "bulk %s", tp_address_is_v4(flow->key.addr[end]) ? "v4" : "v6");
}

/* A flow as its bulk sender's socket would be told of. */
static struct tp_record record_of(const struct tp_flow *flow, unsigned end)
{
    return (struct tp_record){.kind = TP_KIND_PROBE,
                              .ts_ns = flow->first_ns,
                              .key = flow->key,
                              .hash = flow->hash,
                              .local = (uint8_t)end,
                              .has_key = true};
}

bool roles_are_natural(const struct tp_roles *roles)
{
    return !roles || roles->count == 0;
}

/* The sender that is asked, and the words that it is asked for. */
struct asked {
    struct sender *sender;
    const struct tp_figure_columns *columns;
};

static bool answer(void *context, size_t index, union tp_filter_value *found)
{
    struct asked *asked = context;
    const struct tp_value value =
        tp_sheet_column(&asked->sender->sheet, &asked->columns->list[index]);

    return tp_value_number(&value, &found->number);
}

int role_of(const struct tp_roles *roles, const struct role_stage *stage, struct sender *sender,
            char name[ROLE_NAME_BYTES])
{
    struct tp_record record = record_of(sender->flow, sender->end);
    struct asked asked = {.sender = sender};
    bool plays = false;
    size_t i;

    if (roles_are_natural(roles)) {
        name_by_nature(stage, sender->flow, sender->end, name);
        return true;
    }
    asked.columns = roles->columns;
    for (i = 0; i < roles->count && !plays; i++) {
        plays = tp_filter_match_with(roles->list[i].filter, &record, answer, &asked);
        if (sender->sheet.out_of_memory)
            return TP_ERR_NOMEM;
        if (plays)
            memcpy(name, roles->list[i].name, ROLE_NAME_BYTES);
    }
    return plays;
}
