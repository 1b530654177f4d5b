"""pairs: which harness's rule is held against which profile of vernier, set by set. None: no profile imitates it.

A rule is named HARNESS:TASK, and HARNESS:TASK:METRIC or :FILTER where a task has several.
"""
PAIRS = {
    "aime2025": {"lm_eval:aime25": "lm_eval", "inspect:aime2025": None, "simple_evals:math": None},
    "math": {"lm_eval:hendrycks_math500": "lm_eval_dollars", "lm_eval:minerva_math500": "lm_eval_minerva",
             "lm_eval:minerva_math500:math_verify": None, "inspect:math:expression_exact_match_sympy": None,
             "simple_evals:math": "simple_evals_first"},
    "mmlu_pro": {"lm_eval:mmlu_pro": "lm_eval", "inspect:mmlu_pro": None},
    "mmmu_llava": {"lm_eval:mmmu_val": "mmmu_official", "inspect:mmmu": None},
    "mmmu_qwen": {"lm_eval:mmmu_val": "mmmu_official", "inspect:mmmu": None},
    "mmmu_pro": {"inspect:mmmu": None},
    "texts_gpqa": {"lm_eval:gpqa_diamond_cot_zeroshot:strict-match": "lm_eval_strict",
                   "lm_eval:gpqa_diamond_cot_zeroshot:flexible-extract": "lm_eval_flexible",
                   "inspect:gpqa_diamond": "inspect", "simple_evals:gpqa": "simple_evals"},
    "texts_mmlu_pro": {"lm_eval:mmlu_pro": "lm_eval", "inspect:mmlu_pro": "inspect"},
    "texts_mmmlu": {"simple_evals:mmlu": "simple_evals_multilingual"},
    "texts_mmmu": {"lm_eval:mmmu_val": "mmmu_official", "inspect:mmmu": "inspect"},
    "texts_aime": {"lm_eval:aime25": "lm_eval_box", "inspect:aime2025": None},
    "texts_math": {"lm_eval:hendrycks_math500": "lm_eval_dollars", "lm_eval:minerva_math500": "lm_eval_minerva",
                   "inspect:math:expression_exact_match_sympy": None, "simple_evals:math": "simple_evals"},
}

# What stands for our own reading, where it is not the first profile: MMMU's recorded models were asked for the letter alone.
CANONICAL = {"mmmu_llava": "direct", "mmmu_qwen": "direct"}

# What a rule looks for, and why it gives nothing to an output without it. Where the output was asked for by another
# harness's prompt this says nothing against either: it is why scores of one prompt cannot be read by another's rule.
LOOKS_FOR = {
    "simple_evals:math": (r"(?i)Answer\s*:\s*[^\n]", "it reads after \"Answer:\" alone, as its prompt asks"),
    "inspect:math:expression_exact_match_sympy":
        (r"(?i)ANSWER\s*:\s*[^\n]", "it reads after \"ANSWER:\" alone, as its prompt asks"),
    "inspect:mmlu_pro": (r"(?i)ANSWER\s*:", "it reads after \"ANSWER:\" alone, as its prompt asks"),
    "inspect:mmmu": (r"(?i)ANSWER\s*:", "it reads after \"ANSWER:\" alone, as its prompt asks"),
    "inspect:gpqa_diamond": (r"(?i)ANSWER\s*:", "it reads after \"ANSWER:\" alone, as its prompt asks"),
    "inspect:aime2025":
        (r"[^\s\]\\][\s*$#-]*$", "it reads the last line alone, and that is the \"\\]\" which closes the formula"),
    "lm_eval:hendrycks_math500":
        (r"(?s)\$.*\$", "it compares what stands between dollars, else all that was said: never a box"),
    "lm_eval:minerva_math500":
        (r"Final Answer: The final answer is",
         "it reads after \"Final Answer: The final answer is\" alone, as its worked examples end"),
    "lm_eval:gpqa_diamond_cot_zeroshot:strict-match": (r"The answer is ", "it reads after \"The answer is \" alone"),
}


def rules_of(name, harness):
    return [rule for rule in PAIRS[name] if rule.startswith(harness + ":")]


def profiles_of(name):
    return sorted({profile for profile in PAIRS[name].values() if profile is not None})
