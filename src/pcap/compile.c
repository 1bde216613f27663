/* compile.c: once without the optimiser, and again with it where that is quick. */
#include "pcap/compile.h"

#define OPTIMISED_MAX 8192 /* instructions before */

static bool compile(pcap_t *pcap, const char *expression, bool optimise,
                    struct bpf_program *program)
{
    return pcap_compile(pcap, program, expression, optimise, PCAP_NETMASK_UNKNOWN) == 0;
}

bool compile_expression(pcap_t *pcap, const char *expression, bool may_be_never,
                        struct bpf_program *program)
{
    struct bpf_program better;

    if (!compile(pcap, expression, false, program))
        return false;
    if (program->bf_len > OPTIMISED_MAX)
        return true;
    if (!compile(pcap, expression, true, &better)) {
        if (!may_be_never)
            pcap_freecode(program);
        return may_be_never;
    }
    pcap_freecode(program);
    *program = better;
    return true;
}
