/* plot_label.c: what the inputs are called in the picture. */
#include <fnmatch.h>
#include <string.h>

#include "cli/plot_picture.h"

static bool is_of(const struct cli_label *label, const char *path)
{
    return strcmp(label->pattern, path) == 0 || fnmatch(label->pattern, path, 0) == 0;
}

error_t cli_plot_parse_label(struct cli_plot *plot, const char *text)
{
    const char *equals = strchr(text, '=');
    struct cli_label *label = &plot->labels[plot->label_count];
    size_t length = equals ? (size_t)(equals - text) : 0;

    if (length == 0 || !equals[1])
        return cli_bad_option("--label: '%s' is not NAME=FILE such as cubic=run-1.log.gz", text);
    if (plot->label_count == CLI_LABELS_MAX)
        return cli_bad_option("--label: at most %d labels", CLI_LABELS_MAX);
    if (length >= sizeof label->name)
        return cli_bad_option("--label: a name of %zu bytes is too long: at most %zu", length,
                              sizeof label->name - 1);
    memcpy(label->name, text, length);
    label->name[length] = '\0';
    label->pattern = equals + 1;
    plot->label_count++;
    return 0;
}

bool cli_plot_labels_fit(const struct cli_plot *plot)
{
    for (size_t i = 0; i < plot->label_count; i++) {
        bool found = false;

        for (size_t k = 0; k < plot->input.path_count && !found; k++)
            found = is_of(&plot->labels[i], plot->input.paths[k]);
        if (!found) {
            cli_message("--label: no input is called %s", plot->labels[i].pattern);
            return false;
        }
    }
    return true;
}

const char *cli_plot_label_of(const struct cli_plot *plot, const char *path)
{
    for (size_t i = 0; i < plot->label_count; i++)
        if (is_of(&plot->labels[i], path))
            return plot->labels[i].name;
    return NULL;
}
