/* formats.c: the list of formats. */
#include "input/format.h"

/* The first one that claims an input has it: text comes last and takes anything. */
static const struct format *const formats[] = {&format_pcap, &format_pcapng, &format_snoop,
                                               &format_erf, &format_text};

const struct format *format_of(const char *bytes, size_t length)
{
    size_t i = 0;

    while (!formats[i]->begins(bytes, length))
        i++;
    return formats[i];
}
