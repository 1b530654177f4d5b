"""side: what the three harnesses' programs share: records in, verdicts out.

A verdict is a line {"set", "rule", "id", "read", "score"}: read is what the harness says that it read (null: nothing, or
it does not say), score what it gives. DRAW stands for a letter that it drew at random.
"""
import json

DRAW = "(drawn)"

# In place of the harnesses' own limits of 5 s by the clock, so that a busy machine makes no verdicts.
LIMIT_S = 60


def read_records(folder):
    """The records, set by set."""
    sets = {}
    with open(f"{folder}/records.jsonl", encoding="utf-8") as file:
        for line in file:
            record = json.loads(line)
            sets.setdefault(record["set"], []).append(record)
    return sets


def write_verdicts(folder, harness, verdicts):
    with open(f"{folder}/{harness}.jsonl", "w", encoding="utf-8") as file:
        for record, rule, read, score in verdicts:
            file.write(json.dumps({"set": record["set"], "rule": rule, "id": record["id"], "read": read,
                                   "score": float(score)}) + "\n")
