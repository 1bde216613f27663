/* run.c: the flows of a recording, role by role. */
#include <stdlib.h>
#include <string.h>

#include "compare/identity.h"
#include "compare/reasons.h"
#include "compare/roles.h"
#include "compare/sender.h"

/* A sender with the role that it plays; sorted by role, the order of the flows kept. */
struct player {
    char role[ROLE_NAME_BYTES];
    struct sender sender;
    bool mouse;
    size_t order;
};

struct cast {
    struct player *players;
    size_t count;
    struct role_stage *stage;
};

static int by_role(const void *a, const void *b)
{
    const struct player *x = a, *y = b;
    int order = strcmp(x->role, y->role);

    if (order == 0)
        order = x->mouse - y->mouse; /* mice behind the others */
    return order ? order : (x->order > y->order) - (x->order < y->order);
}

static struct role_stage *stage_of(const struct tp_flow *const *flows, size_t count)
{
    struct role_stage *stage = calloc(1, sizeof *stage);
    size_t i;

    if (!stage || count == 0)
        return stage;
    stage->first_ns = flows[0]->first_ns;
    for (i = 0; i < count; i++) {
        stage->ports[flows[i]->key.port[0]]++;
        stage->ports[flows[i]->key.port[1]]++;
        if (flows[i]->first_ns < stage->first_ns)
            stage->first_ns = flows[i]->first_ns;
    }
    return stage;
}

static int gather_cast(struct cast *cast, const struct tp_analysis *analysis,
                       const struct tp_run_options *options)
{
    uint64_t min_bytes = options->min_bytes ? options->min_bytes : TP_RUN_MIN_BYTES;
    const struct tp_flow *const *flows;
    struct player *player;
    size_t count, i;
    int plays;

    flows = tp_analysis_flows(analysis, &count);
    cast->players = calloc(count + 1, sizeof *cast->players);
    cast->stage = stage_of(flows, count);
    if (!cast->players || !cast->stage)
        return TP_ERR_NOMEM;
    for (i = 0; i < count; i++) {
        player = &cast->players[cast->count];
        if (!sender_open(&player->sender, analysis, flows[i], cast->stage->first_ns))
            continue;
        plays = role_of(options->roles, cast->stage, &player->sender, player->role);
        if (plays < 0)
            return plays;
        if (!plays)
            continue;
        player->mouse = sender_is_small(&player->sender, min_bytes);
        player->order = cast->count++;
    }
    if (cast->count > 1)
        qsort(cast->players, cast->count, sizeof *cast->players, by_role);
    return TP_OK;
}

static bool is_alone(const struct cast *cast)
{
    const struct player *first = NULL;
    size_t i;

    for (i = 0; i < cast->count; i++) {
        if (cast->players[i].mouse)
            continue;
        if (first && strcmp(first->role, cast->players[i].role) != 0)
            return false;
        first = &cast->players[i];
    }
    return first != NULL;
}

/* Where all flows but the mice play one natural role, all are of it. */
static void name_alone(struct cast *cast)
{
    struct player *player;

    if (!is_alone(cast))
        return;
    for (player = cast->players; player < cast->players + cast->count; player++)
        role_alone(player->sender.flow, player->sender.end, player->role);
    qsort(cast->players, cast->count, sizeof *cast->players, by_role);
}

/* The players from first on that share its role; *mice of them are. */
static size_t same_role(const struct cast *cast, size_t first, size_t *mice)
{
    size_t i = first;

    *mice = 0;
    for (; i < cast->count && strcmp(cast->players[i].role, cast->players[first].role) == 0; i++)
        *mice += cast->players[i].mouse;
    return i - first;
}

static int add_role(struct tp_run *run, const struct player *players, size_t count, size_t mice)
{
    struct tp_run_role *role = &run->roles[run->role_count];
    struct sender *senders = calloc(count, sizeof *senders);
    double *scratch = calloc(2 * count, sizeof *scratch);
    size_t i;
    int rc = TP_ERR_NOMEM;

    role->name = strdup(players[0].role);
    role->mice = (uint32_t)mice;
    run->role_count++;
    if (senders && scratch && role->name) {
        for (i = 0; i < count; i++)
            senders[i] = players[i].sender;
        role_values(role, senders, count, scratch);
        rc = role_distributions(role, senders, count);
        if (rc == TP_OK)
            rc = role_reasons(role, senders, count);
    }
    free(scratch);
    free(senders);
    return rc;
}

static int add_roles(struct tp_run *run, const struct cast *cast)
{
    size_t first, count, mice;
    int rc = TP_OK;

    run->roles = calloc(cast->count + 1, sizeof *run->roles);
    if (!run->roles)
        return TP_ERR_NOMEM;
    for (first = 0; rc == TP_OK && first < cast->count; first += count) {
        count = same_role(cast, first, &mice);
        if (count > mice)
            rc = add_role(run, &cast->players[first], count - mice, mice);
    }
    return rc;
}

/* Whose word the bytes of most flows are, mice apart where there are others. */
static unsigned origin_of(const struct cast *cast)
{
    size_t votes[TP_FROM_SOCKET + 1] = {0}, i;
    unsigned origin, most = TP_FROM_KERNEL;

    if (cast->count == 0)
        return TP_WAYS;
    for (i = 0; i < cast->count; i++)
        votes[cast->players[i].sender.origin] += cast->players[i].mouse ? 1 : cast->count + 1;
    for (origin = 0; origin <= TP_FROM_SOCKET; origin++)
        if (votes[origin] > votes[most])
            most = origin;
    return most;
}

/* Named where it is known of all players but the mice, and the same. */
static int name_congestion_control(struct tp_run *run, const struct tp_analysis *analysis,
                                   const struct cast *cast)
{
    const char *name, *first = NULL;
    size_t i;

    for (i = 0; i < cast->count; i++) {
        if (cast->players[i].mouse)
            continue;
        name = tp_flow_congestion_control(analysis, cast->players[i].sender.flow);
        if (!name || (first && strcmp(name, first) != 0))
            return TP_OK;
        first = name;
    }
    if (first)
        run->congestion_control = strdup(first);
    return first && !run->congestion_control ? TP_ERR_NOMEM : TP_OK;
}

static void count_until_close(struct tp_run *run, struct cast *cast)
{
    size_t i;

    for (i = 0; i < cast->count; i++)
        run->until_close += !cast->players[i].mouse && sender_may_be_more(&cast->players[i].sender);
}

int tp_run_from_analysis(struct tp_run *run, const struct tp_analysis *analysis, const char *name,
                         const struct tp_run_options *options, struct tp_error *error)
{
    static const struct tp_run_options defaults;
    struct cast cast = {.players = NULL};
    int rc;

    *run = (struct tp_run){.name = strdup(name)};
    rc = run->name ? gather_cast(&cast, analysis, options ? options : &defaults) : TP_ERR_NOMEM;
    if (rc == TP_OK && roles_are_natural(options ? options->roles : NULL))
        name_alone(&cast);
    if (rc == TP_OK) {
        run->origin = origin_of(&cast);
        run->identity = run_identity(analysis);
        count_until_close(run, &cast);
        rc = name_congestion_control(run, analysis, &cast);
    }
    if (rc == TP_OK)
        rc = add_roles(run, &cast);
    free(cast.players);
    free(cast.stage);
    if (rc == TP_OK)
        return TP_OK;
    tp_run_release(run);
    return tp_error_nomem(error);
}
