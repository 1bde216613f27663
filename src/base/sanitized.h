/* sanitized.h: is this a build that watches itself? Then TP_SANITIZED is defined. */
#ifndef TCPPROBE_BASE_SANITIZED_H
#define TCPPROBE_BASE_SANITIZED_H

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||                         \
    __has_feature(memory_sanitizer)
#define TP_SANITIZED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define TP_SANITIZED
#endif

#endif
