"""ours: what vernier reads in the recorded outputs: `vernier run` with the replay runner, once a profile.

    ours.py VERNIER DATA FOLDER     writes FOLDER/ours.jsonl: {"set", "rule" (the profile; "" is our own reading), "id",
                                    "read", "score"}
"""
import json
import sqlite3
import subprocess
import sys
import tempfile

from pairs import CANONICAL, profiles_of


def run(vernier, data, folder, name, told, profile):
    store = f"{tempfile.mkdtemp(dir=folder)}/store.db"
    task = told["task"] or f"{folder}/{name}.json"
    command = [vernier, "run", "--new", "--store", store, "--task", task, "--epochs", str(told["epochs"]),
               "--data", f"{told['task'] or name}={folder}/{name}.rows.jsonl",
               "--model", f"replay/{folder}/{name}.replay.jsonl"]
    if told["task"]:
        command += ["--data", data]         # worked examples
    if profile:
        command += ["-T", f"profile={profile}"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"parity: {' '.join(command)} ended with {done.returncode}: {done.stderr[-2000:]}")
    with sqlite3.connect(store) as store:
        return store.execute("SELECT sample, epoch, outcome, answer, score FROM samples ORDER BY episode").fetchall()


def main():
    vernier, data, folder = sys.argv[1:]
    with open(f"{folder}/sets.json", encoding="utf-8") as file:
        sets = json.load(file)
    with open(f"{folder}/ours.jsonl", "w", encoding="utf-8") as out:
        for name, told in sets.items():
            for profile in [""] + profiles_of(name):
                shown = profile or CANONICAL.get(name)
                for sample, epoch, outcome, answer, score in run(vernier, data, folder, name, told, shown):
                    if outcome != "scored":
                        sys.exit(f"parity: {name}/{sample}/{epoch} is {outcome}")
                    id = sample + (f"#{epoch}" if told["epochs"] > 1 else "")
                    out.write(json.dumps({"set": name, "rule": profile, "id": id, "read": answer, "score": score}) + "\n")


if __name__ == "__main__":
    main()
