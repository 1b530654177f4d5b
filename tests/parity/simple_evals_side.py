"""simple_evals_side: recorded outputs through OpenAI's simple-evals, from a checkout of it (it is no package).

    simple_evals_side.py CHECKOUT FOLDER        writes FOLDER/simple_evals.jsonl

Its evals fetch their questions when they are made, so they are made without: then their own __call__ is run, with a
sampler that says what was recorded. MATH asks a model whether two answers are equal. No model is asked here: a stub says
yes to the same characters, blanks apart, and no otherwise. So its reading is shown, its score is a lower bound.
"""
import importlib
import os
import re
import sys
import types

from pairs import rules_of
from side import read_records, write_verdicts

os.environ["debug"] = "1"       # its map: one after the other, in order


def load(checkout):
    """The folder is a package, whatever it is called; its __init__ is not there."""
    package = types.ModuleType("simple_evals")
    package.__path__ = [checkout]
    sys.modules["simple_evals"] = package
    sys.modules.setdefault("openai", types.ModuleType("openai"))
    return {name: importlib.import_module(f"simple_evals.{name}") for name in ("gpqa_eval", "mmlu_eval", "math_eval", "types")}


class Sampler:
    """Says a text, or as the judge of MATH compares the two expressions that it is shown."""

    def __init__(self, response, text=None):
        self.response, self.text, self.shown = response, text, None

    def _pack_message(self, role, content):
        return {"role": role, "content": content}

    def __call__(self, messages):
        text = self.text
        if text is None:
            self.shown = re.findall(r"Expression [12]: (.*)", messages[0]["content"])[-2:]
            text = "Yes" if re.sub(r"\s", "", self.shown[0]) == re.sub(r"\s", "", self.shown[1]) else "No"
        return self.response(response_text=text, response_metadata={}, actual_queried_message_list=messages)


def read_in(result):
    found = re.search(r"Extracted Answer: (.*)</p>", result.htmls[0])
    read = found.group(1) if found else "None"
    return None if read == "None" else read


def make_gpqa(modules, record, _):
    out = modules["gpqa_eval"].GPQAEval.__new__(modules["gpqa_eval"].GPQAEval)
    columns = ["Correct Answer", "Incorrect Answer 1", "Incorrect Answer 2", "Incorrect Answer 3"]
    order = [1, 2, 3]
    order.insert("ABCD".index(record["target"]), 0)
    out.examples = [dict(zip(columns, record["choices"])) | {"Question": "?", "permutation": order}]
    return out


def make_mmlu(modules, record, _):
    out = modules["mmlu_eval"].MMLUEval.__new__(modules["mmlu_eval"].MMLUEval)
    out.examples = [dict(zip("ABCD", record["choices"])) | {"Question": "?", "Answer": record["target"], "Subject": ""}]
    return out


def make_math(modules, record, checker):
    out = modules["math_eval"].MathEval.__new__(modules["math_eval"].MathEval)
    out.examples = [{"Question": "?", "Answer": record["target"]}]
    out.equality_checker = checker
    return out


MAKERS = {"gpqa": make_gpqa, "mmlu": make_mmlu, "math": make_math}


def judge(modules, task, record):
    response = modules["types"].SamplerResponse
    checker = Sampler(response)
    result = MAKERS[task](modules, record, checker)(Sampler(response, record["text"]))
    read = checker.shown[1] if checker.shown else read_in(result)
    return None if read == "None" else read, result.score


def main():
    checkout, folder = sys.argv[1:]
    modules = load(checkout)
    out = []
    for name, records in read_records(folder).items():
        for rule in rules_of(name, "simple_evals"):
            for record in records:
                out.append((record, rule, *judge(modules, rule.split(":")[1], record)))
    write_verdicts(folder, "simple_evals", out)


if __name__ == "__main__":
    main()
