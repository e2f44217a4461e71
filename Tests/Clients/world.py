"""What the client programs need to begin: templates, lists, and calls without ceremony."""

import json
import urllib.error
import urllib.request


class World:
    """A daemon at a base URL, seen through Python's own HTTP client."""

    def __init__(self, base):
        self.base = base

    def call(self, method, path, body=None, content_type="application/json", headers={}):
        """The status and the JSON document of an answer, whatever the status."""
        data = json.dumps(body).encode() if content_type == "application/json" and body else body
        if isinstance(data, str):
            data = data.encode()
        request = urllib.request.Request(self.base + path, data=data, method=method)
        if data is not None:
            request.add_header("Content-Type", content_type)
        for name, value in headers.items():
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def template(self, channel, **texts):
        status, answer = self.call("POST", "/api/templates", dict(name=channel, channel=channel, **texts))
        assert status == 201, answer
        return answer["templateId"]

    def contact_list(self, name, channel, rows):
        path = f"/api/lists/import?name={name}&channel={channel}"
        status, answer = self.call("POST", path, rows, content_type="text/csv")
        assert status == 201, answer
        return answer["contactListId"]

    def seed_parts(self):
        """The templates and lists of the seed's example: lists of 3, 1 and 1 contacts."""
        templates = {
            "email": self.template("email", subject="Hello {{name}}", text="Dear {{name}}"),
            "sms": self.template("sms", text="Hi {{name}}"),
            "voice": self.template("voice", text="Hello {{name}}"),
        }
        lists = [
            self.contact_list("email-3", "email", "email,name\na@x.org,A\nb@x.org,B\nc@x.org,C\n"),
            self.contact_list("sms%201", "sms", "phone,name\n+19498671145,D\n"),
            self.contact_list("Voice-1", "voice", "phone,name\n+19498671146,E\n"),
        ]
        return templates, lists


def email_campaign(name, template, contact_list):
    """The body of a campaign with one channel."""
    return {
        "campaignId": None,
        "name": name,
        "settings": {"email": {"fromEmail": "info@example.com", "templateId": template}},
        "channel": ["email"],
        "contactListId": [contact_list],
    }
