"""table: what the harnesses and vernier make of the same outputs: scores, and every sample that they see differently.

    table.py FOLDER REASONS       prints Markdown; 1 where a difference has no reason, or a reason no difference

Verdicts differ where their scores do (of labelled texts: where one of the two reads what the label says and the other
does not). A profile that imitates a harness differs from it already where it reads anything else.

REASONS is a table with tabs: set, sample, rule, what it read, what we read, the key, the reason. It holds for what it
names alone: where one of them reads something else from now on, it is a difference without a reason. An output that was
asked for by another prompt than the rule's own is explained by what the rule looks for and the output has not (LOOKS_FOR
in pairs.py); that is looked up in each output.
"""
import collections
import json
import re
import sys

from pairs import LOOKS_FOR, PAIRS
from side import DRAW

HARNESSES = {"lm_eval": "lm-eval", "inspect": "Inspect", "simple_evals": "simple-evals"}
WIDTH = 40


def load(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def load_reasons(path):
    reasons = {}
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if line.startswith("#") or not line.strip():
                continue
            cells = line.rstrip("\n").split("\t")
            if len(cells) != 7:
                sys.exit(f"{path} line {number}: expected 7 cells between tabs, found {len(cells)}")
            reasons[tuple(cells[:3])] = (tuple(cells[3:6]), cells[6])
    return reasons


def shown(read):
    """What was read, short and on one line; "-" is nothing."""
    if read is None:
        return "-"
    read = re.sub(r"\s+", " ", str(read)).strip() or '""'
    return read if len(read) <= WIDTH else read[:WIDTH // 2 - 1] + "…" + read[-(WIDTH // 2 - 1):]


def plain(read):
    return None if read in (DRAW, "[invalidanswer]") else read


def is_text(record):
    return "label" in record and record["set"].startswith("texts_")


def verdict(record, judged):
    """The score; of a labelled text whether it was read as labelled."""
    if not is_text(record):
        return judged["score"]
    return float(plain(judged["read"]) is None) if record["label"] is None else judged["score"]


def is_same(one, other):
    return abs(one - other) < 1e-9


def is_exact(record, theirs, ours):
    """Whether a profile reads as the harness does. Of an open question (MMMU's) lm-eval says no word of what it read. Maths
    is read as they do and compared as we do, so there scores are no part of it."""
    if record["kind"] == "maths":
        return (plain(theirs["read"]) or "").strip() == (ours["read"] or "")
    is_told = record["kind"] != "choice_or_open" or record["choices"] or theirs["read"] is not None
    return is_same(theirs["score"], ours["score"]) and (not is_told or plain(theirs["read"]) == ours["read"])


class Table:
    def __init__(self, folder, reasons):
        self.sets = json.load(open(f"{folder}/sets.json", encoding="utf-8"))
        self.records = {(r["set"], r["id"]): r for r in load(f"{folder}/records.jsonl")}
        self.ours = {(v["set"], v["rule"], v["id"]): v for v in load(f"{folder}/ours.jsonl")}
        self.theirs = collections.defaultdict(list)
        for harness in HARNESSES:
            try:
                for judged in load(f"{folder}/{harness}.jsonl"):
                    self.theirs[judged["set"], judged["rule"]].append(judged)
            except FileNotFoundError:
                print(f"parity: {HARNESSES[harness]} was not asked", file=sys.stderr)
        self.reasons = reasons
        self.used = set()
        self.unexplained = []

    def explain(self, record, rule, theirs, ours):
        """The reason, or None."""
        looks_for = LOOKS_FOR.get(rule)
        if looks_for is not None and not theirs["score"] and not re.search(looks_for[0], record["text"]):
            return looks_for[1]
        key = record["set"], record["id"], rule
        seen = shown(plain(theirs["read"])), shown(ours["read"]), shown(record["target"])
        if key not in self.reasons or self.reasons[key][0] != seen:
            self.unexplained.append((*key, *seen))
            return None
        self.used.add(key)
        return self.reasons[key][1]

    def compare(self, name, rule, profile):
        """(their mean, our mean, the differing samples by reason); profile "" is our own reading."""
        mean, differing = [], collections.defaultdict(list)
        for theirs in self.theirs[name, rule]:
            record, ours = self.records[name, theirs["id"]], self.ours[name, profile, theirs["id"]]
            one, other = verdict(record, theirs), verdict(record, ours)
            mean.append((one, other))
            if not is_exact(record, theirs, ours) if profile else not is_same(one, other):
                reason = self.explain(record, rule + (f"~{profile}" if profile else ""), theirs, ours)
                differing[reason].append((record, theirs, ours))
        return [sum(side) / len(mean) for side in zip(*mean)], differing

    def print_scores(self, results):
        print("| outputs | n | rule | theirs | ours | differ | our profile | it gives | differ |")
        print("| --- | --: | --- | --: | --: | --: | --- | --: | --: |")
        for (name, rule), (own, imitating) in results.items():
            (theirs, ours), differing = own
            cells = [name, len(self.theirs[name, rule]), f"`{rule}`", f"{100 * theirs:.1f}", f"{100 * ours:.1f}",
                     sum(map(len, differing.values()))]
            cells += ["–", "", ""] if imitating is None else \
                [f"`{PAIRS[name][rule]}`", f"{100 * imitating[0][1]:.1f}", sum(map(len, imitating[1].values()))]
            print("| " + " | ".join(map(str, cells)) + " |")

    def print_differing(self, results, everything):
        print("| outputs | rule | n | why | samples: it reads, ours, key |")
        print("| --- | --- | --: | --- | --- |")
        for (name, rule), pair in results.items():
            for which, result in zip(("", f" as `{PAIRS[name][rule]}`"), pair):
                for reason, samples in (result[1] if result else {}).items():
                    by_rule = rule in LOOKS_FOR and LOOKS_FOR[rule][1] == reason and not everything
                    told = "all of this kind" if by_rule else "; ".join(
                        f"{r['id']}: `{cell(t['read'])}`, `{cell(o['read'])}`, `{cell(r['target'])}`" for r, t, o in samples)
                    print(f"| {name} | `{rule}`{which} | {len(samples)} | {reason or '**no reason yet**'} | {told} |")

    def stale(self):
        asked = set(self.theirs)
        return [key for key in self.reasons if key not in self.used and (key[0], key[2].split("~")[0]) in asked]


def cell(read):
    return shown(plain(read)).replace("|", "\\|").replace("`", "'")


def main():
    folder, reasons = sys.argv[1:3]
    table = Table(folder, load_reasons(reasons))
    results = {(name, rule): (table.compare(name, rule, ""), profile and table.compare(name, rule, profile))
               for name in table.sets for rule, profile in PAIRS[name].items() if (name, rule) in table.theirs}
    table.print_scores(results)
    print()
    table.print_differing(results, "--all" in sys.argv)
    held = [len(table.theirs[key]) for key, (_, imitating) in results.items() if imitating]
    differ = [len(samples) for _, imitating in results.values() if imitating for samples in imitating[1].values()]
    print(f"promise: {sum(held)} tried, {sum(differ)} failed", file=sys.stderr)
    for line in table.unexplained:
        print("parity: no reason: " + "\t".join(line), file=sys.stderr)
    stale = table.stale()
    for key in stale:
        print("parity: a reason without such a difference: " + "\t".join(key), file=sys.stderr)
    return 1 if table.unexplained or stale else 0


if __name__ == "__main__":
    sys.exit(main())
