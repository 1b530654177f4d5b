"""A grader for vernier: a JSON object a line comes in, a verdict a line goes out, until the input ends."""
import json
import sys

def read(reply):
    """The answer: the last line with something in it."""
    lines = [line.strip(" .*`\t") for line in reply.splitlines()]
    return next((line for line in reversed(lines) if line), None)

def grade(asked):
    city = read(asked["output"])
    if city is None:
        return {"score": 0, "answer": None, "reason": "nothing was said"}
    target = asked["target"]                                    # of several right answers a list
    names = json.loads(target) if target.startswith("[") else [target]
    right = city.casefold() in (name.casefold() for name in names)
    return {"score": int(right), "answer": city, "answer_class": names[0] if right else city.casefold()}

for line in sys.stdin:
    print(json.dumps(grade(json.loads(line))), flush=True)      # whoever asked waits for this line
