#!/usr/bin/env python3
"""likelihood_compare: our store beside lm-evaluation-harness' samples of the same questions.

    likelihood_compare.py STORE FOLDER

Prints every question on which a sum differs by more than 0.001 or a verdict at all; exits 1 when there is one.
"""
import glob
import json
import sqlite3
import sys

ALIKE = 0.001


def ours(store):
    """Of each question: the sums, and what the sum, per character and per byte, takes."""
    found = {}
    rows = sqlite3.connect(store).execute(
        "SELECT s.name, a.reply FROM ask a JOIN episode e ON e.id = a.episode JOIN sample s ON s.id = e.sample "
        "WHERE a.kind = 'model'")
    for sample, reply in rows:
        all_ = json.loads(json.loads(reply)["text"])["likelihoods"]
        sums = [sum(one["logprobs"]) for one in all_]
        found[sample] = sums, [one["chars"] for one in all_], [one["bytes"] for one in all_]
    return found


def theirs(folder):
    path, = glob.glob(folder + "/**/samples_*.jsonl", recursive=True)
    for line in open(path):
        row = json.loads(line)
        sums = [float(answer[0]) for answer in row["filtered_resps"]]
        yield row["doc"]["id"], row["doc"]["answer"], sums, row


def best(values):
    return max(range(len(values)), key=values.__getitem__)


mine, count, differing, farthest = ours(sys.argv[1]), 0, 0, 0.0
right = {"acc": 0, "acc_norm": 0, "acc_bytes": 0}
for name, answer, sums, row in theirs(sys.argv[2]):
    count += 1
    own, chars, sizes = mine[name]
    verdicts = {"acc": best(own), "acc_norm": best([s / n for s, n in zip(own, chars)]),
                "acc_bytes": best([s / n for s, n in zip(own, sizes)])}
    apart = max(abs(a - b) for a, b in zip(own, sums))
    farthest = max(farthest, apart)
    others = [key for key in right if row[key] != (verdicts[key] == answer)]
    for key in right:
        right[key] += verdicts[key] == answer
    if apart > ALIKE or others:
        differing += 1
        print("%s: sums %s, theirs %s%s" % (name, own, sums, "".join("; another " + key for key in others)))
print("%d questions, %d differ; sums at most %.2g apart; %s" % (
    count, differing, farthest, ", ".join("%s %.1f %%" % (key, 100 * right[key] / count) for key in right)))
sys.exit(1 if differing or not count else 0)
