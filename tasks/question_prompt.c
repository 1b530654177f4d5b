/*
 * How a question is put: the order of its choices in this epoch, the prompt from the profile, pictures where the text
 * names them, and what a perfect and a blind reply would be.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/hash.h"
#include "harness/base/random.h"
#include "harness/engine/episode.h"
#include "harness/engine/likelihood.h"
#include "tasks/pylist.h"
#include "tasks/question.h"
#include "tasks/question_slots.h"

static const struct question *question_of(const struct episode *ep)
{
    return (const struct question *)ep->task;
}

const struct form *question_form(const struct question *question, const struct profile *profile)
{
    return &question->forms[profile - question->task.profiles];
}

/* The first 8 bytes, big-endian, of sha256(id "#" epoch), "#" seed added when it is not 0, seed Python's generator: so
 * the order depends on nothing else and any other program can make it again. */
static uint64_t order_seed(const struct episode *ep)
{
    const char *name = ep->run_seed == 0
        ? arena_printf(ep->arena, "%s#%d", ep->sample->id, ep->epoch)
        : arena_printf(ep->arena, "%s#%d#%llu", ep->sample->id, ep->epoch, (unsigned long long)ep->run_seed);
    unsigned char digest[32];
    uint64_t seed = 0;

    hash_sha256(name, strlen(name), digest);
    for (int i = 0; i < 8; i++)
        seed = seed << 8 | digest[i];
    return seed;
}

static const unsigned char *make_order(const struct episode *ep)
{
    size_t count = ep->sample->choice_count;
    unsigned char *order = arena_alloc(ep->arena, count);
    struct twister random;

    for (size_t i = 0; i < count; i++)
        order[i] = (unsigned char)i;
    twister_seed(&random, order_seed(ep));
    twister_shuffle(&random, order, count);
    return order;
}

/* A sample as it is shown: order NULL for the data's. */
struct view {
    const struct question *question;
    const struct form *form;
    const struct sample *sample;
    const unsigned char *order;
    bool in_shot, in_text;
};

static size_t shown_choice(const struct view *view, size_t label)
{
    return view->order != NULL ? view->order[label] : label;
}

static char letter_of(const struct view *view)
{
    size_t label = 0;

    while (shown_choice(view, label) != view->sample->correct)
        label++;
    return (char)('A' + label);
}

/* --- slots --- */

typedef void slot_fn(struct buf *out, const struct view *view);

static void fill(struct buf *out, const struct view *view, const char *text);

/* Looks at two bytes first, since nearly always they tell: a set of thousands with worked examples has millions of slots. */
static bool begins_with(const char *text, const char *slot, size_t length)
{
    return text[0] == slot[0] && text[1] == slot[1] && strncmp(text, slot, length) == 0;
}

/* At text no slot begins: copies its first byte, and all before the next brace. Returns how many bytes. */
static size_t add_plain(struct buf *out, const char *text)
{
    size_t length = 1 + strcspn(text + 1, "{");

    buf_add(out, text, length);
    return length;
}

static void add_question(struct buf *out, const struct view *view)
{
    buf_add_string(out, view->sample->input);
}

/* How many bytes of text the edit takes away, 0: it does not begin here. */
static size_t edit_length(const struct edit *edit, const char *text)
{
    const char *star = strchr(edit->from, '*'), *end;
    size_t head = star != NULL ? (size_t)(star - edit->from) : strlen(edit->from);

    if (strncmp(text, edit->from, head) != 0 || star == NULL)
        return strncmp(text, edit->from, head) == 0 ? head : 0;
    for (end = text + head; *end != '\0' && *end != '\n'; end++)
        if (strncmp(end, star + 1, strlen(star + 1)) == 0)
            return (size_t)(end - text) + strlen(star + 1);
    return 0;
}

/* What it puts it does not look at again. */
static void write_edited(struct buf *out, const struct edit *edit, const char *text)
{
    while (*text != '\0') {
        size_t length = edit_length(edit, text);

        if (length > 0)
            buf_add_string(out, edit->to);
        else
            buf_add_char(out, *text);
        text += length > 0 ? length : 1;
    }
}

