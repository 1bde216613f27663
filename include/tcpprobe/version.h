/* version.h: which library this is. The Makefile takes the version from here and from nowhere else.
 *
 * The first number rises when programs must be changed, the second when something was added, the
 * third with repairs. Structs of the other headers grow by members as kernels and tables do: a
 * program must be compiled with the headers of the library that it is linked to, and a shared
 * library has the first two numbers in its soname.
 */
#ifndef TCPPROBE_VERSION_H
#define TCPPROBE_VERSION_H

#ifdef __cplusplus
extern "C" {
#endif

#define TP_VERSION_MAJOR 0
#define TP_VERSION_MINOR 1
#define TP_VERSION_PATCH 0

/* One number for #if: the headers are of that version or a later one. */
#define TP_VERSION_AT_LEAST(major, minor, patch)                                                   \
    (TP_VERSION_MAJOR * 1000000 + TP_VERSION_MINOR * 1000 + TP_VERSION_PATCH >=                    \
     (major) * 1000000 + (minor) * 1000 + (patch))

#define TP_VERSION_WORDS_(major, minor, patch) #major "." #minor "." #patch
#define TP_VERSION_WORDS(major, minor, patch)  TP_VERSION_WORDS_(major, minor, patch)

/* "0.1.0": the version of the headers. */
#define TP_VERSION TP_VERSION_WORDS(TP_VERSION_MAJOR, TP_VERSION_MINOR, TP_VERSION_PATCH)

/* That of the library; where it is not TP_VERSION, the program was compiled with other headers. Any
 * thread may ask. */
const char *tp_version(void);

#ifdef __cplusplus
}
#endif

#endif
