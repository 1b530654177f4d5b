"""peers: the maths grader beside others, on labelled cases.

    peers.py VERNIER CASES.jsonl EVERY      prints Markdown; EVERY 5 takes each fifth case

Rows are {gold, output, answer?, equal, kind, contested?}. Two tables: whole outputs, for graders that find the answer
themselves; and the answer alone, where the row names it. Kinds "up_*" are the tables of other graders' own tests, the rest
is this project's; what graders are known to disagree about ("contested") counts in neither. Time is CPU time a comparison;
the others' own limits of 2 and 5 s by the clock are raised, so that a busy machine makes no verdicts.

A gold or output that is a bare formula (no dollars, no box, no word of four letters) gets dollars for the others: bare LaTeX
is no input to Math-Verify or Inspect.
"""
import asyncio
import importlib.metadata
import json
import logging
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import lm_eval.tasks
from inspect_ai.model import ModelName, ModelOutput
from inspect_ai.scorer import Target, math as inspect_math
from inspect_ai.solver import TaskState
from lm_eval.tasks._yaml_loader import load_yaml
from math_verify import parse, verify

LIMIT_S = 60
UNDECIDED = ("undecided", "limit", "unparsed", "bad_gold")
PROSE = re.compile(r"\$|\\\(|\\\[|boxed|\n|(?<![\\A-Za-z])[A-Za-z]{4,}")


def dollars(text):
    return text if PROSE.search(text) else f"${text}$"


class NoVerdict(Exception):
    """Neither equal nor different: it could not read one of the two, ran out of time, or broke."""


def by_math_verify(gold, said):
    golds, answers = (parse(text, parsing_timeout=LIMIT_S) for text in (dollars(gold), said))
    if not golds or not answers:
        raise NoVerdict
    return verify(golds, answers, timeout_seconds=LIMIT_S)


LOOP = asyncio.new_event_loop()
INSPECT = inspect_math(timeout=LIMIT_S)


def by_inspect(gold, said):
    state = TaskState(model=ModelName("recorded/recorded"), sample_id=1, epoch=1, input="?", messages=[],
                      target=Target(dollars(gold)), output=ModelOutput.from_content("recorded", said))
    score = LOOP.run_until_complete(INSPECT(state, Target(dollars(gold))))
    if score.value not in ("C", "I") or (score.value == "I" and score.answer is None):
        raise NoVerdict
    return score.value == "C"


def lm_eval_module(name):
    load_yaml(Path(lm_eval.tasks.__file__).parent / name / f"{name}_algebra.yaml", resolve_func=True)
    module = sys.modules[f"lm_eval.tasks.{name}.utils"]
    if hasattr(module, "timeout"):
        theirs = module.timeout
        module.timeout = lambda seconds: theirs(seconds=LIMIT_S)
    return module


def by_hendrycks(gold, answer, module=lm_eval_module("hendrycks_math")):
    return module.is_equiv(answer, gold)


def by_minerva(gold, answer, module=lm_eval_module("minerva_math")):
    return module.is_equiv(module.normalize_final_answer(answer), module.normalize_final_answer(gold))


def measure(grade, pairs):
    """[(equal, or None without a verdict; seconds)]"""
    out = []
    for gold, said in pairs:
        start = time.process_time()
        try:
            equal = bool(grade(gold, said))
        except Exception:
            equal = None
        out.append((equal, time.process_time() - start))
    return out


def by_vernier(vernier, rows):
    """The same of `vernier try`."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as cases:
        cases.writelines(json.dumps(row) + "\n" for row in rows)
        cases.flush()
        done = subprocess.run([vernier, "try", "maths", "--cases", cases.name, "--json"], capture_output=True, check=True)
    said = [json.loads(line) for line in done.stdout.decode().splitlines()]
    return [(None if v.get("verdict") in UNDECIDED else v.get("verdict") == "equal", v["us"] / 1e6) for v in said[:-1]]


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def count(labels, measured):
    pairs = list(zip(labels, measured))
    agree = sum((equal or False) == label for label, (equal, _) in pairs)
    return [f"{100 * agree / len(pairs):.2f} %", sum(not label and bool(equal) for label, (equal, _) in pairs),
            sum(label and not equal for label, (equal, _) in pairs), sum(equal is None for _, (equal, _) in pairs)]


def print_row(name, rows, measured, groups=(False, True)):
    """groups: of ours (False), of other graders' tests (True)."""
    cells = [name]
    for upstream in groups:
        indexes = [i for i, row in enumerate(rows) if row["kind"].startswith("up_") == upstream]
        cells += count([rows[i]["equal"] for i in indexes], [measured[i] for i in indexes]) if indexes else ["–"] * 4
    times = [seconds for _, seconds in measured]
    cells += [f"{1e3 * percentile(times, share):.2g}" for share in (0.5, 0.99, 1)]
    print("| " + " | ".join(map(str, cells)) + " |", flush=True)


def version(package):
    return f"{package} {importlib.metadata.version(package)}"


def print_outputs(vernier, rows):
    own = sum(not row["kind"].startswith("up_") for row in rows)
    print(f"Whole outputs: {own} cases of ours, then {len(rows) - own} of other graders' tests; ms of CPU:\n")
    print("| grader | ours | false accepts | false rejects | no verdict | theirs | fa | fr | nv | median ms | p99 | max |")
    print("| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |")
    pairs = [(row["gold"], dollars(row["output"])) for row in rows]
    print_row("vernier", rows, by_vernier(vernier, rows))
    print_row(version("math-verify"), rows, measure(by_math_verify, pairs))
    print_row(version("inspect-ai") + ", `math()`", rows, measure(by_inspect, pairs))


def print_answers(vernier, rows):
    print(f"\nThe answer alone, {len(rows)} cases of ours:\n")
    print("| grader | agree | false accepts | false rejects | no verdict | median ms | p99 | max |")
    print("| --- | --: | --: | --: | --: | --: | --: | --: |")
    pairs = [(row["gold"], row["answer"]) for row in rows]
    boxed = [(gold, "\\boxed{" + answer + "}") for gold, answer in pairs]
    alone = [{"gold": row["gold"], "pred": row["answer"], "equal": row["equal"]} for row in rows]
    print_row("vernier", rows, by_vernier(vernier, alone), (False,))
    print_row(version("math-verify"), rows, measure(by_math_verify, boxed), (False,))
    print_row(version("inspect-ai") + ", `math()`", rows, measure(by_inspect, boxed), (False,))
    print_row(version("lm-eval") + ", minerva_math (sympy)", rows, measure(by_minerva, pairs), (False,))
    print_row(version("lm-eval") + ", hendrycks_math", rows, measure(by_hendrycks, pairs), (False,))


def main():
    vernier, cases, every = sys.argv[1:]
    logging.disable(logging.CRITICAL)
    with open(cases, encoding="utf-8") as file:
        rows = [row for row in map(json.loads, file) if "contested" not in row][::int(every)]
    print_outputs(vernier, rows)
    alone = [row for row in rows if "answer" in row and not row["kind"].startswith("up_")]
    if alone:
        print_answers(vernier, alone)


if __name__ == "__main__":
    main()
