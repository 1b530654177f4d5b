"""records: recorded outputs of models as one list, as tasks and replay files for vernier, and as records for the rest.

    records.py DATA FOLDER

Writes FOLDER/records.jsonl: a record a line, {"set", "kind", "id", "text", "target", "choices"}; FOLDER/sets.json: what
each set is; and for every set FOLDER/SET.rows.jsonl and FOLDER/SET.replay.jsonl. A set whose file is not there is left
out, and said. An id has "#2" at its end for the second epoch of a sample.

What a set consists of, and what of it is made up: outputs and keys are those recorded; questions that were not recorded
say so. "texts" are labelled texts that no model wrote, made to be hard to read: they have no score, only a label.
"""
import ast
import json
import sys

LETTERS = "ABCDEFGHIJ"
UNKNOWN = "(not recorded)"
PICTURE = {"bytes": "R0lGODlhAQABAAAAACw="}      # of one dot: the tasks ask for one, and no reader looks at it


def read_lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def made_up(count):
    return ["option text " + letter for letter in LETTERS[:count]]


def aime2025(data):
    keys = {row["id"]: str(row["answer"]) for row in read_lines(f"{data}/aime/aime2025.jsonl")}
    for row in read_lines(f"{data}/replay/aime2025_gpt-oss-120b.jsonl")[1:]:
        yield {"id": row["sample"], "epoch": row["epoch"], "text": row["text"], "target": keys[row["sample"]]}


def math(data):
    for row in read_lines(f"{data}/math_equiv/cases.jsonl"):
        if row["kind"] == "model_output":
            yield {"id": row["case"], "text": row["output"], "target": row["gold"], "label": row["equal"]}


def mmlu_pro(data):
    for row in read_lines(f"{data}/mmlu_pro/model_outputs_sample.jsonl"):
        yield {"id": f"{row['model'].split('-')[0]}-{row['question_id']}", "text": row["output"], "target": row["answer"],
               "choices": made_up(row["n_options"])}


def mmmu(data, file):
    for row in read_lines(f"{data}/mmmu/{file}"):
        yield {"id": row["id"], "text": row["response"], "target": row["answer"],
               "choices": list(row.get("index2ans", {}).values()) if row["question_type"] == "multiple-choice" else []}


def mmmu_llava(data):
    return mmmu(data, "val_responses_llava1.5_13b.jsonl")


def mmmu_qwen(data):
    return mmmu(data, "val_responses_qwen_vl.jsonl")


def mmmu_pro(data):
    for row in read_lines(f"{data}/mmmu/mmmu_pro_standard10_gpt4o_sample.jsonl"):
        yield {"id": row["id"], "text": row["response"], "target": row["answer"],
               "choices": ast.literal_eval(row["options"]), "category": row["subject"]}


# The key of such a text is its label; where nothing is to be read any key does, for no score is told of it.
def texts(data, name):
    for number, row in enumerate(read_lines(f"{data}/extraction/{name}.jsonl"), 1):
        record = {"id": f"{name}-{number:02}", "text": row["output"], "label": row["expected"],
                  "target": row["expected"] or ("A" if row["choices"] else "0")}
        if row["choices"]:
            record["choices"] = made_up(row["choices"])
        if row["choices"] != 1:                 # vernier takes no question with one choice
            yield record


