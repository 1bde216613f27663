/* inputs.h: what was met in each input, as rows for the writers. */
#ifndef TCPPROBE_CLI_INPUTS_H
#define TCPPROBE_CLI_INPUTS_H

#include <tcpprobe/output.h>

#include "cli/common.h"

/* The inputs of pass as a JSON array. */
void cli_inputs_json(struct tp_out *out, const struct cli_pass *pass);

#endif
