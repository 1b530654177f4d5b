#include "tests/unit/engine/asked.h"

#include "harness/base/call.h"
#include "harness/engine/episode.h"
#include "harness/engine/outage.h"
#include "harness/engine/reply.h"

/* What a letter stands for: an answer, a failure of the provider, nobody there, one of ours, an ask given up, a filter's
 * no, a request turned down with 400, with 422, as too long, and that of one sample, epoch after epoch; an answer of no use. */
static struct reply reply_of(char letter)
{
    struct reply reply = reply_failed(strchr("hrsle", letter) != NULL ? ORIGIN_HARNESS : ORIGIN_PROVIDER, "so");

    if (letter == 'o')
        reply = reply_empty();
    reply.cause = strchr("rse", letter) != NULL ? CAUSE_REFUSED : letter == 'l' ? CAUSE_OVERFLOW : letter == 'w' ? CAUSE_USELESS :
                  letter == 'u' ? CAUSE_NOBODY : letter == 'f' ? CAUSE_FILTERED : CAUSE_UNTOLD;
    reply.status = letter == 'n' ? REPLY_NONE : letter == 't' ? REPLY_TIMEOUT : reply.status;
    return reply;
}

static struct outage notice(const char *letters)
{
    static const struct sample SAMPLES[16];
    struct outage outage = { .heard = false };

    for (size_t i = 0; *letters != '\0'; letters++, i++) {
        struct call call = { .status = *letters == 's' ? 422 : 400 };
        struct episode episode = { .sample = &SAMPLES[*letters == 'e' ? 0 : i] };
        struct ask ask = { .episode = &episode, .reply = reply_of(*letters), .calls = &call };
        bool failed = outage_notice(&outage, &ask);

        assert_int_equal(strchr("ptu", *letters) != NULL, failed);
    }
    return outage;
}

/* Replies in the order they came, whether they are an outage while others are left to be saved, and when none is. */
static const struct course { const char *letters; bool worth, tail; } COURSES[] = {
    { "", false, false }, { "pppp", false, false }, { "ppppp", true, false }, { "ppptt", true, false },
    { "uuuu", false, false }, { "uuuuu", true, true }, { "uuuuuu", true, true },
    { "ppppo", false, false }, { "ppppop", false, false }, { "ooooppppp", true, false }, { "ooouuuuu", true, true },
    { "uuuuo", false, false }, { "uuuup", true, false }, { "puuuu", true, false }, { "uupuuuu", true, false },
    { "pppuuuuu", true, true }, { "uuuuhu", false, false }, { "pppphp", false, false },
    { "ppnnppn", false, false }, { "ppnnpppn", true, false }, { "uunuuu", true, true },
    { "ffffffff", false, false }, { "ppppf", false, false }, { "ppppfp", false, false }, { "uuuufu", false, false },
    { "ffuuuuu", true, true }, { "wwwwwwww", false, false }, { "ppppwp", false, false }, { "wwwwwppppp", true, false },
};

static void test_outage_is_on_after_five_in_a_row(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof COURSES / sizeof COURSES[0]; i++) {
        struct outage outage = notice(COURSES[i].letters);

        if (outage_is_on(&outage, true) != COURSES[i].worth || outage_is_on(&outage, false) != COURSES[i].tail)
            fail_msg("\"%s\" is taken for what it is not", COURSES[i].letters);
    }
}

/* A server that refuses in its own words is there. */
static void test_outage_was_heard_of_whoever_spoke(void **state)
{
    static const struct { const char *letters; bool heard; } SPOKEN[] = {
        { "", false }, { "u", false }, { "uuuu", false }, { "o", true }, { "ouuuu", true }, { "p", true },
        { "up", true }, { "n", false }, { "h", false }, { "oh", true },
        { "f", true }, { "fuuuu", true }, { "r", true }, { "uuru", true }, { "w", true },
    };

    (void)state;
    for (size_t i = 0; i < sizeof SPOKEN / sizeof SPOKEN[0]; i++) {
        struct outage outage = notice(SPOKEN[i].letters);

        if (outage_was_heard(&outage) != SPOKEN[i].heard)
            fail_msg("\"%s\" is heard or not heard wrongly", SPOKEN[i].letters);
    }
}

/* Replies in the order they came, and whether all seem to be turned down where 6 voids are allowed, 1 is, or none is left. */
static const struct { const char *letters; bool many, few, last; } REFUSALS[] = {
    { "", false, false, false }, { "r", false, false, false }, { "rr", false, false, true },
    { "rrrr", false, false, true }, { "rrrrr", false, true, true }, { "rrrrrr", false, true, true },
    { "rrrrrrr", true, true, true }, { "orrrrrrr", true, true, true }, { "rrrrrrro", false, false, false },
    { "rrrrrrrf", false, false, false }, { "orrrr", false, false, false }, { "frr", false, false, false },
    { "rrrorrrr", false, false, false }, { "olllllll", true, true, true }, { "llll", false, false, true },
    { "orlrlrlr", true, true, true }, { "erererererer", true, true, true }, { "eeeerrrr", true, true, true },
    { "rrrpurrhnrr", true, true, true }, { "rrrrsrrr", false, false, true },
    { "rrrrrs", false, false, false }, { "sssssss", true, true, true }, { "reeeeeee", false, false, false },
    { "wwwwwww", true, true, true }, { "wwwwwwwo", false, false, false }, { "orwrwlww", true, true, true },
    { "hhhhhhhh", false, false, false }, { "pppppppp", false, false, false }, { "uuuuuuuu", false, false, false },
};

static void test_outage_is_refusal_of_many_samples_alike_and_nobody_answered_between(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof REFUSALS / sizeof REFUSALS[0]; i++) {
        struct outage outage = notice(REFUSALS[i].letters);

        if (outage_is_refusal(&outage, 6, false) != REFUSALS[i].many ||
            outage_is_refusal(&outage, 1, false) != REFUSALS[i].few ||
            outage_is_refusal(&outage, 1, true) != REFUSALS[i].last)
            fail_msg("\"%s\" is taken for what it is not", REFUSALS[i].letters);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_outage_is_on_after_five_in_a_row),
        cmocka_unit_test(test_outage_was_heard_of_whoever_spoke),
        cmocka_unit_test(test_outage_is_refusal_of_many_samples_alike_and_nobody_answered_between),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
