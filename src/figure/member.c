/* member.c: a member of a struct of sums, of whatever type it is, as a number. */
#include <string.h>

#include "figure/ways.h"

int64_t member_number(const void *of, const struct tp_figure_way *way)
{
    union {
        uint8_t u8;
        uint16_t u16;
        uint32_t u32;
        int64_t i64; /* and uint64_t, below 2^63 */
    } number;
    static const size_t sizes[] = {[MEMBER_BOOL] = 1, [MEMBER_U8] = 1,  [MEMBER_U16] = 2,
                                   [MEMBER_U32] = 4,  [MEMBER_U64] = 8, [MEMBER_I64] = 8};

    memcpy(&number, (const char *)of + way->detail, sizes[way->type]);
    switch (sizes[way->type]) {
    case 1:
        return number.u8;
    case 2:
        return number.u16;
    case 4:
        return number.u32;
    default:
        return number.i64;
    }
}
