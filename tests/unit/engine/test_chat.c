#include "asked.h"

#include "harness/base/hash.h"
#include "harness/engine/sample.h"

struct fixture {
    struct arena *arena;
    struct chat *chat;
    char hex[HASH_HEX_SIZE];
};

static int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    fixture->arena = arena_new();
    fixture->chat = chat_new(fixture->arena);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;

    arena_free(fixture->arena);
    free(fixture);
    return 0;
}

static void hash_of(const struct chat *chat, char hex[HASH_HEX_SIZE])
{
    struct hash hash;

    hash_init(&hash);
    chat_hash(chat, &hash);
    hash_hex(&hash, hex);
}

static void test_chat_add_text_joins_turns_of_one_role(void **state)
{
    struct fixture *fixture = *state;
    struct chat *chat = fixture->chat;

    chat_add_text(chat, ROLE_SYSTEM, "be short");
    chat_add_text(chat, ROLE_USER, "one");
    chat_add_text(chat, ROLE_USER, "two");
    chat_add_text(chat, ROLE_MODEL, "three");
    assert_int_equal(chat->first->role, ROLE_SYSTEM);
    assert_string_equal(chat->first->next->first->text, "one");
    assert_string_equal(chat->first->next->first->next->text, "two");
    assert_ptr_equal(chat->first->next->last, chat->first->next->first->next);
    assert_ptr_equal(chat->last, chat->first->next->next);
    assert_null(chat->last->next);
}

static void test_chat_add_text_copies(void **state)
{
    struct fixture *fixture = *state;
    char text[] = "mine";

    chat_add_text(fixture->chat, ROLE_USER, text);
    text[0] = 'x';
    assert_string_equal(fixture->chat->first->first->text, "mine");
}

static void test_chat_add_parts_copies_all_of_them(void **state)
{
    struct fixture *fixture = *state;
    struct part second = { .kind = PART_TOOL_CALL, .id = "c1", .name = "shell", .text = "{}" };
    struct part first = { .next = &second, .kind = PART_IMAGE, .media_type = "image/png", .text = "aGk=" };

    chat_add_parts(fixture->chat, ROLE_MODEL, &first);
    const struct turn *turn = fixture->chat->first;
    assert_ptr_not_equal(turn->first, &first);
    assert_string_equal(turn->first->media_type, "image/png");
    assert_null(turn->first->id);
    assert_string_equal(turn->last->id, "c1");
    assert_string_equal(turn->last->name, "shell");
    assert_null(turn->last->next);
    chat_add_parts(fixture->chat, ROLE_USER, NULL);
    assert_ptr_equal(fixture->chat->last, turn);
}

static void test_part_copy_stands_alone(void **state)
{
    struct fixture *fixture = *state;
    struct part second = { .text = "b" }, first = { .next = &second, .text = "a" };

    assert_null(part_copy(fixture->arena, &first)->next);
}

/* Chats that differ in one thing only; all their hashes must differ. */
static void fill(struct chat *chat, int variant)
{
    static const struct part PARTS[] = {
        { .kind = PART_TEXT, .text = "a" },
        { .kind = PART_REASONING, .text = "a" },
        { .kind = PART_TEXT, .text = "b" },
        { .kind = PART_TEXT, .text = "" },
        { .kind = PART_TEXT },
        { .kind = PART_TEXT, .text = "a", .id = "" },
        { .kind = PART_TEXT, .text = "a", .id = "i" },
        { .kind = PART_TEXT, .text = "a", .name = "i" },
        { .kind = PART_TEXT, .text = "a", .media_type = "i" },
        { .kind = PART_OPAQUE, .text = "a" },
    };

    chat_add_text(chat, ROLE_SYSTEM, "s");
    if (variant < 10)
        chat_add_part(chat, ROLE_USER, &PARTS[variant]);
    if (variant == 10)
        chat_add_text(chat, ROLE_MODEL, "a");
    if (variant == 11) {
        chat_add_text(chat, ROLE_USER, "a");
        chat_add_text(chat, ROLE_USER, "b");
    }
    if (variant == 12)
        chat_add_text(chat, ROLE_USER, "ab");
    if (variant == 13) {
        chat_add_text(chat, ROLE_USER, "a");
        chat_add_text(chat, ROLE_MODEL, "b");
    }
}

