/*
 * question: a task that is data. A JSON file says where the samples lie, which of their fields is what, how they are
 * put to a model and how answers are read; this makes a struct task of it. tasks/README.md tells how one is written.
 *
 * The file (comments allowed, unknown keys refused; words in brackets may be left out):
 *
 *     name, summary        words
 *     [like]               another task, compiled in, that says all the rest but source, paths, epochs and other words
 *     [source]             the id of the data at its source, or an object: id, [revision], [config], [split], [files]
 *                          (names, "*" standing for letters, or an object: configuration to name, each row then
 *                          having it as "config"); with files, or config and split, `vernier fetch` gets it
 *     [licence] [citation] [advice]      words for people; advice is how others sample it, nothing is done with it
 *     [private]            true: pages show ids only
 *     [paths]              candidates under --data DIR, or beside the task file; .jsonl or .csv
 *     [builtin]            instead of paths: a data file compiled into the program
 *     [parts]              what the set consists of (languages, subjects): names, or objects: name, [paths], [texts],
 *                          [language] ("de": it is looked at whether replies are in it, see base/language.h),
 *                          [labels] (what a {label} shows there instead of A, B, C).
 *                          A part's rows lie in its own file or name it in the field "part"; a sample's id becomes PART-ID
 *                          unless the part's name stands in it, and its category PART/CATEGORY
 *     fields               see below
 *     [groups]             of categories: an object of lists. A category becomes GROUP/CATEGORY; the group
 *                          "other" takes what stands in none
 *     [category_of_id]     true: the category stands in the id between its first and its last "_"
 *     [repeats]            true: a row that stands there twice is taken once; else it is an error, like any second row
 *                          of one id
 *     [shuffle]            true: each epoch has its own order of choices
 *     [shots]              worked examples: paths, [fields] where they differ, [strip] what their solutions begin with,
 *                          [conclusion] what their last sentence does, which {reasoning} leaves out, [source] theirs,
 *                          like the task's
 *     grader               "choice", "integer", ... (`vernier list graders`), or an object, see question_grader.c
 *     [epochs] [chance]    defaults and the score of a blind guess
 *     [texts]              further slots of prompts and what stands there; a part's own texts come first
 *     profiles             the first is the default: name, [summary], reader, prompt, [system], [choice] ("{letter})
 *                          {text}"), [open] the prompt where there is nothing to choose from, [shots] how many, [shot]
 *                          how one is written, [shot_choice] where its choices look otherwise, [images] "first",
 *                          [stop] what ends the reading of a reply; [continuation] (" {text}", " {letter}") where the
 *                          model says nothing and is asked how likely each choice is after the prompt; [edits] what is
 *                          done to the choices' texts before they are shown: pairs, each put for the other wherever it
 *                          stands, one after the other; one "*" stands for any letters of a line, as few as will do
 *
 * A field is a column, or a list of names it goes by; a name may lead inside ("row.Question"):
 *
 *     id, input            input may be left out where there are images
 *     answer               a letter, an index from 0, with "answer_is": "text" a choice's text; where there is nothing to
 *                          choose from the text, or a list of alternatives. What names one choice and is the text of
 *                          another ("1" of "1", "2", "3", also as a number) is refused unless "answer_is" is "label"
 *                          or "text"
 *     choices              a list, also as Python writes one; [] is an open question, where a profile has "open"
 *     choice_columns       instead: the columns of the choices
 *     correct, incorrect   instead of answer and choices: a column and a list of columns
 *     [category] [subcategory] [cluster] [part] [images: columns] [solution: of worked examples]
 *     [texts: an object, slot to column]
 *
 * A row of the hub's rows interface, {"row": {...}}, counts as what its "row" holds. An image is a file (its path from
 * the folder of the data), a data: address, or {"bytes": BASE64}. Where the text says <image 2> the second one is shown
 * (a second time the words stay), the others after the text; "images": "first" shows them all before it.
 *
 * Slots in a prompt: {question} {choices} {letters} (ABCD) {letters,} (A,B,C,D) {letters/} (A/B/C/D) {category}
 * {category_words} ("_" as a blank) {part} {shots} and those of texts; in a shot also {solution} {reasoning} {answer},
 * not {shots}; in a choice {letter} {label} {text}. Another lower-case word in braces is refused: to stand there it is
 * written {{word}}. Any other brace stands for itself. A prompt has {choices} where there are some, unless the profile
 * says "choices": "elsewhere". The work is question_slots.c's.
 */
