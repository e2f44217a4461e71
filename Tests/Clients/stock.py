"""A program written against the campaign API with a stock HTTP library (requests): create, get,
build, send, and the answers it gets where it goes wrong.

Usage: stock.py BASE-URL
"""

import sys
import time

import requests

from world import World


def main(base):
    templates, lists = World(base).seed_parts()
    session = requests.Session()
    session.headers["x-user-id"] = "stock-client"
    body = {
        "campaignId": None,
        "name": "Stock",
        "settings": {
            "email": {"fromEmail": "info@example.com", "templateId": templates["email"], "version": 1},
            "sms": {"shortCode": "9498671145", "templateId": templates["sms"], "version": 1},
            "voice": {"callerId": "9498671008", "templateId": templates["voice"], "version": 1},
        },
        "channel": ["email", "sms", "voice"],
        "contactListId": lists,
    }
    key = {"Idempotency-Key": "stock-1"}
    created = session.post(f"{base}/api/campaign", json=body, headers=key, timeout=60)
    assert created.status_code == 200 and created.json()["result"] == "success", created.text
    campaign = created.json()["campaignId"]

    again = session.post(f"{base}/api/campaign", json=body, headers=key, timeout=60)
    assert again.json() == created.json(), again.text
    other = session.post(f"{base}/api/campaign", json={**body, "name": "x"}, headers=key, timeout=60)
    assert other.status_code == 422, other.text

    page = session.get(f"{base}/api/campaign", params={"page": 1, "limit": 10}, timeout=60).json()
    assert page["meta"] == {"count": 1, "page": 1, "limit": 10}, page["meta"]
    assert page["result"][0]["campaignId"] == campaign

    early = session.put(f"{base}/api/campaign/{campaign}/send", timeout=60)
    assert early.status_code == 409, early.text
    assert early.headers["content-type"] == "application/problem+json"
    problem = early.json()
    assert problem["result"] == "error" and problem["status"] == 409
    assert problem["next"] == f"PUT /api/campaign/{campaign}/build", problem

    # What the problem names is the call to make.
    method, path = problem["next"].split(" ")
    built = session.request(method, base + path, timeout=60)
    assert built.json() == {"result": "success"}, built.text
    sent = session.put(f"{base}/api/campaign/{campaign}/send", timeout=60)
    assert sent.json()["response"] == "Successfully processed messages.", sent.text

    deadline = time.monotonic() + 120
    while True:
        done = session.get(f"{base}/api/campaign/{campaign}/wait", params={"timeout": 20}, timeout=60)
        if done.json()["done"]:
            break
        assert time.monotonic() < deadline, done.text
    shown = session.get(f"{base}/api/campaign/{campaign}", timeout=60).json()
    assert shown["status"] == "SENT" and shown["messages"] == {"sent": 5}, shown

    for query in ("page=0", "limit=x", "from=tomorrow", "status=DONE", "channel=fax"):
        bad = session.get(f"{base}/api/campaign?{query}", timeout=60)
        field = query.split("=")[0]
        assert bad.status_code == 400 and bad.json()["faults"][0]["field"] == field, bad.text
    missing = {**body, "contactListId": ["0" * 24]}
    refused = session.post(f"{base}/api/campaign", json=missing, timeout=60)
    assert refused.status_code == 422, refused.text
    assert refused.json()["faults"][0]["field"] == "contactListId[0]", refused.text
    foreign = requests.get(f"{base}/api/campaign/{campaign}", headers={"x-user-id": "other"}, timeout=60)
    assert foreign.status_code == 404, foreign.text
    print("requests: create, get, build, send; 5 of 5 messages sent")


if __name__ == "__main__":
    main(sys.argv[1])
