/*
 * readers: every rule that turns a model's words into an answer, one file each.
 *
 * "canonical" is ours and looks past decoration and thinking. The others read as another harness does, with its faults,
 * so that a score can be compared with the one published there; they see the raw text. One that reads by regular
 * expressions may fail with "limit: ..." on a text made to stall it, which says nothing about the model.
 */
#ifndef VERNIER_READERS_READERS_H
#define VERNIER_READERS_READERS_H

#include "harness/engine/grading.h"

extern const struct reader reader_choice_artificial_analysis;
extern const struct reader reader_choice_canonical;
extern const struct reader reader_choice_evalscope;
extern const struct reader reader_choice_inspect;
extern const struct reader reader_choice_likelihood;
extern const struct reader reader_choice_likelihood_per_byte;
extern const struct reader reader_choice_likelihood_per_character;
extern const struct reader reader_choice_likelihood_per_token;
extern const struct reader reader_choice_lighteval;
extern const struct reader reader_choice_lm_eval;
extern const struct reader reader_choice_lm_eval_flexible;
extern const struct reader reader_choice_lm_eval_strict;
extern const struct reader reader_choice_mmlu_pro_official;
extern const struct reader reader_choice_mmlu_pro_official_random;
extern const struct reader reader_choice_mmmu_official;
extern const struct reader reader_choice_mmmu_official_random;
extern const struct reader reader_choice_mmmu_pro_official;
extern const struct reader reader_choice_nemo;
extern const struct reader reader_choice_opencompass;
extern const struct reader reader_choice_simple_evals;
extern const struct reader reader_choice_simple_evals_multilingual;
extern const struct reader reader_choice_vlmevalkit;
extern const struct reader reader_choice_vlmevalkit;
extern const struct reader reader_choice_or_open_canonical;
extern const struct reader reader_choice_or_open_canonical_direct;
extern const struct reader reader_choice_or_open_mmmu_official;
extern const struct reader reader_choice_or_open_mmmu_official_random;
extern const struct reader reader_choice_or_open_vlmevalkit;
extern const struct reader reader_choice_or_open_vlmevalkit;
extern const struct reader reader_integer_canonical;
extern const struct reader reader_integer_lm_eval_box;
extern const struct reader reader_integer_matharena;
extern const struct reader reader_maths_canonical;
extern const struct reader reader_maths_lm_eval_dollars;
extern const struct reader reader_maths_lm_eval_minerva;
extern const struct reader reader_maths_prm800k_strict;
extern const struct reader reader_maths_simple_evals;
extern const struct reader reader_maths_verl_dapo;

/* Of graders that read for themselves: the whole of it but the thinking. It stands in no table. */
extern const struct reader reader_whole;

/* By grader, then name; ends with NULL. */
extern const struct reader *const readers[];

/* NULL when that grader has none of that name. '-' and '_' are alike. */
const struct reader *readers_find(const char *grader, const char *name);

#endif
