#!/usr/bin/env python3
"""The figures of questions.jsonl and replies.jsonl, from the definitions: every set of k answers is looked at."""
import json
import re
from collections import Counter
from itertools import combinations
from math import sqrt
from pathlib import Path
from statistics import mean, variance

HERE = Path(__file__).parent
T_8 = 2.306004135      # the t distribution's 97.5 % point at 8 degrees of freedom, from a printed table


def read(name):
    return [json.loads(line) for line in (HERE / name).read_text().splitlines()]


def answer(reply):
    box = re.search(r"\\boxed\{(\d+)\}", reply["text"])
    return int(box[1]) if box else None


def majority(answers, gold):
    """The commonest answer's credit; answers that tie share it, and what is none cannot win."""
    counts = Counter(a for a in answers if a is not None)
    best = [a for a in counts if counts[a] == max(counts.values())]
    return (gold in best) / len(best) if best else 0.0


golds = {row["id"]: row["answer"] for row in read("questions.jsonl")}
replies = [row for row in read("replies.jsonl") if "sample" in row]
given = {name: [answer(row) for row in replies if row["sample"] == name] for name in golds}
right = {name: [a == golds[name] for a in given[name]] for name in golds}
means = [mean(map(int, right[name])) for name in golds]
score, error = mean(means), sqrt(variance(means) / len(means))
within = mean(variance(list(map(int, right[name]))) for name in golds)
print(f"mean {score:.6f} se_over_questions {error:.6f} se_over_epochs {sqrt(within / len(replies)):.6f}")
print(f"interval {score - T_8 * error:.6f} {score + T_8 * error:.6f}")
for k in 1, 2, 4:
    drawn = {name: list(combinations(range(4), k)) for name in golds}
    at_least_one = mean(mean(int(any(right[n][i] for i in s)) for s in drawn[n]) for n in golds)
    every_one = mean(mean(int(all(right[n][i] for i in s)) for s in drawn[n]) for n in golds)
    most = mean(mean(majority([given[n][i] for i in s], golds[n]) for s in drawn[n]) for n in golds)
    print(f"k {k} pass {at_least_one:.6f} pass_hat {every_one:.6f} maj {most:.6f}")