# name: (task of vernier, kind of answer, what it is, maker). A text's task is made for it, a profile a reader.
SETS = {
    "aime2025": ("aime2025", "integer", "gpt-oss-120b, 8 epochs", aime2025),
    "math": ("math500", "maths", "Qwen2.5-Math on MATH", math),
    "mmlu_pro": ("mmlu_pro", "choice", "Phi-3-mini and Gemini 1.5 Pro, five shots", mmlu_pro),
    "mmmu_llava": ("mmmu", "choice_or_open", "LLaVA-1.5-13B, the answer alone", mmmu_llava),
    "mmmu_qwen": ("mmmu", "choice_or_open", "Qwen-VL, the answer alone", mmmu_qwen),
    "mmmu_pro": ("mmmu_pro", "choice", "GPT-4o, step by step; a quarter without an answer line", mmmu_pro),
    "texts_gpqa": (None, "choice", "texts made to be hard", lambda data: texts(data, "gpqa")),
    "texts_mmlu_pro": (None, "choice", "texts made to be hard", lambda data: texts(data, "mmlu_pro")),
    "texts_mmmlu": (None, "choice", "texts made to be hard, 14 languages", lambda data: texts(data, "mmmlu")),
    "texts_mmmu": (None, "choice", "texts made to be hard", lambda data: texts(data, "mmmu")),
    "texts_aime": (None, "integer", "texts made to be hard", lambda data: texts(data, "aime")),
    "texts_math": (None, "maths", "texts made to be hard", lambda data: texts(data, "math500")),
}

# Readers of each kind, by the profile's name.
READERS = {
    "choice": ["canonical", "simple_evals", "simple_evals_multilingual", "inspect", "lm_eval", "lm_eval_flexible",
               "lm_eval_strict", "mmmu_official"],
    "integer": ["canonical", "lm_eval_box"],
    "maths": ["canonical", "lm_eval_dollars", "lm_eval_minerva", "simple_evals"],
}


def task_file(name, kind, folder):
    task = {"name": name, "summary": "labelled texts", "paths": [f"{name}.rows.jsonl"], "grader": kind,
            "fields": {"id": "id", "input": "question", "answer": "answer"},
            "profiles": [{"name": reader, "reader": reader, "prompt": "{question}"} for reader in READERS[kind]]}
    if kind == "choice":
        task["fields"]["choices"] = "options"
        for profile in task["profiles"]:
            profile["prompt"] = "{question}\n{choices}"
    with open(f"{folder}/{name}.json", "w", encoding="utf-8") as file:
        json.dump(task, file)


# A row as each task's data has it.
def row_of(kind, task, record):
    names = {"mmlu_pro": ("question_id", "question"), "math500": ("unique_id", "problem"), "aime2025": ("id", "problem")}
    id_name, input_name = names.get(task, ("id", "question"))
    row = {id_name: record["id"], input_name: UNKNOWN, "answer": record["target"]}
    if "choices" in record:
        row["options"] = record["choices"] if task in (None, "mmlu_pro") else repr(record["choices"])    # as each set has it
    if task is not None and task.startswith("mmmu"):
        row["image_1"] = PICTURE
        row["subject"] = record.get("category")
    if task == "mmlu_pro":
        row["category"] = "other"
    return row


def write_lines(path, rows):
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def write_set(name, records, folder):
    task, kind = SETS[name][:2]
    firsts = {record["id"]: record for record in reversed(records)}
    order = dict.fromkeys(record["id"] for record in records)
    write_lines(f"{folder}/{name}.rows.jsonl", [row_of(kind, task, firsts[id]) for id in order])
    write_lines(f"{folder}/{name}.replay.jsonl",
                [{"sample": r["id"], "epoch": r.get("epoch", 1), "text": r["text"]} for r in records])
    if task is None:
        task_file(name, kind, folder)


def main():
    data, folder = sys.argv[1:]
    everything, sets = [], {}
    for name, (task, kind, what, maker) in SETS.items():
        try:
            records = list(maker(data))
        except FileNotFoundError as missing:
            print(f"parity: {name} is left out: there is no {missing.filename}", file=sys.stderr)
            continue
        write_set(name, records, folder)
        sets[name] = {"task": task, "kind": kind, "what": what, "n": len(records),
                      "epochs": max(record.get("epoch", 1) for record in records)}
        for record in records:
            id = record["id"] + (f"#{record['epoch']}" if sets[name]["epochs"] > 1 else "")
            everything.append(dict(record, set=name, kind=kind, id=id))
    write_lines(f"{folder}/records.jsonl", everything)
    with open(f"{folder}/sets.json", "w", encoding="utf-8") as file:
        json.dump(sets, file)
    return 0 if sets else 77


if __name__ == "__main__":
    sys.exit(main())