/* The choice's text after the profile's edits, each made to what the one before has left. */
static void add_choice_text(struct buf *out, const struct view *view, size_t label)
{
    const char *text = view->sample->choices[shown_choice(view, label)];
    struct buf now, next;

    if (view->form->edit_count == 0) {
        buf_add_string(out, text);
        return;
    }
    buf_init(&now, 0);
    buf_init(&next, 0);
    buf_add_string(&now, text);
    for (size_t i = 0; i < view->form->edit_count; i++) {
        struct buf swapped = now;

        write_edited(&next, &view->form->edits[i], now.data);
        now = next;
        next = swapped;
        buf_clear(&next);
    }
    buf_add(out, now.data, now.length);
    buf_fini(&now);
    buf_fini(&next);
}

/* The part's own word for that label, where it has one. */
static void add_label(struct buf *out, const struct view *view, size_t label)
{
    const char *category = view->sample->category != NULL ? view->sample->category : "";
    size_t length = strcspn(category, "/"), i = 0;

    for (size_t p = 0; p < view->question->part_count; p++) {
        const struct task_part *part = &view->question->parts[p];

        if (part->labels == NULL || strlen(part->name) != length || strncmp(part->name, category, length) != 0)
            continue;
        while (i < label && part->labels[i] != NULL)
            i++;
        if (part->labels[i] != NULL) {
            buf_add_string(out, part->labels[i]);
            return;
        }
    }
    buf_add_char(out, (char)('A' + label));
}

static void write_choice(struct buf *out, const struct view *view, const char *form, size_t label)
{
    for (const char *at = form; *at != '\0';) {
        if (begins_with(at, "{letter}", 8)) {
            buf_add_char(out, (char)('A' + label));
            at += 8;
        } else if (begins_with(at, "{label}", 7)) {
            add_label(out, view, label);
            at += 7;
        } else if (begins_with(at, "{text}", 6)) {
            add_choice_text(out, view, label);
            at += 6;
        } else if (slot_literal_length(at) > 0) {
            buf_add(out, at + 1, slot_literal_length(at) - 2);
            at += slot_literal_length(at);
        } else {
            at += add_plain(out, at);
        }
    }
}

static void add_choices(struct buf *out, const struct view *view)
{
    const char *form = view->in_shot && view->form->shot_choice != NULL ? view->form->shot_choice : view->form->choice;

    for (size_t label = 0; label < view->sample->choice_count; label++) {
        if (label > 0)
            buf_add_char(out, '\n');
        write_choice(out, view, form, label);
    }
}

static void add_letters_between(struct buf *out, const struct view *view, const char *between)
{
    for (size_t label = 0; label < view->sample->choice_count; label++) {
        if (label > 0)
            buf_add_string(out, between);
        buf_add_char(out, (char)('A' + label));
    }
}

static void add_letters(struct buf *out, const struct view *view) { add_letters_between(out, view, ""); }
static void add_letters_comma(struct buf *out, const struct view *view) { add_letters_between(out, view, ","); }
static void add_letters_slash(struct buf *out, const struct view *view) { add_letters_between(out, view, "/"); }

/* Without the part and group it stands in. */
static const char *category_of(const struct view *view)
{
    const char *category = view->sample->category != NULL ? view->sample->category : "", *slash = strrchr(category, '/');

    return slash != NULL ? slash + 1 : category;
}

static void add_category(struct buf *out, const struct view *view)
{
    buf_add_string(out, category_of(view));
}

static void add_category_words(struct buf *out, const struct view *view)
{
    for (const char *at = category_of(view); *at != '\0'; at++)
        buf_add_char(out, *at == '_' ? ' ' : *at);
}

static void add_part(struct buf *out, const struct view *view)
{
    const char *category = view->sample->category != NULL ? view->sample->category : "";

    buf_add(out, category, strcspn(category, "/"));
}

static void add_solution(struct buf *out, const struct view *view)
{
    if (view->sample->solution != NULL)
        buf_add_string(out, view->sample->solution);
}

/* All of it where nothing in it begins as the conclusion does. */
static void add_reasoning(struct buf *out, const struct view *view)
{
    const char *solution = view->sample->solution != NULL ? view->sample->solution : "";
    const char *conclusion = view->question->shot_conclusion, *end = NULL;

    for (const char *at = conclusion != NULL ? strstr(solution, conclusion) : NULL; at != NULL;
         at = strstr(at + 1, conclusion))
        end = at;
    buf_add(out, solution, end != NULL ? (size_t)(end - solution) : strlen(solution));
}

static void add_answer_slot(struct buf *out, const struct view *view)
{
    if (view->sample->choice_count > 0)
        buf_add_char(out, letter_of(view));
    else
        buf_add_string(out, view->sample->target);
}

static void add_shots(struct buf *out, const struct view *view)
{
    if (view->sample->shots != NULL)
        buf_add_string(out, view->sample->shots);
}

