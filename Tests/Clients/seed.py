"""Replays the four curl commands of the campaign API's document, with only the host and the ids of
templates, lists and campaign changed, and compares the answers key by key, in order.

Usage: seed.py BASE-URL
"""

import json
import re
import subprocess
import sys

from world import World

CREATE = r"""curl --location 'https://beta.intelsend.com/api/campaign' \
--header 'x-user-id: 648b80839b30ddb88cdbab11' \
--header 'Content-Type: application/json' \
--header 'Cookie: __Secure-next-auth.session-token=<YOUR_SESSION_TOKEN>' \
--data-raw '{
"campaignId": null,
"name": "Campaign Template",
"settings": {
"email": {
"fromEmail": "info@intelsend.com",
"templateId": "66d845e99bb64dbbd0d449d8",
"version": 1
},
"sms": {
"shortCode": "9498671145",
"templateId": "6708a567654ca1d854afa3bd",
"version": 1
},
"voice": {
"callerId": "9498671008",
"templateId": "67077eb17f4a5560aa9c3ea8",
"version": 1
}
},
"channel": ["email","sms","voice"],
"contactListId": [
"687a0f67137b4868f1b1eaea",
"6889fa1e53d9e06f64c13d59",
"683d77584efab5b960439970"
]
}'"""

GET = r"""curl --location 'https://beta.intelsend.com/api/campaign?page=1&limit=10' \
--header 'x-user-id: 648b80839b30ddb88cdbab 11'"""

BUILD = r"""curl --location --request PUT 'https://beta.intelsend.com/api/campaign/68b0b5ccfcccb5cfc3b1f4eb/build' \
--header 'Cookie: __Secure-next-auth.session-token=<YOUR_SESSION_TOKEN>'"""

SEND = r"""curl --location --request PUT 'https://beta.intelsend.com/api/campaign/68b0b5ccfcccb5cfc3b1f4eb/send' \
--header 'Cookie: __Secure-next-auth.session-token=<YOUR_SESSION_TOKEN>'"""

# The document's answer to GET, but for its two ellipses: the settings are those that were sent.
ANSWER = """{
"result": [
{
"campaignId": "68b0b5ccfcccb5cfc3b1f4eb",
"name": "campaign Template",
"channel": ["email","sms","voice"],
"status": "SENDING",
"settings": SETTINGS,
"contactListId": [
{"_id": "687a0f67137b4868f1b1eaea", "name": "email-3"},
{"_id": "6889fa1e53d9e06f64c13d59", "name": "sms 1"},
{"_id": "683d77584efab5b960439970", "name": "Voice-1"}
],
"changeLog": [
{"status": "DRAFT", "updateAt": "2025-08-28T20:02:20.603Z"},
{"status": "BUILD", "updateAt": "2025-08-28T20:05:04.662Z"},
{"status": "SENDING", "updateAt": "2025-08-28T20:06:23.241Z"}
],
"createdAt": "2025-08-28T20:02:20.600Z",
"stats": {
"result": [{"_id": {"status": "PENDING"}, "count": 5}],
"initContacts": [
{"name": "email-3", "contacts": 3},
{"name": "sms 1", "contacts": 1},
{"name": "Voice-1", "contacts": 1}
]
}
}
],
"meta": { "count": 19, "page": 1, "limit": 10 }
}"""

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
OBJECT_ID = re.compile(r"[0-9a-f]{24}")


def shape(value):
    """Keys in their order and kinds of values; an array is as its elements, all of one shape."""
    if isinstance(value, dict):
        return [(key, shape(member)) for key, member in value.items()]
    if isinstance(value, list):
        shapes = [shape(element) for element in value]
        assert all(one == shapes[0] for one in shapes), f"elements differ: {value}"
        return ["array of", shapes[:1]]
    if isinstance(value, str):
        for name, pattern in (("instant", INSTANT), ("id", OBJECT_ID)):
            if pattern.fullmatch(value):
                return name
    return type(value).__name__


def changed(text, changes):
    for old, new in changes.items():
        text = text.replace(old, new)
    return text


def run(command, changes):
    command = changed(command, changes)
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    print("$", command.splitlines()[0].rstrip("\\"), "\n ", done.stdout)
    return json.loads(done.stdout)


def main(base):
    templates, lists = World(base).seed_parts()
    changes = {
        "https://beta.intelsend.com": base,
        "66d845e99bb64dbbd0d449d8": templates["email"],
        "6708a567654ca1d854afa3bd": templates["sms"],
        "67077eb17f4a5560aa9c3ea8": templates["voice"],
        "687a0f67137b4868f1b1eaea": lists[0],
        "6889fa1e53d9e06f64c13d59": lists[1],
        "683d77584efab5b960439970": lists[2],
    }
    sent = json.loads(changed(CREATE[CREATE.index("{") : -1], changes))
    answer = json.loads(ANSWER.replace("SETTINGS", json.dumps(sent["settings"])))

    created = run(CREATE, changes)
    assert list(created) == ["result", "campaignId"] and created["result"] == "success", created
    changes["68b0b5ccfcccb5cfc3b1f4eb"] = created["campaignId"]

    draft = run(GET, changes)["result"][0]
    assert draft["status"] == "DRAFT" and draft["stats"]["result"] == [], draft

    assert run(BUILD, changes) == {"result": "success"}
    built = run(GET, changes)
    assert shape(built) == shape(answer), f"\n{shape(built)}\n{shape(answer)}"
    campaign, expected = built["result"][0], answer["result"][0]
    assert campaign["campaignId"] == created["campaignId"]
    assert campaign["name"] == "Campaign Template" and campaign["status"] == "BUILD"
    assert campaign["settings"] == sent["settings"] and campaign["channel"] == sent["channel"]
    assert campaign["stats"] == expected["stats"], campaign["stats"]
    assert [one["_id"] for one in campaign["contactListId"]] == lists
    assert [one["name"] for one in campaign["contactListId"]] == ["email-3", "sms 1", "Voice-1"]
    assert [one["status"] for one in campaign["changeLog"]] == ["DRAFT", "BUILD"]
    assert built["meta"] == {"count": 1, "page": 1, "limit": 10}

    sending = run(SEND, changes)
    assert list(sending.items()) == [
        ("result", "success"),
        ("response", "Successfully processed messages."),
    ], sending
    last = run(GET, changes)
    assert shape(last) == shape(answer), f"\n{shape(last)}\n{shape(answer)}"
    log = [one["status"] for one in last["result"][0]["changeLog"]]
    assert log[:3] == ["DRAFT", "BUILD", "SENDING"], log
    print("the seed's four commands: every key as printed")


if __name__ == "__main__":
    main(sys.argv[1])
