#include "asked.h"

/* An ask of each kind with all that it points to, so that a test may change one thing. */
struct fixture {
    struct arena *arena;
    struct ask ask;
    struct tool tools[2];
    struct part action;
    struct exam_file files[1];
    const char *commands[2];
    struct exam exam;
};

typedef void change_fn(struct fixture *fixture);

static void begin(struct fixture *fixture, enum ask_kind kind)
{
    *fixture = (struct fixture){ .arena = arena_new() };
    fixture->ask = (struct ask){ .kind = kind, .role = "r", .reply = reply_empty() };
    if (kind != ASK_MODEL)
        return;
    struct chat *chat = chat_new(fixture->arena);
    chat_add_text(chat, ROLE_USER, "hi");
    fixture->tools[0] = (struct tool){ "shell", "runs it", "{}" };
    fixture->tools[1] = (struct tool){ "look", "sees it", "{}" };
    fixture->ask.chat = chat;
    fixture->ask.tools = fixture->tools;
    fixture->ask.tool_count = 1;
    fixture->ask.seed = 11;
}

static void begin_model(struct fixture *fixture)
{
    begin(fixture, ASK_MODEL);
}

static void begin_env(struct fixture *fixture)
{
    begin(fixture, ASK_ENV);
    fixture->action = (struct part){ .kind = PART_TOOL_CALL, .id = "c1", .name = "shell", .text = "{}" };
    fixture->ask.action = &fixture->action;
}

static void begin_exam(struct fixture *fixture)
{
    begin(fixture, ASK_ENV);
    fixture->files[0] = (struct exam_file){ .path = "a.py", .content = "x\0y", .length = 3 };
    fixture->commands[0] = "make";
    fixture->commands[1] = "make test";
    fixture->exam = (struct exam){ .files = fixture->files, .file_count = 1, .commands = fixture->commands,
                                   .command_count = 1, .timeout_ms = 5, .output_max = 9 };
    fixture->ask.exam = &fixture->exam;
}

static void change_nothing(struct fixture *f) { (void)f; }

/* What happens to an ask, and is not asked. */
static void change_ordinal(struct fixture *f) { f->ask.ordinal = 5; }
static void change_times(struct fixture *f) { f->ask.submitted_ms = 5; }
static void change_reply(struct fixture *f) { f->ask.reply.text = "other"; }
static void change_spare_tool(struct fixture *f) { f->tools[1].name = "other"; }

static void change_role(struct fixture *f) { f->ask.role = "judge"; }

static void change_chat(struct fixture *f)
{
    struct chat *chat = chat_new(f->arena);

    chat_add_text(chat, ROLE_USER, "ho");
    f->ask.chat = chat;
}

static void change_seed(struct fixture *f) { f->ask.seed++; }
static void change_tool_name(struct fixture *f) { f->tools[0].name = "bash"; }
static void change_tool_description(struct fixture *f) { f->tools[0].description = "."; }
static void change_tool_parameters(struct fixture *f) { f->tools[0].parameters = "[]"; }
static void change_tool_count(struct fixture *f) { f->ask.tool_count = 2; }

static void change_action_kind(struct fixture *f) { f->action.kind = PART_TEXT; }
static void change_action_text(struct fixture *f) { f->action.text = "[]"; }
static void change_action_id(struct fixture *f) { f->action.id = "c2"; }
static void change_action_name(struct fixture *f) { f->action.name = "bash"; }

static void change_file_path(struct fixture *f) { f->files[0].path = "b.py"; }
static void change_file_content(struct fixture *f) { f->files[0].content = "x\0z"; }
static void change_file_length(struct fixture *f) { f->files[0].length = 2; }
static void change_file_count(struct fixture *f) { f->exam.file_count = 0; }
static void change_command(struct fixture *f) { f->commands[0] = "make all"; }
static void change_command_count(struct fixture *f) { f->exam.command_count = 2; }
static void change_timeout(struct fixture *f) { f->exam.timeout_ms = 6; }
static void change_output(struct fixture *f) { f->exam.output_max = 8; }

static void hash_changed(change_fn *make, change_fn *change, char hex[65])
{
    struct fixture fixture;

    make(&fixture);
    change(&fixture);
    ask_hash(&fixture.ask);
    memcpy(hex, fixture.ask.hash, 65);
    arena_free(fixture.arena);
}

#define CHANGES_MAX 24

/* Each change makes a hash of its own, and none of those in same (NULL ends both) makes any other. */
static void check(change_fn *make, change_fn *const *changes, change_fn *const *same)
{
    char hex[CHANGES_MAX][65], other[65];
    size_t count = 1;

    hash_changed(make, change_nothing, hex[0]);
    assert_int_equal(strlen(hex[0]), 64);
    for (; *changes != NULL; changes++, count++) {
        assert_true(count < CHANGES_MAX);
        hash_changed(make, *changes, hex[count]);
        for (size_t k = 0; k < count; k++)
            assert_string_not_equal(hex[count], hex[k]);
    }
    for (; *same != NULL; same++) {
        hash_changed(make, *same, other);
        assert_string_equal(hex[0], other);
    }
}

static change_fn *const NOT_ASKED[] = { change_ordinal, change_times, change_reply, NULL };

static void test_ask_hash_covers_a_model_ask(void **state)
{
    static change_fn *const changes[] = { change_role, change_chat, change_seed, change_tool_name,
        change_tool_description, change_tool_parameters, change_tool_count, NULL };
    static change_fn *const spare[] = { change_spare_tool, NULL };

    (void)state;
    check(begin_model, changes, NOT_ASKED);
    check(begin_model, changes, spare);
}

static void test_ask_hash_covers_an_action(void **state)
{
    static change_fn *const changes[] = { change_role, change_action_kind, change_action_text, change_action_id,
                                          change_action_name, NULL };

    (void)state;
    check(begin_env, changes, NOT_ASKED);
}

static void test_ask_hash_covers_an_exam(void **state)
{
    static change_fn *const changes[] = { change_role, change_file_path, change_file_content, change_file_length,
        change_file_count, change_command, change_command_count, change_timeout, change_output, NULL };

    (void)state;
    check(begin_exam, changes, NOT_ASKED);
}

static void test_ask_hash_tells_kinds_apart(void **state)
{
    char hex[3][65];

    (void)state;
    hash_changed(begin_model, change_nothing, hex[0]);
    hash_changed(begin_env, change_nothing, hex[1]);
    hash_changed(begin_exam, change_nothing, hex[2]);
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < i; k++)
            assert_string_not_equal(hex[i], hex[k]);
}

static void test_ask_list_is_first_in_first_out(void **state)
{
    struct ask_list list = { NULL, NULL };
    struct ask a = { .ordinal = 1 }, b = { .ordinal = 2 };

    (void)state;
    assert_null(ask_list_take(&list));
    ask_list_add(&list, &a);
    ask_list_add(&list, &b);
    assert_ptr_equal(ask_list_take(&list), &a);
    assert_null(a.next);
    ask_list_add(&list, &a);
    assert_ptr_equal(ask_list_take(&list), &b);
    assert_ptr_equal(ask_list_take(&list), &a);
    assert_null(ask_list_take(&list));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ask_hash_covers_a_model_ask),
        cmocka_unit_test(test_ask_hash_covers_an_action),
        cmocka_unit_test(test_ask_hash_covers_an_exam),
        cmocka_unit_test(test_ask_hash_tells_kinds_apart),
        cmocka_unit_test(test_ask_list_is_first_in_first_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