static const struct slot {
    const char *name;
    slot_fn *add;
    bool in_shot;               /* there only: what a prompt says of itself gives nothing away */
} SLOTS[] = {
    { "{question}", add_question, false }, { "{choices}", add_choices, false }, { "{letters}", add_letters, false },
    { "{letters,}", add_letters_comma, false }, { "{letters/}", add_letters_slash, false },
    { "{category}", add_category, false }, { "{category_words}", add_category_words, false },
    { "{part}", add_part, false }, { "{shots}", add_shots, false },
    { "{solution}", add_solution, true }, { "{reasoning}", add_reasoning, true }, { "{answer}", add_answer_slot, true },
};

/* The task's own slot that begins at text. Its text may have slots too, but none of these; one of the data has none. */
static size_t fill_text(struct buf *out, const struct view *view, const char *text)
{
    const struct question *question = view->question;
    struct view inner = *view;

    inner.in_text = true;
    for (size_t i = 0; view->sample->texts != NULL && question->slots[i] != NULL; i++) {
        size_t length = strlen(question->slots[i]);
        if (strncmp(text + 1, question->slots[i], length) != 0 || text[length + 1] != '}')
            continue;
        if (view->sample->texts[i] != NULL && question->columns.texts != NULL && question->columns.texts[i] != NULL)
            buf_add_string(out, view->sample->texts[i]);
        else if (view->sample->texts[i] != NULL)
            fill(out, &inner, view->sample->texts[i]);
        return length + 2;
    }
    return 0;
}

/* Fills the slot that begins at text, and returns its length; 0 when none does. */
static size_t fill_slot(struct buf *out, const struct view *view, const char *text)
{
    for (size_t i = 0; i < sizeof SLOTS / sizeof SLOTS[0]; i++) {
        size_t length = strlen(SLOTS[i].name);
        if (!begins_with(text, SLOTS[i].name, length) || (SLOTS[i].in_shot && !view->in_shot))
            continue;
        SLOTS[i].add(out, view);
        return length;
    }
    return view->in_text ? 0 : fill_text(out, view, text);
}

static void fill(struct buf *out, const struct view *view, const char *text)
{
    for (const char *at = text; *at != '\0';) {
        size_t literal = slot_literal_length(at), length = literal == 0 && *at == '{' ? fill_slot(out, view, at) : 0;
        if (literal > 0)
            buf_add(out, at + 1, literal - 2);
        else if (length == 0)
            length = add_plain(out, at);
        at += literal + length;
    }
}

void question_add_shot(const struct question *question, const struct form *form, const struct sample *shot, struct buf *out)
{
    const struct view view = { .question = question, .form = form, .sample = shot, .in_shot = true };

    fill(out, &view, form->shot);
}

/* --- pictures --- */

static void add_text(struct episode *ep, const char *text, size_t length)
{
    if (length > 0)
        chat_add_text(ep->chat, ROLE_USER, arena_strndup(ep->arena, text, length));
}

/* The number of the picture that "<image 2>" at text names, from 0, where it has one that is not shown yet; and what
 * follows. */
static bool read_token(const struct episode *ep, const char *text, const bool *shown, size_t *index, const char **after)
{
    char *end;
    unsigned long number;

    if (strncmp(text, "<image ", 7) != 0)
        return false;
    number = strtoul(text + 7, &end, 10);
    if (*end != '>' || number == 0 || number > ep->sample->image_count)
        return false;
    *index = number - 1;
    *after = end + 1;
    return ep->sample->images[*index] != NULL && !shown[*index];
}

static void add_images(struct episode *ep, const bool *shown)
{
    for (size_t i = 0; i < ep->sample->image_count; i++)
        if (ep->sample->images[i] != NULL && !shown[i])
            chat_add_image(ep->chat, ROLE_USER, ep->sample->images[i]);
}

/* Each where the text first names it; those it does not name come last. */
static void add_between(struct episode *ep, const char *text)
{
    bool *shown = arena_calloc(ep->arena, ep->sample->image_count, sizeof shown[0]);
    const char *begin = text, *after;
    size_t index;

    for (const char *at = strchr(text, '<'); at != NULL; at = strchr(at, '<')) {
        if (!read_token(ep, at, shown, &index, &after)) {
            at++;
            continue;
        }
        add_text(ep, begin, (size_t)(at - begin));
        chat_add_image(ep->chat, ROLE_USER, ep->sample->images[index]);
        shown[index] = true;
        begin = at = after;
    }
    add_text(ep, begin, strlen(begin));
    add_images(ep, shown);
}