#ifndef VERNIER_TASKS_QUESTION_H
#define VERNIER_TASKS_QUESTION_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/err.h"
#include "harness/engine/task.h"

struct arena;
struct embedded;
struct sample;

/* What a key is: unsaid, a label (a letter or an index), but refused where it is another choice's text too. */
enum answer_is { ANSWER_UNSAID, ANSWER_LABEL, ANSWER_TEXT };

/* The names a column goes by, tried in order, in any case. NULL-terminated; NULL: the data has no such column. */
typedef const char *const *column_names;

struct columns {
    column_names id, input, answer, choices, category, subcategory, cluster, part, correct, solution;
    column_names *incorrect, *choice_columns, *images;      /* NULL-terminated */
    column_names *texts;                                    /* by slot; NULL where a slot is no column */
    enum answer_is answer_is;
};

struct task_part {
    const char *name;
    const char *const *paths;         /* NULL: its rows are told by the column "part" */
    const char *const *texts;         /* by slot, the task's where it has none */
    const char *language;             /* its questions', "de"; NULL: nobody asks in which they are answered */
    const char *const *labels;        /* of its choices, NULL-terminated; NULL, and past its end: A, B, C */
};

/* Categories that belong together. */
struct group { const char *name; const char *const *categories; };

/* Wherever from stands in a choice's text, to is put. */
struct edit { const char *from, *to; };

/* What a profile says of the prompt, beyond the engine's struct profile. */
struct form {
    const char *choice;               /* "{letter}) {text}" */
    const char *continuation;         /* " {text}": what of a choice follows the prompt, where the model weighs; else NULL */
    const char *open;                 /* the prompt where there is nothing to choose from; NULL: there are no such samples */
    const char *shot, *shot_choice;   /* NULL: choices as in choice */
    const struct edit *edits;
    size_t shot_count, edit_count;
    bool images_first;
};

struct question {
    struct task task;                 /* first, so that a struct task * of this kind is a struct question * */
    struct columns columns, shot_columns;
    const char *const *shot_paths;    /* NULL: it has no worked examples */
    const char *shot_strip;           /* what is taken off the begin of their solutions; NULL: nothing */
    const char *shot_conclusion;      /* what their last sentence begins with; NULL: nothing */
    const struct task_part *parts;
    size_t part_count;
    const struct group *groups;
    size_t group_count;
    const char *const *slots;         /* names of texts; NULL-terminated, NULL when there are none */
    const char *const *texts;         /* by slot; NULL where only parts or columns have one */
    const struct form *forms;         /* by profile */
    bool shuffle, category_of_id, takes_repeats;
    const struct embedded *builtin;   /* NULL: the data lies in a file */
};

/* Parses a task file; name stands for it in errors; builtins are what is compiled in: data and other tasks. The task lives
 * in arena. NULL with err set (EXIT_BAD_DATA). */
const struct task *question_parse(struct arena *arena, const char *name, const char *text, size_t length,
                                  const struct embedded *const *builtins, struct err *err);

/* The same from a file. */
const struct task *question_read(struct arena *arena, const char *path, const struct embedded *const *builtins,
                                 struct err *err);

const struct form *question_form(const struct question *question, const struct profile *profile);

/* Adds a worked example as that form shows it. */
void question_add_shot(const struct question *question, const struct form *form, const struct sample *shot, struct buf *out);

/* The functions of struct task. */
int question_load(const struct task *task, const struct data_source *source, struct dataset *out, struct err *err);
void question_prompt(struct episode *ep);
void question_gold(struct episode *ep, struct buf *out);
void question_guess(struct episode *ep, struct buf *out);

#endif
