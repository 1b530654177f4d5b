#include "reports/label.h"

#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "reports/cell.h"
#include "reports/scoreboard.h"
#include "reports/table.h"

/* What score, error and interval take. */
#define NUMBERS_WIDTH 33

/* Of the settings that differ so many are shown; two runs that differ in others only are told apart by their names. */
#define SETTINGS_SHOWN 4

size_t label_count_run(const struct scoreboard *board, size_t first)
{
    size_t next = first;

    while (next < board->line_count && strcmp(board->lines[next].run, board->lines[first].run) == 0)
        next++;
    return next - first;
}

size_t label_number(const struct label *label, const struct score_line *line)
{
    size_t number = 1;

    for (size_t i = 0; strcmp(label->board->lines[i].run, line->run) != 0; i += label_count_run(label->board, i))
        number++;
    return number;
}

static bool is_same(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* Whether another run of that model has it otherwise, or not at all. */
static bool differs(const struct label *label, const struct score_line *line, const char *key)
{
    const struct scoreboard *board = label->board;
    const char *value = settings_find(&line->settings, key);

    for (size_t i = 0; i < board->line_count; i += label_count_run(board, i))
        if (is_same(board->lines[i].model, line->model) &&
            !is_same(settings_find(&board->lines[i].settings, key), value))
            return true;
    return false;
}

const char *label_settings(const struct label *label, const struct score_line *line)
{
    const struct run_settings *settings = &line->settings;
    size_t shown = 0, more = 0;
    const char *result;
    struct buf text;

    buf_init(&text, 0);
    for (size_t i = 0; i < settings->count; i++) {
        const struct run_setting *setting = &settings->list[i];
        if (!differs(label, line, setting->key))
            continue;
        if (shown++ < SETTINGS_SHOWN)
            buf_addf(&text, "%s%s=%s", text.length > 0 ? ", " : "", setting->key, setting->value);
        else
            more++;
    }
    if (more > 0)
        buf_addf(&text, ", %zu more", more);
    result = text.length > 0 ? cell_name(label->arena, text.data, CELL_NAME_LONG) : CELL_DASH;
    buf_fini(&text);
    return result;
}

const char *label_model(const struct label *label, const struct score_line *line)
{
    const char *called = line->settings.called;

    if (called == NULL || strcmp(called, line->model) == 0)
        return cell_name(label->arena, line->model, label->width);
    return arena_printf(label->arena, "%s (%s)", cell_name(label->arena, line->model, label->width),
                        cell_name(label->arena, called, label->width));
}

/* What stands in the columns of model and settings. */
static bool looks_alike(const struct label *label, const struct score_line *a, const struct score_line *b)
{
    return is_same(label_model(label, a), label_model(label, b)) &&
           is_same(label_settings(label, a), label_settings(label, b));
}

/* Two runs of one task under two profiles. */
static bool has_profiles(const struct scoreboard *board, const struct score_line *line)
{
    for (size_t i = 0; i < board->line_count; i++)
        if (is_same(board->lines[i].task, line->task) && board->lines[i].profile != NULL && line->profile != NULL &&
            !is_same(board->lines[i].profile, line->profile))
            return true;
    return false;
}

/* Two runs, named by their first lines. */
static void tell_apart(struct label *label, const struct score_line *a, const struct score_line *b)
{
    label->with_model = true;
    if (!is_same(a->model, b->model))
        return;
    label->with_settings = label->with_settings || !is_same(label_settings(label, a), label_settings(label, b));
    label->with_run = label->with_run || looks_alike(label, a, b);
}

/* Whether that name is another's too when both are cut short. */
static bool is_lost_when_short(struct arena *arena, const char *a, const char *b)
{
    return !is_same(a, b) && is_same(cell_name(arena, a, CELL_NAME_SHORT), cell_name(arena, b, CELL_NAME_SHORT));
}

/* Two models, two tasks must not look alike. */
static size_t choose_width(const struct scoreboard *board, struct arena *arena)
{
    for (size_t i = 0; i < board->line_count; i++)
        for (size_t j = 0; j < i; j++)
            if (strlen(board->lines[i].model) + strlen(board->lines[i].task) > CELL_NAME_SHORT &&
                (is_lost_when_short(arena, board->lines[i].model, board->lines[j].model) ||
                 is_lost_when_short(arena, board->lines[i].task, board->lines[j].task)))
                return CELL_NAME_LONG;
    return CELL_NAME_SHORT;
}

static void add_own_columns(const struct label *label, struct table *table)
{
    if (label->with_model)
        table_add_column(table, "model", false);
    if (label->with_settings)
        table_add_column(table, "settings", false);
    if (label->with_run)
        table_add_column(table, "run", false);
}

void label_add_columns(const struct label *label, struct table *table)
{
    table_add_column(table, "task", false);
    if (label->with_number)
        table_add_column(table, "run", true);
    else
        add_own_columns(label, table);
    if (label->with_profiles)
        table_add_column(table, "profile", false);
}

size_t label_count_columns(const struct label *label)
{
    struct table table = { 0 };

    label_add_columns(label, &table);
    return table.column_count;
}

static void add_own_cells(const struct label *label, struct table *table, const struct score_line *line)
{
    if (label->with_model)
        table_add_cell(table, label_model(label, line));
    if (label->with_settings)
        table_add_cell(table, label_settings(label, line));
    if (label->with_run)
        table_add_cell(table, cell_name(label->arena, line->run, CELL_NAME_SHORT));
}

void label_add_cells(const struct label *label, struct table *table, const struct score_line *line)
{
    table_add_cell(table, cell_name(label->arena, line->task, label->width));
    if (label->with_number)
        table_add_cell(table, arena_printf(label->arena, "%zu", label_number(label, line)));
    else
        add_own_cells(label, table, line);
    if (label->with_profiles)
        table_add_cell(table, line->profile != NULL ? cell_name(label->arena, line->profile, CELL_NAME_SHORT) : CELL_DASH);
}

/* How wide the labels are. */
static size_t measure(const struct label *label)
{
    struct table table = table_new(label->arena, label->board->line_count);

    label_add_columns(label, &table);
    for (size_t i = 0; i < label->board->line_count; i++)
        label_add_cells(label, &table, &label->board->lines[i]);
    return table_width(&table);
}

struct label label_choose(const struct scoreboard *board, struct arena *arena)
{
    struct label label = { .board = board, .arena = arena, .width = choose_width(board, arena) };

    for (size_t i = 0; i < board->line_count; i += label_count_run(board, i))
        for (size_t j = i + label_count_run(board, i); j < board->line_count; j += label_count_run(board, j))
            tell_apart(&label, &board->lines[i], &board->lines[j]);
    for (size_t i = 0; i < board->line_count; i++)
        label.with_profiles = label.with_profiles || has_profiles(board, &board->lines[i]);
    label.with_number = board->width > 0 && label.with_model && measure(&label) + NUMBERS_WIDTH > board->width;
    return label;
}

const char *label_run(const struct label *label, const struct score_line *line)
{
    const char *settings = label->with_settings ? label_settings(label, line) : CELL_DASH;

    if (!label->with_model)
        return "";
    if (label->with_number)
        return arena_printf(label->arena, "run %zu", label_number(label, line));
    if (label->with_run)
        return cell_name(label->arena, line->run, CELL_NAME_SHORT);
    if (strcmp(settings, CELL_DASH) == 0)
        return label_model(label, line);
    return arena_printf(label->arena, "%s, %s", label_model(label, line), settings);
}
