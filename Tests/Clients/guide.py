"""Runs the commands of docs/api.md, from nothing to a sent campaign, as somebody would who reads it.

Usage: guide.py BASE-URL
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).parents[2]
# The ids that the page shows; each is replaced by the one that was really answered.
SHOWN = {
    "templateId": "66d845e99bb64dbbd0d449d8",
    "contactListId": "687a0f67137b4868f1b1eaea",
    "campaignId": "68b0b5ccfcccb5cfc3b1f4eb",
}


def steps():
    page = (ROOT / "docs" / "api.md").read_text()
    section = page[page.index("## From nothing to a sent campaign") :]
    script = re.search(r"```sh\n(.*?)```", section, re.DOTALL).group(1)
    first, *rest = script.split("\n\n")
    assert first.startswith("API="), first
    return rest


def main(base):
    ids = {}
    answers = []
    for step in steps():
        for shown, real in ids.items():
            step = step.replace(shown, real)
        script = f"set -e; API={base}\n" + step.replace("curl ", "curl --silent --fail-with-body ")
        done = subprocess.run(["bash", "-c", script], cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, f"{step}\n{done.stdout}{done.stderr}"
        answers.append(done.stdout)
        for name, shown in SHOWN.items():
            found = re.search(rf'"{name}":"([0-9a-f]{{24}})"', done.stdout)
            if found:
                ids.setdefault(shown, found.group(1))
    assert '"contacts":6,"rejected":1' in answers[1], answers[1]
    assert '"response":"Successfully processed messages."' in answers[4], answers[4]
    assert '"status":"SENT"' in answers[5] and '"deliveredToFiles":true' in answers[5], answers[5]
    print(f"docs/api.md: {len(answers)} steps, from nothing to a sent campaign")


if __name__ == "__main__":
    main(sys.argv[1])
