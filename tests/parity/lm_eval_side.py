"""lm_eval_side: recorded outputs through lm-evaluation-harness: its task files, filters, metrics and stop sequences.

    lm_eval_side.py FOLDER        writes FOLDER/lm_eval.jsonl

Each task is lm-eval's own, made of its YAML by its own loader. Changed is only where the documents come from (our rows),
so nothing that prepares the hub's columns for it; MMMU's random draw, which says that it was one and counts 1/N; and limits
by the clock.
"""
import ast
import os
import sys
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import lm_eval.tasks
from lm_eval.api.instance import Instance
from lm_eval.api.task import ConfigurableTask
from lm_eval.models.utils import postprocess_generated_text
from lm_eval.tasks._yaml_loader import load_yaml

from pairs import rules_of
from side import DRAW, LIMIT_S, read_records, write_verdicts

FILES = {
    "aime25": "aime/aime25.yaml", "mmlu_pro": "mmlu_pro/_default_template_yaml",
    "gpqa_diamond_cot_zeroshot": "gpqa/cot_zeroshot/_gpqa_cot_zeroshot_yaml",
    "hendrycks_math500": "hendrycks_math/hendrycks_math500.yaml", "minerva_math500": "minerva_math/minerva_math500.yaml",
    "mmmu_val": "mmmu/_template_yaml",
}


def doc_of(task, record):
    boxed = "\\boxed{" + record["target"] + "}" if isinstance(record["target"], str) else ""
    choices = record.get("choices", [])
    if task == "mmlu_pro":
        return {"question": "?", "options": choices, "answer": record["target"], "cot_content": "", "category": "other"}
    if task == "mmmu_val":
        return {"question": "?", "options": repr(choices), "answer": record["target"],
                "question_type": "multiple-choice" if choices else "open"}
    if task.startswith("gpqa"):
        return {"Question": "?", "choices": choices, "answer": f"({record['target']})"} | \
            {f"choice{i + 1}": text for i, text in enumerate(choices)}
    answer = record["target"]
    if task == "minerva_math500":           # as its process_docs has it
        answer = utils("minerva_math").normalize_final_answer(record["target"])
    return {"problem": "?", "solution": boxed, "answer": answer}


def utils(name):
    return sys.modules[f"lm_eval.tasks.{name}.utils"]


class Docs(list):
    @property
    def features(self):
        return self[0]


# A task over these documents, without the hub.
class Offline(ConfigurableTask):
    def download(self, *args, **kwargs):
        self.dataset = {split: self.config.metadata["docs"] for split in ("test", "validation", "train")}


def make_task(name, records):
    config = load_yaml(Path(lm_eval.tasks.__file__).parent / FILES[name], resolve_func=True)
    config = dict(config, task=name, num_fewshot=0)
    for key in ("process_docs", "doc_to_image", "fewshot_config", "dataset_kwargs", "group", "tag"):
        config.pop(key, None)
    config["metadata"] = {"docs": Docs(doc_of(name, record) for record in records)}
    return Offline(config=config)


def pass_through(task, records):
    """Per record: by filter, what was filtered, and what the task's own metrics give it."""
    until = (task.config.generation_kwargs or {}).get("until")
    docs = task.config.metadata["docs"]
    task._instances = []
    for number, (doc, record) in enumerate(zip(docs, records)):
        instance = Instance(request_type="generate_until", doc=doc, arguments=("", {}), idx=0,
                            metadata=(task.config.task, number, 1))
        instance.resps = [postprocess_generated_text(record["text"], until, None)]
        task._instances.append(instance)
    task.apply_filters()
    for doc, instance in zip(docs, task._instances):
        yield {name: (got, task.process_results(doc, [got])) for name, got in instance.filtered_resps.items()}


# What AIME's process_results compares; it says none of it.
def aime_form(got):
    module = utils("aime")
    box = module.last_boxed_only_string(got)
    answer = between_dollars(got)
    try:
        answer = answer if box is None else module.remove_boxed(box)
    except (AssertionError, IndexError):
        pass
    try:
        return module.strip_string(answer)
    except Exception:                   # as its is_equiv does
        return answer


def between_dollars(got):
    dollars = [at for at, char in enumerate(got) if char == "$"]
    return got if len(dollars) <= 1 else got[dollars[0] + 1:dollars[-1]]


# What the task says that it read: what its filter left, or what its process_results makes of the text on its way.
def read_of(name, doc, got):
    if name == "aime25":
        return aime_form(got)
    if name == "hendrycks_math500":
        return between_dollars(got)
    if name == "minerva_math500":
        return utils("minerva_math").get_unnormalized_answer(got)
    if name == "mmmu_val":
        if doc["question_type"] == "open":
            return None
        options = ast.literal_eval(doc["options"])
        letters = "ABCDEFGHI"[:len(options)]
        return utils("mmmu").parse_multi_choice_response(got, list(letters), dict(zip(letters, options)))
    return None if got == "[invalid]" else got.strip("()")


def verdicts(name, record, doc, filters, rules):
    """A rule is TASK, or TASK and one of its metrics or filters."""
    for rule in rules:
        wanted = rule.split(":")[2:]
        filter_name = wanted[0] if wanted and wanted[0] in filters else next(iter(filters))
        got, metrics = filters[filter_name]
        metric = wanted[0] if wanted and wanted[0] in metrics else next(iter(metrics))
        read = read_of(name, doc, got) if metric != "math_verify" else None
        score = 1 / len(record["choices"]) if read == DRAW else metrics[metric]
        yield record, rule, read, score


# What is changed in a task's own module: its draws, its limits by the clock.
def change(name):
    if name == "mmmu_val":
        utils("mmmu").random = SimpleNamespace(choice=lambda letters: DRAW)
    if name == "minerva_math500" and not isinstance(utils("minerva_math").timeout, partial):
        module = utils("minerva_math")
        module.timeout = partial(lambda theirs, seconds: theirs(LIMIT_S), module.timeout)
        module.parse = partial(module.parse, parsing_timeout=LIMIT_S)
        module.verify = partial(module.verify, timeout_seconds=LIMIT_S)


def main():
    folder = sys.argv[1]
    out = []
    for name, records in read_records(folder).items():
        for task_name in dict.fromkeys(rule.split(":")[1] for rule in rules_of(name, "lm_eval")):
            rules = [rule for rule in rules_of(name, "lm_eval") if rule.split(":")[1] == task_name]
            load_yaml(Path(lm_eval.tasks.__file__).parent / FILES[task_name], resolve_func=True)
            change(task_name)
            task = make_task(task_name, records)
            docs = task.config.metadata["docs"]
            for record, doc, filters in zip(records, docs, pass_through(task, records)):
                out += verdicts(task_name, record, doc, filters, rules)
    write_verdicts(folder, "lm_eval", out)


if __name__ == "__main__":
    os.environ["HF_HUB_OFFLINE"] = "1"
    main()