static void add_user(struct episode *ep, const struct form *form, const char *text)
{
    if (ep->sample->image_count > 0 && !form->images_first) {
        add_between(ep, text);
        return;
    }
    if (ep->sample->image_count > 0)
        add_images(ep, arena_calloc(ep->arena, ep->sample->image_count, sizeof(bool)));
    chat_add_text(ep->chat, ROLE_USER, text);
}

/* What may follow the prompt, one a label. */
static void set_continuations(struct episode *ep, const struct view *view)
{
    size_t count = ep->sample->choice_count;
    const char **texts = arena_calloc(ep->arena, count + 1, sizeof texts[0]);
    struct buf text;

    buf_init(&text, 0);
    for (size_t label = 0; label < count; label++) {
        buf_clear(&text);
        write_choice(&text, view, view->form->continuation, label);
        texts[label] = arena_strndup(ep->arena, text.data, text.length);
    }
    buf_fini(&text);
    ep->continuations = texts;
}

void question_prompt(struct episode *ep)
{
    const struct question *question = question_of(ep);
    const struct form *form = question_form(question, ep->profile);
    struct buf text;

    if (question->shuffle && ep->sample->choice_count > 0)
        ep->order = make_order(ep);
    const struct view view = { .question = question, .form = form, .sample = ep->sample, .order = ep->order };
    ep->target = ep->sample->choice_count == 0 ? ep->sample->target : arena_printf(ep->arena, "%c", letter_of(&view));
    buf_init(&text, 0);
    if (ep->profile->system != NULL) {
        fill(&text, &view, ep->profile->system);
        chat_add_text(ep->chat, ROLE_SYSTEM, text.data);
        buf_clear(&text);
    }
    fill(&text, &view, ep->sample->choice_count == 0 && form->open != NULL ? form->open : ep->profile->prompt);
    add_user(ep, form, text.data);
    buf_fini(&text);
    if (form->continuation != NULL)
        set_continuations(ep, &view);
}

/* --- perfect and blind replies --- */

/* Of alternatives the first. */
static const char *plain_target(const struct episode *ep)
{
    struct err ignored = ERR_INIT;
    const char **items;
    size_t count;

    if (ep->target[0] == '[' && pylist_parse(ep->arena, ep->target, &items, &count, &ignored) == 0 && count > 0)
        return items[0];
    return ep->target;
}

/* Said in words that the profile's reader understands. */
static void add_answer(const struct episode *ep, const char *answer, struct buf *out)
{
    bool is_open = question_form(question_of(ep), ep->profile)->open != NULL;
    const struct reader *reader = ep->profile->reader;

    if (reader->before != NULL)
        buf_addf(out, "%s%s%s", reader->before, answer, reader->after);
    else if (ep->sample->choice_count > 0)
        buf_addf(out, "The answer is (%s).\nAnswer: %s", answer, answer);
    else
        buf_addf(out, is_open ? "ANSWER: %s" : "\\boxed{%s}", answer);
}

/* That letter is certain; the others are the less likely the longer they are, so that no way to weigh prefers one. */
static void add_likelihoods(const struct episode *ep, char letter, struct buf *out)
{
    size_t count = ep->sample->choice_count;
    struct likelihood *all = arena_calloc(ep->arena, count, sizeof all[0]);

    for (size_t i = 0; i < count; i++) {
        double *logprob = arena_alloc(ep->arena, sizeof *logprob);

        all[i] = likelihood_begin(ep->continuations[i]);
        *logprob = i == (size_t)(letter - 'A') ? 0 : -1 - (double)all[i].bytes;
        likelihood_set(&all[i], logprob, 1);
    }
    likelihood_write(all, count, out);
}

void question_gold(struct episode *ep, struct buf *out)
{
    if (ep->continuations != NULL)
        add_likelihoods(ep, ep->target[0], out);
    else
        add_answer(ep, plain_target(ep), out);
}

void question_guess(struct episode *ep, struct buf *out)
{
    char answer[16] = "";

    if (ep->sample->choice_count > 0)
        answer[0] = (char)('A' + episode_random(ep, ep->sample->choice_count));
    else
        snprintf(answer, sizeof answer, "%d", (int)episode_random(ep, 1000));
    if (ep->continuations != NULL)
        add_likelihoods(ep, answer[0], out);
    else
        add_answer(ep, answer, out);
}
