"""200 clients read and write at once, among them some that behave badly; then the books are checked.

Usage: crowd.py BASE-URL SECONDS DAEMON-PID

No answer may be a 5xx, every campaign accepted is there once and no other is, and the daemon's
memory stays bounded.
"""

import collections
import http.client
import json
import random
import socket
import sys
import threading
import time
import urllib.request

from world import World, email_campaign

CLIENTS = 200
MEMORY_MAX_MB = 400


class Crowd:
    def __init__(self, base, seconds):
        self.base = base
        self.host, self.port = base.removeprefix("http://").split(":")
        world = World(base)
        self.template = world.template("email", subject="s", text="t")
        self.contact_list = world.contact_list("crowd", "email", "email\na@example.org\n")
        self.end = time.monotonic() + seconds
        self.lock = threading.Lock()
        self.accepted = {}
        self.statuses = collections.Counter()
        self.faults = []
        self.slowest = 0

    def run(self, work, *arguments):
        try:
            work(*arguments)
        except Exception as error:
            with self.lock:
                self.faults.append(f"{work.__name__}{arguments}: {error!r}")

    def client(self, number):
        """Creates campaigns, some of them twice under one key, and reads, builds and lists."""
        random_source = random.Random(number)
        connection = http.client.HTTPConnection(self.host, int(self.port), timeout=60)
        own = []
        while time.monotonic() < self.end:
            dice = random_source.random()
            if dice < 0.4 or not own:
                own.append(self.create(connection, f"crowd {number} {len(own)}", dice < 0.1))
            elif dice < 0.6:
                self.call(connection, "GET", f"/api/campaign?page=1&limit=5")
            elif dice < 0.8:
                self.call(connection, "GET", f"/api/campaign/{random_source.choice(own)}")
            elif dice < 0.9:
                self.call(connection, "PUT", f"/api/campaign/{random_source.choice(own)}/build")
            else:
                self.call(connection, "GET", "/api/jobs?limit=5")

    def create(self, connection, name, twice):
        body = json.dumps(email_campaign(name, self.template, self.contact_list))
        headers = {"Idempotency-Key": name.replace(" ", "-"), "Content-Type": "application/json"}
        answers = [
            self.call(connection, "POST", "/api/campaign", body, headers)
            for _ in range(2 if twice else 1)
        ]
        ids = {answer["campaignId"] for answer in answers}
        assert len(ids) == 1, f"one key made {ids}"
        with self.lock:
            self.accepted[name] = ids.copy().pop()
        return ids.pop()

    def call(self, connection, method, path, body=None, headers={}):
        start = time.monotonic()
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read()
        with self.lock:
            self.statuses[answer.status] += 1
            self.slowest = max(self.slowest, time.monotonic() - start)
        assert answer.status < 500, f"{method} {path}: {answer.status} {text[:300]}"
        return json.loads(text)

    def dripping(self, kind):
        """Sends one byte a second, of a head or of a body."""
        with socket.create_connection((self.host, int(self.port))) as connection:
            if kind == "body":
                connection.sendall(
                    b"POST /api/campaign HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n"
                )
            while time.monotonic() < self.end:
                connection.sendall(b"x")
                time.sleep(1)

    def huge(self, kind):
        """Sends a gigabyte, as fast as it goes, until it is refused."""
        with socket.create_connection((self.host, int(self.port)), timeout=60) as connection:
            length = "Content-Length: 1000000000" if kind == "announced" else "Transfer-Encoding: chunked"
            connection.sendall(
                f"POST /api/lists/import?name=huge HTTP/1.1\r\nHost: localhost\r\n"
                f"Content-Type: text/csv\r\n{length}\r\n\r\n".encode()
            )
            piece = b"email\n" + b"x" * 999_994
            if kind == "chunked":
                piece = b"f4240\r\n" + piece + b"\r\n"
            try:
                for _ in range(1_000):
                    connection.sendall(piece)
                raise AssertionError("a gigabyte was taken in")
            except (BrokenPipeError, ConnectionResetError):
                pass

    def half_closed(self):
        """Says that it has no more to say, and still gets its answer."""
        while time.monotonic() < self.end:
            with socket.create_connection((self.host, int(self.port)), timeout=60) as connection:
                connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
                connection.shutdown(socket.SHUT_WR)
                answer = b""
                while piece := connection.recv(4096):
                    answer += piece
                assert answer.startswith(b"HTTP/1.1 200"), answer
            time.sleep(0.1)

    def all_campaigns(self):
        """Every campaign by name, read as lines."""
        request = urllib.request.Request(
            self.base + "/api/campaign", headers={"Accept": "application/x-ndjson"}
        )
        with urllib.request.urlopen(request, timeout=120) as lines:
            campaigns = [json.loads(line) for line in lines]
        return [(one["name"], one["campaignId"]) for one in campaigns if one["name"].startswith("crowd ")]


def peak_memory_mb(pid):
    with open(f"/proc/{pid}/status") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) // 1000


def main(base, seconds, pid):
    crowd = Crowd(base, seconds)
    work = [(crowd.client, number) for number in range(CLIENTS)]
    work += [(crowd.dripping, "head")] * 5 + [(crowd.dripping, "body")] * 5
    work += [(crowd.huge, "announced"), (crowd.huge, "chunked"), (crowd.half_closed,)]
    threads = [threading.Thread(target=crowd.run, args=one) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not crowd.faults, f"{len(crowd.faults)} faults, such as:\n" + "\n".join(crowd.faults[:5])
    found = crowd.all_campaigns()
    assert sorted(found) == sorted(crowd.accepted.items()), (
        f"{len(crowd.accepted)} were accepted, {len(found)} are there"
    )
    memory = peak_memory_mb(pid)
    print(
        f"{CLIENTS} clients for {seconds} s: {sum(crowd.statuses.values())} answers "
        f"{dict(sorted(crowd.statuses.items()))}, {len(found)} campaigns, none lost or doubled; "
        f"the slowest answer took {crowd.slowest:.1f} s; peak memory {memory} MB"
    )
    assert memory < MEMORY_MAX_MB, f"{memory} MB"


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
