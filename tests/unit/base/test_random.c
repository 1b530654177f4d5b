#include "harness/base/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static void test_splitmix_next_gives_the_known_numbers(void **state)
{
    struct splitmix random = { 42 };

    (void)state;
    assert_int_equal(splitmix_next(&random), UINT64_C(0xbdd732262feb6e95));
    assert_int_equal(splitmix_next(&random), UINT64_C(0x28efe333b266f103));
}

static void test_splitmix_below_is_uniform(void **state)
{
    struct splitmix random = { 1 };
    int counts[6] = { 0 };

    (void)state;
    for (int i = 0; i < 60000; i++)
        counts[splitmix_below(&random, 6)]++;
    for (int i = 0; i < 6; i++)
        assert_in_range(counts[i], 9600, 10400);
    for (int i = 0; i < 100; i++)
        assert_int_equal(splitmix_below(&random, 1), 0);
}

/* With n = 3 * 2^62 a plain remainder or multiply makes one third of the values twice as likely. */
static void test_splitmix_below_rejects_what_would_bias(void **state)
{
    struct splitmix random = { 2 };
    uint64_t n = UINT64_C(3) << 62;
    int multiples = 0;

    (void)state;
    for (int i = 0; i < 30000; i++) {
        uint64_t drawn = splitmix_below(&random, n);

        assert_true(drawn < n);
        multiples += drawn % 3 == 0;
    }
    assert_in_range(multiples, 9600, 10400);
}

static void test_splitmix_unit_is_in_range(void **state)
{
    struct splitmix random = { 3 };
    double sum = 0;

    (void)state;
    for (int i = 0; i < 100000; i++) {
        double drawn = splitmix_unit(&random);

        assert_true(drawn >= 0 && drawn < 1);
        sum += drawn;
    }
    assert_in_range((int)(sum / 100), 495, 505);
}

/* What follows was printed by CPython 3.11. */
static void assert_stream(uint64_t seed, const uint32_t first[3], const uint64_t below[9])
{
    static const uint64_t limits[9] = {
        1, 2, 10, UINT64_C(1) << 31, UINT64_C(1) << 32, (UINT64_C(1) << 32) + 1, UINT64_C(1000000000000000),
        UINT64_C(1) << 63, UINT64_MAX,
    };
    struct twister random;

    twister_seed(&random, seed);
    for (int i = 0; i < 3; i++)
        assert_int_equal(twister_next(&random), first[i]);
    for (int i = 0; i < 9; i++)
        assert_int_equal(twister_below(&random, limits[i]), below[i]);
}

static void test_twister_is_pythons(void **state)
{
    (void)state;
    assert_stream(UINT64_C(0), (const uint32_t[]){ 3626764237u, 1654615998u, 3255389356u },
                  (const uint64_t[]){ 0, 0, 4,
                                      2087043557, 2046968324, UINT64_C(3900315155),
                                      UINT64_C(156807128623222), UINT64_C(2577854692418029171), UINT64_C(1749318759610081913) });
    assert_stream(UINT64_C(1), (const uint32_t[]){ 577090037u, 2444712010u, 3639700191u },
                  (const uint64_t[]){ 0, 1, 1,
                                      2127877499, UINT64_C(3268308804), 901749037,
                                      UINT64_C(31917997304962), UINT64_C(7983143289132581517), UINT64_C(14061585512234290806) });
    assert_stream(UINT64_C(4294967295), (const uint32_t[]){ 2728839433u, 2661025012u, 872737089u },
                  (const uint64_t[]){ 0, 1, 9,
                                      1460408326, UINT64_C(4130059007), UINT64_C(3818874696),
                                      UINT64_C(462114846811186), UINT64_C(4002527899418901179), UINT64_C(17674003629387941933) });
    assert_stream(UINT64_C(4294967296), (const uint32_t[]){ 485306839u, 1508871100u, 1794561286u },
                  (const uint64_t[]){ 0, 0, 9,
                                      1423829729, UINT64_C(4272311653), 60122280,
                                      UINT64_C(921502738671680), UINT64_C(6321624384212348358), UINT64_C(7034002934646918198) });
    assert_stream(UINT64_C(11574206874992991637), (const uint32_t[]){ 3888059833u, 505806013u, 2060798774u },
                  (const uint64_t[]){ 0, 0, 2,
                                      758535193, UINT64_C(2501925208), 1303858333,
                                      UINT64_C(612596590850201), UINT64_C(4410325777118443329), UINT64_C(16636877959582542317) });
    assert_stream(UINT64_C(18446744073709551615), (const uint32_t[]){ 93740670u, 1068495656u, 1452108352u },
                  (const uint64_t[]){ 0, 1, 9,
                                      408097150, UINT64_C(3189129643), UINT64_C(3165929296),
                                      UINT64_C(599417360960930), UINT64_C(8917442887871811355), UINT64_C(5127315792833730302) });
}

static void test_twister_next_goes_past_its_first_block(void **state)
{
    struct twister random;

    (void)state;
    twister_seed(&random, 5489);
    for (int i = 0; i < 1999; i++)
        twister_next(&random);
    assert_int_equal(twister_next(&random), 3857853497u);
}

static void test_twister_below_gives_pythons_choices(void **state)
{
    static const unsigned char digits[8] = { 6, 0, 4, 5, 3, 4, 9, 6 };
    struct twister random;

    (void)state;
    twister_seed(&random, 42);
    for (const char *expected = "AACBBBAA"; *expected != '\0'; expected++)
        assert_int_equal("ABCD"[twister_below(&random, 4)], *expected);
    twister_seed(&random, 12345);
    for (int i = 0; i < 8; i++)
        assert_int_equal(twister_below(&random, 10), digits[i]);
}

static void test_twister_shuffle_is_pythons(void **state)
{
    static const unsigned char expected[12] = { 28, 4, 41, 168, 81, 102, 120, 157, 13, 64, 121, 86 };
    unsigned char items[200], four[4] = { 0, 1, 2, 3 };
    struct twister random;

    (void)state;
    twister_seed(&random, 42);
    memcpy(items, "abcd", 4);
    twister_shuffle(&random, items, 4);
    assert_memory_equal(items, "cbda", 4);

    for (size_t i = 0; i < sizeof items; i++)
        items[i] = (unsigned char)i;
    twister_seed(&random, 7);
    twister_shuffle(&random, items, sizeof items);
    assert_memory_equal(items, expected, sizeof expected);
    assert_int_equal(twister_next(&random), 2434317078u);

    twister_seed(&random, UINT64_C(11574206874992991637));
    twister_shuffle(&random, four, 4);
    assert_memory_equal(four, "\x03\x02\x01\x00", 4);
    twister_shuffle(&random, four, 1);
    twister_shuffle(&random, NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_splitmix_next_gives_the_known_numbers),
        cmocka_unit_test(test_splitmix_below_is_uniform),
        cmocka_unit_test(test_splitmix_below_rejects_what_would_bias),
        cmocka_unit_test(test_splitmix_unit_is_in_range),
        cmocka_unit_test(test_twister_is_pythons),
        cmocka_unit_test(test_twister_next_goes_past_its_first_block),
        cmocka_unit_test(test_twister_below_gives_pythons_choices),
        cmocka_unit_test(test_twister_shuffle_is_pythons),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
