/* fuzz.h: what a fuzz target defines: it must survive any input, and returns 0. */
#ifndef TCPPROBE_TESTS_FUZZ_H
#define TCPPROBE_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
