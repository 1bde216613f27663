/* confine.c: base/confine.h for a whole command. Tests that call commands within their own process
 * have a cli_confine() of their own. */
#include <string.h>

#include "cli/common.h"

void cli_confine(enum confine_scope scope, bool quiet)
{
    int failed = confine(scope);

    if (failed > 0 && !quiet)
        cli_message("this kernel does not confine the process to what it needs: %s",
                    strerror(failed));
}
