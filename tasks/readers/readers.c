#include "tasks/readers/readers.h"

#include <stddef.h>

#include "tasks/readers/name.h"

const struct reader *const readers[] = {
    &reader_choice_artificial_analysis,
    &reader_choice_canonical,
    &reader_choice_evalscope,
    &reader_choice_inspect,
    &reader_choice_lighteval,
    &reader_choice_likelihood,
    &reader_choice_likelihood_per_byte,
    &reader_choice_likelihood_per_character,
    &reader_choice_likelihood_per_token,
    &reader_choice_lm_eval,
    &reader_choice_lm_eval_flexible,
    &reader_choice_lm_eval_strict,
    &reader_choice_mmlu_pro_official,
    &reader_choice_mmlu_pro_official_random,
    &reader_choice_mmmu_official,
    &reader_choice_mmmu_official_random,
    &reader_choice_mmmu_pro_official,
    &reader_choice_nemo,
    &reader_choice_opencompass,
    &reader_choice_simple_evals,
    &reader_choice_simple_evals_multilingual,
    &reader_choice_vlmevalkit,
    &reader_choice_or_open_canonical,
    &reader_choice_or_open_canonical_direct,
    &reader_choice_or_open_mmmu_official,
    &reader_choice_or_open_mmmu_official_random,
    &reader_choice_or_open_vlmevalkit,
    &reader_integer_canonical,
    &reader_integer_lm_eval_box,
    &reader_integer_matharena,
    &reader_maths_canonical,
    &reader_maths_lm_eval_dollars,
    &reader_maths_lm_eval_minerva,
    &reader_maths_prm800k_strict,
    &reader_maths_simple_evals,
    &reader_maths_verl_dapo,
    NULL,
};

const struct reader *readers_find(const char *grader, const char *name)
{
    for (size_t i = 0; readers[i] != NULL; i++)
        if (name_is(grader, readers[i]->grader) && name_is(name, readers[i]->name))
            return readers[i];
    return NULL;
}
