/* test_put.c: numbers and addresses, held against those who have the last word: glibc's printf()
 * and inet_ntop(), and the kernel's own tests of its printf (lib/tests/printf_kunit.c).
 *
 * PUT_NUMBERS=N: so many random doubles instead of 300000.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <arpa/inet.h>
#include <cmocka.h>

#include "base/put.h"

static uint64_t random_bits(void)
{
    static uint64_t value = 88172645463325252u;

    value ^= value << 13;
    value ^= value >> 7;
    value ^= value << 17;
    return value;
}

/* --- integers and addresses ------------------------------------------------------------------- */

static void numbers_are_written(void **state)
{
    static const struct {
        uint64_t value;
        const char *decimal, *hex;
    } rows[] = {
        {0, "0", "0"},
        {7, "7", "7"},
        {10, "10", "a"},
        {99, "99", "63"},
        {100, "100", "64"},
        {0xffff, "65535", "ffff"},
        {0x7fffffff, "2147483647", "7fffffff"},
        {UINT64_MAX, "18446744073709551615", "ffffffffffffffff"},
    };
    char buf[PUT_MAX];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        *put_unsigned(buf, rows[i].value) = '\0';
        assert_string_equal(buf, rows[i].decimal);
        *put_hex(buf, rows[i].value) = '\0';
        assert_string_equal(buf, rows[i].hex);
    }
    *put_signed(buf, INT64_MIN) = '\0';
    assert_string_equal(buf, "-9223372036854775808");
    *put_padded(buf, 123, 6) = '\0';
    assert_string_equal(buf, "000123");
    *put_padded(buf, 1234, 3) = '\0';
    assert_string_equal(buf, "1234");
    *put_hex_padded(buf, 0xf63821f9, 16) = '\0';
    assert_string_equal(buf, "00000000f63821f9");
    *put_seconds(buf, -INT64_C(12000000034)) = '\0';
    assert_string_equal(buf, "-12.000000034");
    *put_seconds(buf, 123456789) = '\0';
    assert_string_equal(buf, "0.123456789");
    *put_seconds(buf, INT64_MIN) = '\0';
    assert_string_equal(buf, "-9223372036.854775808");
}

static void random_numbers_are_written_as_printf_does(void **state)
{
    char buf[PUT_MAX], expected[PUT_MAX];
    uint64_t value;

    (void)state;
    for (unsigned i = 0; i < 20000; i++) {
        value = random_bits();
        *put_unsigned(buf, value >> i % 64) = '\0';
        snprintf(expected, sizeof expected, "%llu", (unsigned long long)(value >> i % 64));
        assert_string_equal(buf, expected);
        *put_hex(buf, value >> i % 64) = '\0';
        snprintf(expected, sizeof expected, "%llx", (unsigned long long)(value >> i % 64));
        assert_string_equal(buf, expected);
    }
}

static void addresses_are_compressed_as_the_kernel_does(void **state)
{
    static const char *const rows[][2] = {
        {"::", "::"},
        {"::1", "::1"},
        {"1::", "1::"},
        {"fd00::1", "fd00::1"},
        {"1:0:0:2:0:0:0:3", "1:0:0:2::3"},
        {"1:0:0:2:3:0:0:4", "1::2:3:0:0:4"},
        {"1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"},
        {"0:1:2:3:4:5:6:7", "0:1:2:3:4:5:6:7"},
        {"::ffff:127.0.0.1", "::ffff:127.0.0.1"},
        {"::ffff:0.0.0.0", "::ffff:0.0.0.0"},
        {"::1.2.3.4", "::102:304"}, /* only the C library shows IPv4 here */
        {"2001:db8::5efe:192.0.2.1", "2001:db8::5efe:192.0.2.1"},
        {"2001:db8::200:5efe:192.0.2.1", "2001:db8::200:5efe:192.0.2.1"},
    };
    unsigned char address[16];
    char buf[PUT_MAX];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(inet_pton(AF_INET6, rows[i][0], address), 1);
        *put_ipv6(buf, address) = '\0';
        assert_string_equal(buf, rows[i][1]);
    }
    *put_ipv4(buf, (const unsigned char[4]){10, 0, 255, 100}) = '\0';
    assert_string_equal(buf, "10.0.255.100");
}

static void a_socket_address_without_a_family_is_invalid(void **state)
{
    unsigned char address[28] = {0};
    char buf[PUT_MAX];

    (void)state;
    *put_sockaddr(buf, address) = '\0';
    assert_string_equal(buf, "(einval)");
}

