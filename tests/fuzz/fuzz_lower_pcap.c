/* fuzz_lower_pcap.c: whatever filter is lowered, libpcap understands what comes out. */
#include <stdlib.h>
#include <string.h>

#include <tcpprobe/pcap.h>
#include <tcpprobe/filter.h>

#include "fuzz.h"

static void check(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *expression = strndup((const char *)data, size), *lowered;
    struct tp_filter *filter;
    struct tp_bpf *bpf;
    bool exact;

    check(expression != NULL);
    if (tp_filter_parse(&filter, expression, NULL) == 0) {
        check(tp_filter_pcap(filter, &lowered, &exact, NULL) == 0);
        if (lowered) {
            check(tp_bpf_new(&bpf, lowered, NULL) == 0);
            tp_bpf_free(bpf);
        }
        free(lowered);
        tp_filter_free(filter);
    }
    free(expression);
    return 0;
}
