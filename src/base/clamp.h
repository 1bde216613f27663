/* clamp.h: sizes for libraries that count with fewer bits. */
#ifndef TCPPROBE_BASE_CLAMP_H
#define TCPPROBE_BASE_CLAMP_H

#include <stddef.h>
#include <stdint.h>

static inline uint32_t clamp_u32(size_t size)
{
    return size > UINT32_MAX ? UINT32_MAX : (uint32_t)size;
}

#endif
