"""Has schemathesis hold the daemon to the OpenAPI document that it serves.

Usage: conformance.py BASE-URL SECONDS [SEED]

Most of the ids it asks for exist: campaigns in several states, their jobs, templates and lists.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

from world import World, email_campaign

CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "allow_header_conformance",
]

# What it has no serializer for, and what waits for work that may never be done.
HOOKS = '''
import schemathesis

@schemathesis.serializer("application/x-ndjson", "text/csv")
def lines(context, value):
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
'''


def dictionary(name, values):
    return f"[dictionaries.{name}]\nvalues = {json.dumps(values)}\n"


def configuration(world):
    """The ids that exist, by the parameters that take them."""
    templates, lists = world.seed_parts()
    campaigns, jobs = [], []
    for index, steps in enumerate(([], ["build"], ["build", "send"], ["cancel"], [], [])):
        body = email_campaign(f"conformance {index}", templates["email"], lists[0])
        status, created = world.call("POST", "/api/campaign", body)
        assert status == 200, created
        campaigns.append(created["campaignId"])
        for step in steps:
            status, answer = world.call("PUT", f"/api/campaign/{campaigns[-1]}/{step}")
            assert status == 200, answer
    status, found = world.call("GET", "/api/jobs?limit=100")
    assert status == 200, found
    jobs = [job["id"] for job in found]
    parts = [
        dictionary("campaigns", campaigns),
        dictionary("jobs", jobs),
        dictionary("templates", list(templates.values())),
        dictionary("emailTemplates", [templates["email"]]),
        dictionary("lists", lists),
        dictionary("messages", [1 << 26 | 1, 2 << 26 | 1, 3 << 26 | 1]),
    ]
    bound = [
        ("/api/campaign/", {"path.id": "campaigns"}),
        ("/api/jobs/", {"path.id": "jobs", "body.ids[*]": "jobs"}),
        ("/api/templates/", {"path.id": "templates"}),
        ("/api/lists/", {"path.id": "lists"}),
        ("/api/messages/", {"body.ids[*]": "messages", "body.campaignId": "campaigns"}),
        (
            "/api/campaign$",
            {
                "body.contactListId[*]": "lists",
                "body.settings.email.templateId": "emailTemplates",
            },
        ),
    ]
    for pattern, parameters in bound:
        parts.append(f"[[operations]]\ninclude-path-regex = '^{pattern}'\n[operations.parameters]")
        for parameter, name in parameters.items():
            parts.append(f'"{parameter}" = {{ dictionary = "{name}", probability = 0.8 }}')
    # Waiting is for ends that may never come; the shortest wait has the same answers.
    parts.append("[[operations]]\ninclude-path-regex = '/wait$'")
    parts.append("[operations.parameters]\n\"query.timeout\" = 0")
    return "\n".join(parts) + "\n"


def main(base, seconds, seed):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "schemathesis.toml").write_text(configuration(World(base)))
        (folder / "client_hooks.py").write_text(HOOKS)
        done = subprocess.run(
            [sys.executable, "-m", "schemathesis.cli"]
            + ["--config-file", "schemathesis.toml", "run", f"{base}/openapi.json"]
            + ["--checks", ",".join(CHECKS), "--seed", seed, "--max-time", seconds]
            # A stream of events has no end.
            + ["--exclude-operation-id", "watchEvents"]
            + ["--request-timeout", "60", "--suppress-health-check", "all"]
            + ["--continue-on-failure", "--no-color", "--warnings", "off"],
            cwd=folder,
            env={**os.environ, "SCHEMATHESIS_HOOKS": "client_hooks", "PYTHONPATH": str(folder)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    if done.returncode != 0:
        sys.exit(done.stdout)
    print("schemathesis:", *done.stdout.strip().splitlines()[-6:], sep="\n  ")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else "1")
