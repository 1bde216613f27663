/* panels.c: the list of panels, in the order of a page. */
#include <stdio.h>
#include <string.h>

#include "base/phrase.h"
#include "plot/panels.h"

#define BIT(ID) TP_METRIC_BIT(ID)

/* Drawn whatever the panels: the overview's strips, and the window of a lonely receiver. */
#define ALWAYS                                                                                     \
    (BIT(ACKED) | BIT(DATA_LEN) | BIT(RETRANSMIT) | BIT(RCV_WND) | BIT(WIRE_ACKED) |               \
     BIT(WIRE_UNIQUE) | BIT(WIRE_RETRANSMIT))

const struct tp_panel_kind *const tp_panel_kinds[] = {
    &tp_tsg_panel,     &tp_cwnd_panel,        &tp_inflight_panel, &tp_rtt_panel,
    &tp_rate_panel,    &tp_retransmits_panel, &tp_limits_panel,   &tp_account_panel,
    &tp_windows_panel, &tp_pacing_panel,      &tp_rto_panel,      &tp_queues_panel,
    &tp_memory_panel,
};

const size_t tp_panel_kind_count = sizeof tp_panel_kinds / sizeof *tp_panel_kinds;

/* Is it drawn unless the caller chooses? */
static bool is_default(const struct tp_panel_kind *kind, bool detail)
{
    return kind->use == TP_PANEL_USUAL || kind->use == TP_PANEL_PACKETS ||
           (detail && kind->in_detail);
}

struct tp_picture_needs tp_picture_needs(const char *panels, bool detail)
{
    struct tp_picture_needs needs = {.metrics = ALWAYS};
    const struct tp_panel_kind *kind;
    size_t i, length;

    for (i = 0; !panels && i < tp_panel_kind_count; i++)
        if (is_default(tp_panel_kinds[i], detail)) {
            needs.metrics |= tp_panel_kinds[i]->metrics;
            needs.marks |= tp_panel_kinds[i]->marks ? TP_PLOT_MARKS : 0;
        }
    for (; panels; panels = panels[length] ? panels + length + 1 : NULL) {
        length = strcspn(panels, ",");
        kind = tp_panel_find(panels, length, NULL);
        needs.metrics |= kind ? kind->metrics : 0;
        needs.marks |= kind && kind->marks ? TP_PLOT_MARKS : 0;
    }
    return needs;
}

static void unknown_panel(const char *name, size_t length, struct tp_error *error)
{
    char known[sizeof error->text];
    struct tp_phrase names = tp_phrase_in(known, sizeof known);
    size_t i;

    for (i = 0; i < tp_panel_kind_count; i++)
        tp_phrase_item(&names, ", ", "%s", tp_panel_kinds[i]->name);
    tp_error_set(error, TP_ERR_USAGE, "unknown panel '%.*s': there are %s",
                 (int)(length < 40 ? length : 40), name, known);
}

const struct tp_panel_kind *tp_panel_find(const char *name, size_t length, struct tp_error *error)
{
    size_t i;

    for (i = 0; i < tp_panel_kind_count; i++)
        if (strlen(tp_panel_kinds[i]->name) == length &&
            memcmp(tp_panel_kinds[i]->name, name, length) == 0)
            return tp_panel_kinds[i];
    unknown_panel(name, length, error);
    return NULL;
}

const struct tp_panel_kind *tp_panel_of(const char *quantity)
{
    const struct tp_panel_kind *kind;
    size_t i;

    for (i = 0; i < tp_panel_kind_count; i++) {
        kind = tp_panel_kinds[i];
        if (kind->quantity &&
            (strcmp(kind->name, quantity) == 0 || strcmp(kind->quantity, quantity) == 0))
            return kind;
    }
    return NULL;
}

bool tp_panel_list(size_t index, struct tp_panel_info *info)
{
    const struct tp_panel_kind *kind;

    if (index >= tp_panel_kind_count)
        return false;
    kind = tp_panel_kinds[index];
    *info = (struct tp_panel_info){kind->name, kind->help, is_default(kind, false)};
    return true;
}
