/* printable.h: names in sentences. Those of baseline files and of recordings may hold any byte. */
#ifndef TCPPROBE_COMPARE_PRINTABLE_H
#define TCPPROBE_COMPARE_PRINTABLE_H

static inline char printable(char c)
{
    return c < 0x20 || c > 0x7e ? '?' : c;
}

#endif
