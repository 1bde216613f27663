/* version.c: the version, as compiled in. */
#include <tcpprobe/version.h>

const char *tp_version(void)
{
    return TP_VERSION;
}
