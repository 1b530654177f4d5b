#include "tests/unit/runners/scene.h"

#include "runners/ready.h"

static bool is_readable(const struct ready *ready)
{
    struct pollfd fd = { .fd = ready->fd, .events = POLLIN };

    return poll(&fd, 1, 0) == 1;
}

static void test_ready_take_gives_the_oldest(void **state)
{
    struct ready ready;
    struct err err = ERR_INIT;
    struct ask asks[3] = { { .ordinal = 0 } };

    (void)state;
    assert_int_equal(0, ready_open(&ready, &err));
    for (int i = 0; i < 3; i++)
        ready_add(&ready, &asks[i]);
    for (int i = 0; i < 3; i++)
        assert_ptr_equal(&asks[i], ready_take(&ready));
    assert_null(ready_take(&ready));
    ready_close(&ready);
}

static void test_ready_is_readable_while_it_holds_some(void **state)
{
    struct ready ready;
    struct err err = ERR_INIT;
    struct ask asks[2] = { { .ordinal = 0 } };

    (void)state;
    assert_int_equal(0, ready_open(&ready, &err));
    assert_false(is_readable(&ready));
    for (int round = 0; round < 3; round++) {
        ready_add(&ready, &asks[0]);
        ready_add(&ready, &asks[1]);
        assert_true(is_readable(&ready));
        ready_take(&ready);
        assert_true(is_readable(&ready));
        ready_take(&ready);
        assert_false(is_readable(&ready));
    }
    ready_close(&ready);
}

static void test_ready_drop_forgets_them_all(void **state)
{
    struct ready ready;
    struct err err = ERR_INIT;
    struct ask asks[2] = { { .ordinal = 0 } };

    (void)state;
    assert_int_equal(0, ready_open(&ready, &err));
    ready_add(&ready, &asks[0]);
    ready_add(&ready, &asks[1]);
    ready_drop(&ready);
    assert_false(is_readable(&ready));
    assert_null(ready_take(&ready));
    ready_close(&ready);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ready_take_gives_the_oldest),
        cmocka_unit_test(test_ready_is_readable_while_it_holds_some),
        cmocka_unit_test(test_ready_drop_forgets_them_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