/* Zeros in all places, so that runs of every length and place occur. */
static void addresses_are_compressed_as_inet_ntop_does(void **state)
{
    unsigned char address[16];
    char buf[PUT_MAX], expected[INET6_ADDRSTRLEN];
    uint64_t bits;

    (void)state;
    for (unsigned i = 0; i < 200000; i++) {
        bits = random_bits();
        for (unsigned byte = 0; byte < 16; byte++)
            address[byte] = bits >> (byte / 2 + 16) & 1 || (bits >> byte & 1 && bits >> 40 & 1)
                                ? (unsigned char)(random_bits() >> 13)
                                : 0;
        if ((bits >> 41 & 7) == 0)
            address[10] = address[11] = 0xff;
        *put_inet6(buf, address) = '\0';
        assert_string_equal(buf, inet_ntop(AF_INET6, address, expected, sizeof expected));
        *put_ipv4(buf, address) = '\0';
        assert_string_equal(buf, inet_ntop(AF_INET, address, expected, sizeof expected));
    }
    for (unsigned i = 0; i < 1u << 16; i++) { /* each pattern of zero groups */
        for (unsigned group = 0; group < 8; group++) {
            address[2 * group] = i >> (group + 8) & 1 ? 0xff : 0;
            address[2 * group + 1] = i >> group & 1 ? 0xff : 0;
        }
        *put_inet6(buf, address) = '\0';
        assert_string_equal(buf, inet_ntop(AF_INET6, address, expected, sizeof expected));
    }
}

/* --- doubles ---------------------------------------------------------------------------------- */

static void check_real(double value)
{
    char buf[PUT_MAX], expected[512];
    int digits;

    for (digits = 15; digits <= 17; digits++) {
        snprintf(expected, sizeof expected, "%.*g", digits, value);
        if (strtod(expected, NULL) == value)
            break;
    }
    *put_real(buf, value) = '\0';
    assert_string_equal(buf, expected);
    snprintf(expected, sizeof expected, "%.17g", value);
    *put_real17(buf, value) = '\0';
    assert_string_equal(buf, expected);
}

static void check_fixed(double value)
{
    char buf[PUT_MAX], expected[512];

    if (!(fabs(value) <= 9e15))
        return;
    for (unsigned decimals = 0; decimals <= 3; decimals++) {
        snprintf(expected, sizeof expected, "%.*f", (int)decimals, value);
        *put_fixed(buf, value, decimals) = '\0';
        assert_string_equal(buf, expected);
    }
}

static void check(double value)
{
    check_real(value);
    check_fixed(value);
    check_real(-value);
    check_fixed(-value);
}

static void check_around(double value)
{
    double below = value, above = value;

    check(value);
    for (unsigned i = 0; i < 3; i++) {
        below = nextafter(below, -INFINITY);
        above = nextafter(above, INFINITY);
        check(below);
        check(above);
    }
}

/* Where neighbours lie closer on one side, where a digit more begins, and where a half is exact. */
static void edges_are_rounded_as_printf_does(void **state)
{
    double power;

    (void)state;
    for (int e = -1074; e <= 1023; e++)
        check_around(ldexp(1, e));
    for (int e = -320; e <= 308; e++) {
        char text[32];

        snprintf(text, sizeof text, "1e%d", e);
        power = strtod(text, NULL);
        check_around(power);
        check_around(power / 2);
        check_around(power * 9.9999999999999995);
    }
    for (int i = 0; i < 20000; i++)
        for (int e = 1; e < 12; e++)
            check(ldexp(2 * i + 1, -e)); /* x.5, x.25, x.125 ... */
    for (double value = 9e15 - 64; value <= 9e15; value++)
        check(value);
    check_around(0);
    check_around(1e15);
    check_around(9007199254740992);
    check_real(INFINITY);
    check_real(NAN);
}

static void random_doubles_are_rounded_as_printf_does(void **state)
{
    const char *wanted = getenv("PUT_NUMBERS");
    unsigned long count = wanted ? strtoul(wanted, NULL, 10) : 300000;
    static const double tens[] = {1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e12, 1e15};
    uint64_t bits;
    double value;

    (void)state;
    for (unsigned long i = 0; i < count; i++) {
        bits = random_bits();
        switch (i % 4) {
        case 0: /* anything */
            memcpy(&value, &bits, sizeof value);
            break;
        case 1: /* anything that we write */
            value = ldexp((double)(bits >> 11), -(int)(random_bits() % 110));
            break;
        case 2: /* a decimal number */
            value = (double)(bits >> (8 + random_bits() % 56)) / tens[random_bits() % 12];
            break;
        default: /* a mean or a share */
            value = (double)(bits >> 40) / (double)(random_bits() % 100000 + 1);
        }
        check_real(value);
        check_fixed(value);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_written),
        cmocka_unit_test(random_numbers_are_written_as_printf_does),
        cmocka_unit_test(addresses_are_compressed_as_the_kernel_does),
        cmocka_unit_test(a_socket_address_without_a_family_is_invalid),
        cmocka_unit_test(addresses_are_compressed_as_inet_ntop_does),
        cmocka_unit_test(edges_are_rounded_as_printf_does),
        cmocka_unit_test(random_doubles_are_rounded_as_printf_does),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
