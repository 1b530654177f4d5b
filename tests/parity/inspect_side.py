"""inspect_side: recorded outputs through Inspect: the solvers and scorers of inspect_evals' tasks, one sample at a time.

    inspect_side.py FOLDER        writes FOLDER/inspect.jsonl

The solver gets a `generate` that says what was recorded. Left out is what asks a model: MMMU's open questions, and the
one scorer of MATH's three that judges.
"""
import asyncio
import functools
import sys

from inspect_ai.model import ChatMessageUser, ModelName, ModelOutput
from inspect_ai.scorer import Target, choice
from inspect_ai.solver import TaskState, multiple_choice
from inspect_evals.math import utils as math_utils
from inspect_evals.math.math import expression_exact_match, expression_exact_match_sympy
from inspect_evals.mmlu_pro.mmlu_pro import mmlu_pro_solver
from inspect_evals.utils.aime_common import aime_scorer, aime_solver

from pairs import rules_of
from side import LIMIT_S, read_records, write_verdicts

# As each task of inspect_evals has them.
TASKS = {
    "aime2025": (aime_solver, aime_scorer),
    "math:expression_exact_match": (None, expression_exact_match),
    "math:expression_exact_match_sympy": (None, expression_exact_match_sympy),
    "gpqa_diamond": (lambda: multiple_choice(cot=True), choice),
    "mmlu_pro": (lambda: mmlu_pro_solver(fewshot=0), choice),
    "mmmu": (multiple_choice, choice),
}


def said(text):
    async def generate(state, *args, **kwargs):
        state.output = ModelOutput.from_content("recorded", text)
        state.messages.append(state.output.message)
        return state
    return generate


async def judge(task, record):
    make_solver, make_scorer = TASKS[task]
    state = TaskState(model=ModelName("recorded/recorded"), sample_id=record["id"], epoch=1, input="?",
                      messages=[ChatMessageUser(content="?")], target=Target(record["target"]),
                      choices=record.get("choices") or [])
    solvers = make_solver() if make_solver is not None else []
    for solver in solvers if isinstance(solvers, list) else [solvers]:
        state = await solver(state, said(record["text"]))
    if not state.output.choices:
        state = await said(record["text"])(state)
    score = await make_scorer()(state, state.target)
    read = score.answer or (score.metadata or {}).get("extracted_answer")
    return read, 1 if score.value == "C" else 0


async def main():
    folder = sys.argv[1]
    math_utils.timeout = functools.partial(lambda theirs, seconds: theirs(LIMIT_S), math_utils.timeout)
    out = []
    for name, records in read_records(folder).items():
        for rule in rules_of(name, "inspect"):
            task = rule.split(":", 1)[1]
            for record in records:
                if task == "mmmu" and not record["choices"]:
                    continue
                out.append((record, rule, *await judge(task, record)))
    write_verdicts(folder, "inspect", out)


if __name__ == "__main__":
    asyncio.run(main())
