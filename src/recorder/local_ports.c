/* local_ports.c: PROC/sys/net/ipv4/ip_local_port_range, "32768	60999". */
#include <stdio.h>

#include "recorder/local_ports.h"

#define LEAST_OF_NEW 32768
#define MOST_OF_NEW  60999

bool local_ports_read(const char *proc, uint16_t *least, uint16_t *most)
{
    unsigned first, last;
    char path[512];
    FILE *file;
    int read;

    snprintf(path, sizeof path, "%s/sys/net/ipv4/ip_local_port_range", proc);
    file = fopen(path, "re");
    if (!file)
        return false;
    read = fscanf(file, "%5u %5u", &first, &last);
    fclose(file);
    if (read != 2 || first > last || last > UINT16_MAX)
        return false;
    *least = (uint16_t)(first < LEAST_OF_NEW ? first : LEAST_OF_NEW);
    *most = (uint16_t)(last > MOST_OF_NEW ? last : MOST_OF_NEW);
    return true;
}
