/*
 * block: a glance (glance.h) as a person reads it: a few lines, each with a label and fields that say what they are.
 *
 *     openai/qwen3.5-27b · run 20261121T194851Z-7f3a · for 9 min
 *        done  ━━━━━━━━━━━─────────────────  412 of 1,038 (39 %), about 14 min left
 *      so far  gpqa_diamond 41.2 % [34.6, 48.1] · 95 %, over 150 of 198 questions
 *         out  16 asks to the model
 *       spent  $1.23 of $50.00 · 2,310,400 tokens out · 1,204 tokens a second
 *
 * What does not fit into the columns is left away, the least important first; a line is never wider. A line stands only
 * where it has something to say. Foreign words are cleaned here: no secret, no control character. Pure: the same glance
 * and style give the same bytes.
 */
#ifndef VERNIER_CLI_BLOCK_H
#define VERNIER_CLI_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct glance;

struct block_style {
    size_t columns;             /* the widest line; 0: as wide as it gets */
    size_t waits_max;           /* how many waits are named */
    bool all_waits;             /* also those that are not slow */
    bool is_ascii;              /* where the terminal cannot show more */
};

/* Adds the lines, each ended by a newline. */
void block_draw(const struct glance *glance, const struct block_style *style, struct buf *out);

/* The same as one line, without newline, for a log; with the slowest wait where one is slow. */
void block_draw_line(const struct glance *glance, const struct block_style *style, struct buf *out);

/* "45 s", "14 min", "2 h 10 min", "3 d 4 h". */
void block_add_duration(struct buf *out, int64_t ms);

#endif