static void test_chat_hash_tells_chats_apart(void **state)
{
    enum { VARIANTS = 15 };
    char hex[VARIANTS][HASH_HEX_SIZE];
    struct fixture *fixture = *state;

    for (int i = 0; i < VARIANTS; i++) {
        struct chat *chat = chat_new(fixture->arena);
        fill(chat, i);
        hash_of(chat, hex[i]);
        for (int k = 0; k < i; k++)
            assert_string_not_equal(hex[i], hex[k]);
    }
}

static void test_chat_hash_is_the_same_for_the_same_chat(void **state)
{
    struct fixture *fixture = *state;
    struct chat *other = chat_new(fixture->arena);
    char hex[HASH_HEX_SIZE];

    fill(fixture->chat, 13);
    fill(other, 13);
    hash_of(fixture->chat, fixture->hex);
    hash_of(other, hex);
    assert_string_equal(hex, fixture->hex);
}

/* What a picture holds was hashed when it got its name; to hash it again for each prompt would cost megabytes. */
static void test_chat_add_image_borrows_and_is_known_by_its_name(void **state)
{
    struct fixture *fixture = *state;
    struct chat *other = chat_new(fixture->arena);
    struct image red = { .media_type = "image/png", .base64 = "cmVk", .size_bytes = 3, .sha256 = "aa" }, blue = red;
    char hex[HASH_HEX_SIZE];

    chat_add_image(fixture->chat, ROLE_USER, &red);
    hash_of(fixture->chat, fixture->hex);
    assert_ptr_equal(fixture->chat->first->first->text, red.base64);
    blue.base64 = "Ymx1ZQ==";
    chat_add_image(other, ROLE_USER, &blue);
    hash_of(other, hex);
    assert_string_equal(hex, fixture->hex);
    other = chat_new(fixture->arena);
    strcpy(blue.sha256, "bb");
    chat_add_image(other, ROLE_USER, &blue);
    hash_of(other, hex);
    assert_string_not_equal(hex, fixture->hex);
}

static void test_chat_count_looks_into_every_turn(void **state)
{
    struct fixture *fixture = *state;
    const struct part picture = { .kind = PART_IMAGE, .text = "R0lGODlhAQABAAAAACw=", .media_type = "image/gif" };

    assert_int_equal(0, chat_count(fixture->chat, PART_IMAGE));
    chat_add_part(fixture->chat, ROLE_USER, &picture);
    chat_add_text(fixture->chat, ROLE_USER, "and");
    chat_add_part(fixture->chat, ROLE_USER, &picture);
    chat_add_text(fixture->chat, ROLE_MODEL, "what?");
    chat_add_part(fixture->chat, ROLE_USER, &picture);
    assert_int_equal(3, chat_count(fixture->chat, PART_IMAGE));
    assert_int_equal(2, chat_count(fixture->chat, PART_TEXT));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_chat_add_text_joins_turns_of_one_role, setup, teardown),
        cmocka_unit_test_setup_teardown(test_chat_add_text_copies, setup, teardown),
        cmocka_unit_test_setup_teardown(test_chat_add_parts_copies_all_of_them, setup, teardown),
        cmocka_unit_test_setup_teardown(test_part_copy_stands_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(test_chat_hash_tells_chats_apart, setup, teardown),
        cmocka_unit_test_setup_teardown(test_chat_hash_is_the_same_for_the_same_chat, setup, teardown),
        cmocka_unit_test_setup_teardown(test_chat_count_looks_into_every_turn, setup, teardown),
        cmocka_unit_test_setup_teardown(test_chat_add_image_borrows_and_is_known_by_its_name, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
