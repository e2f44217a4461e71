#!/usr/bin/env python3
"""Runs the built daemon for long under mixed load, and on a disk that is filled to the brim.

    soak.py load --bin DIR --seconds N    campaigns, pauses, backups and kills; what must stay flat does
    soak.py full --bin DIR                a small tmpfs, filled in mid-campaign and freed again

Only the standard library; everything speaks to 127.0.0.1 and to Unix sockets in a folder of its own,
and ends by itself. Exits 1 with what was not as it should be.
"""

import argparse
import asyncio
import collections
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

# WriteAheadLog.reserveBytes.
LOG_RESERVE = 16 << 20
# How many campaigns may be under way before the next one is made.
MOST_OPEN = 20


class Sink:
    """An SMTP server that counts what it took over, by recipient."""

    def __init__(self, defers=0.0):
        self.taken = collections.Counter()
        self.defers = defers
        self.ready = threading.Event()
        threading.Thread(target=self._run, daemon=True).start()
        self.ready.wait()

    def _run(self):
        asyncio.run(self._serve())

    async def _serve(self):
        server = await asyncio.start_server(self._session, "127.0.0.1", 0, limit=1 << 20)
        self.port = server.sockets[0].getsockname()[1]
        self.ready.set()
        await server.serve_forever()

    async def _session(self, reader, writer):
        def reply(text):
            writer.write(text.encode() + b"\r\n")

        try:
            reply("220 sink")
            recipient = None
            while line := await reader.readline():
                verb = line[:4].upper()
                if verb == b"EHLO":
                    writer.write(b"250-sink\r\n250 PIPELINING\r\n")
                elif verb == b"RCPT":
                    recipient = line.split(b"<")[1].split(b">")[0].decode()
                    if random.random() < self.defers:
                        recipient = None
                        reply("451 4.7.1 later")
                    else:
                        reply("250 ok")
                elif verb == b"DATA":
                    if recipient is None:
                        reply("503 no recipient")
                    else:
                        reply("354 go")
                        await writer.drain()
                        while await reader.readline() not in (b".\r\n", b""):
                            pass
                        self.taken[recipient] += 1
                        reply("250 taken over")
                elif verb == b"QUIT":
                    reply("221 bye")
                    break
                else:
                    reply("250 ok")
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


class Desk:
    """A daemon on a folder of its own, and campaignctl in hand."""

    def __init__(self, binaries, sink, extra="", wrap=None):
        self.binaries = os.path.abspath(binaries)
        self.folder = tempfile.mkdtemp(prefix="campaignd-soak-")
        self.data = self.folder + "/data"
        self.run = self.folder + "/run"
        os.mkdir(self.run)
        os.mkdir(self.data)
        self.wrap = wrap or []
        with open(self.folder + "/c.yaml", "w") as file:
            file.write(
                f"dataDir: {self.data}\n{extra}transports:\n  email:\n    kind: smtp\n"
                f"    host: 127.0.0.1\n    port: {sink.port}\n    tls: none\n    maxConnections: 4\n"
                # So that none is left to be closed while the daemon is watched doing nothing.
                "    timeouts: { idle: 2s }\n"
                "    retry: { first: 100ms, max: 1s, attempts: 50, giveUpAfter: 2d }\n"
            )
        self.environment = dict(
            os.environ, CAMPAIGND_DATA_DIR=self.data, RUNTIME_DIRECTORY=self.run
        )
        self.log = open(self.folder + "/log", "ab")
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            self.wrap + [self.binaries + "/campaignd", "--config", self.folder + "/c.yaml"],
            env=self.environment,
            stderr=self.log,
        )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.control("status").get("daemon"):
                return
            if self.process.poll() is not None:
                raise SystemExit(f"the daemon ended: {self.tail()}")
            time.sleep(0.1)
        raise SystemExit("the daemon was not ready within 60 s")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def tail(self):
        return open(self.folder + "/log", errors="replace").read()[-2000:]

    def raw(self, *arguments, text=None):
        return subprocess.run(
            [self.binaries + "/campaignctl", *arguments, "--json"],
            env=self.environment,
            input=text,
            capture_output=True,
            text=True,
        )

    def control(self, *arguments, text=None):
        """The one document a command prints; empty where it failed."""
        output = self.raw(*arguments, text=text).stdout
        return json.loads(output) if output.strip().startswith("{") else {}

    def template(self):
        with open(self.folder + "/t.txt", "w") as file:
            file.write("Dear {{name}}, this is for you.\n")
        return self.control(
            "templates", "put", "--channel", "email", "--name", "T", "--subject", "Hi {{name}}",
            "--text", self.folder + "/t.txt",
        )["templateId"]

    def contacts(self, name, count):
        rows = "".join(f"{name}-{n}@example.com,{name} {n}\n" for n in range(count))
        return self.control("lists", "import", "-", "--name", name, text="email,name\n" + rows)

    def enqueue(self, template, contact_list, key):
        spec = {
            "name": key, "channel": ["email"], "contactListId": [contact_list],
            "settings": {"email": {"fromEmail": "a@example.com", "templateId": template}},
        }
        return self.raw("enqueue", "-", "--idempotency-key", key, text=json.dumps(spec))

    def wait(self, campaigns, seconds):
        """The campaigns once all have ended, or as they stand when the time is up."""
        deadline = time.monotonic() + seconds
        while True:
            shown = [self.control("campaigns", "show", campaign) for campaign in campaigns]
            ended = all(c.get("status") in ("SENT", "PARTIAL", "CANCELLED") for c in shown)
            if ended or time.monotonic() > deadline:
                return shown
            time.sleep(0.5)

    def close(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class Verdict:
    """What was not as it should be."""

    def __init__(self):
        self.faults = []

    def expect(self, condition, text):
        if not condition:
            self.faults.append(text)
            print("FAILED:", text)

    def exit(self):
        print("failed" if self.faults else "passed")
        sys.exit(1 if self.faults else 0)


def check_books(verdict, desk, sink, shown, sizes):
    """Nobody is lost, and nobody got a second copy that is not accounted for."""
    copies = 0
    for campaign in shown:
        counts = campaign.get("messages", {})
        name = campaign["name"]
        verdict.expect(
            sum(counts.values()) == sizes[name], f"{name}: {counts} are not {sizes[name]}"
        )
        verdict.expect(campaign["status"] in ("SENT", "PARTIAL"), f"{name} is {campaign['status']}")
        got = [sink.taken[f"{name}-{n}@example.com"] for n in range(sizes[name])]
        sent = counts.get("sent", 0)
        verdict.expect(
            sum(1 for n in got if n) >= sent, f"{name}: {sent} are sent, {sum(map(bool, got))} arrived"
        )
        verdict.expect(max(got) <= 2, f"{name}: somebody got {max(got)} copies")
        copies += sum(n - 1 for n in got if n > 1)
    return copies


# MARK: load


def load(arguments):
    verdict, sink = Verdict(), Sink(defers=0.02)
    desk = Desk(arguments.bin, sink)
    samples, sizes, campaigns, kills = [], {}, [], 0
    try:
        desk.start()
        template = desk.template()
        start = time.monotonic()
        next_kill = start + arguments.kill_every
        number = backups = 0
        while (now := time.monotonic()) - start < arguments.seconds:
            number += 1
            name = f"c{number}"
            listing = desk.contacts(name, arguments.size)
            if "contactListId" in listing:
                reply = desk.enqueue(template, listing["contactListId"], name)
                if reply.returncode == 0:
                    campaigns.append(json.loads(reply.stdout)["campaignId"])
                    sizes[name] = arguments.size
            if number % 7 == 0 and campaigns:
                desk.raw("campaigns", "pause", campaigns[-1])
                desk.raw("campaigns", "resume", campaigns[-1])
            if number % 20 == 0:
                result = desk.raw("backup", desk.folder + "/backup.sqlite3")
                verdict.expect(result.returncode == 0, f"backup: {result.stderr}")
                backups += 1
            desk.raw("jobs", "list", "--limit", "20")
            if len(campaigns) > MOST_OPEN:
                # Campaigns are made more quickly than the server here takes their messages.
                desk.raw("wait", campaigns[-MOST_OPEN], "--timeout", "20s")
            if now >= next_kill:
                desk.kill()
                kills += 1
                desk.start()
                next_kill = time.monotonic() + arguments.kill_every
            samples.append(sample(desk, now - start, sink))
        shown = desk.wait(campaigns, 120)
        copies = check_books(verdict, desk, sink, shown, sizes)
        judge(verdict, samples)
        idle(verdict, desk, max(10, min(60, arguments.seconds / 10)))
        report(samples, len(campaigns), kills, backups, copies, sink)
    finally:
        desk.close()
    verdict.exit()


def sample(desk, at, sink):
    """What must not grow by itself, now."""

    def size(name):
        try:
            return os.stat(desk.data + "/" + name).st_size
        except FileNotFoundError:
            return 0

    process = f"/proc/{desk.process.pid}"
    memory = 0
    for line in open(process + "/status"):
        if line.startswith("VmRSS"):
            memory = int(line.split()[1]) * 1024
    return {
        "at": at, "file": size("campaignd.sqlite3"), "log": size("campaignd.sqlite3-wal"),
        "memory": memory, "descriptors": len(os.listdir(process + "/fd")),
        "messages": sum(sink.taken.values()),
    }


def thirds(samples, name):
    """The largest value in the second third, and in the last."""
    third = max(1, len(samples) // 3)
    return (
        max(s[name] for s in samples[third : 2 * third] or samples),
        max(s[name] for s in samples[2 * third :]),
    )


def judge(verdict, samples):
    middle, last = thirds(samples, "memory")
    verdict.expect(last <= middle * 1.25 + 16e6, f"memory grows: {middle} then {last}")
    middle, last = thirds(samples, "descriptors")
    verdict.expect(last <= middle + 8, f"descriptors grow: {middle} then {last}")
    longest = max(s["log"] for s in samples)
    verdict.expect(longest <= 80e6, f"the log reached {longest} bytes")
    # The file grows with the messages that are kept, and with nothing else; the log is anywhere between
    # empty and its reserve.
    third = len(samples) // 3
    if third and samples[-1]["messages"] > samples[third]["messages"] > 0:
        early, late = bytes_a_message(samples[third]), bytes_a_message(samples[-1])
        limit = early * 1.2 + LOG_RESERVE / samples[-1]["messages"]
        verdict.expect(late <= limit, f"bytes a message: {early:.0f} then {late:.0f}")


def idle(verdict, desk, seconds):
    """With nothing to do the daemon does nothing: no processor time, nothing read or written."""
    time.sleep(4)  # the log is copied two seconds after the last write
    before = work_done(desk)
    time.sleep(seconds)
    ticks, reads, writes = (b - a for a, b in zip(before, work_done(desk)))
    print(f"  idle for {seconds:.0f} s: {ticks} ticks of 10 ms, {reads} reads, {writes} writes")
    verdict.expect(ticks <= 2, f"an idle daemon used {ticks} ticks")
    verdict.expect(reads + writes <= 4, f"an idle daemon made {reads} reads and {writes} writes")


def work_done(desk):
    """Processor ticks, read calls and write calls so far."""
    process = f"/proc/{desk.process.pid}"
    fields = open(process + "/stat").read().rsplit(")", 1)[1].split()
    io = dict(line.split(": ") for line in open(process + "/io").read().splitlines())
    return int(fields[11]) + int(fields[12]), int(io["syscr"]), int(io["syscw"])


def bytes_a_message(sample):
    """What a message costs on the disk; the log holds what is not in the file yet."""
    return (sample["file"] + sample["log"]) / max(1, sample["messages"])


def report(samples, campaigns, kills, backups, copies, sink):
    last = samples[-1]
    print(
        f"{last['at']:.0f} s: {campaigns} campaigns, {last['messages']} messages, {kills} kills, "
        f"{backups} backups; {copies} second copies (each in doubt after a kill)"
    )
    for name in ("memory", "descriptors", "log"):
        print(f"  {name}: {thirds(samples, name)[0]} in the middle, {thirds(samples, name)[1]} at the end")
    print(f"  file: {last['file']} bytes, {bytes_a_message(last):.0f} a message with the log")


# MARK: full


def full(arguments):
    verdict, sink = Verdict(), Sink()
    data_size = 96
    desk = Desk(
        arguments.bin,
        sink,
        extra="minFreeSpace: 30MB\n",
        wrap=["unshare", "-m", "sh", "-c", 'mount -t tmpfs -o size="$1"m tmpfs "$2" && shift 2 && exec "$@"'],
    )
    desk.wrap += ["sh", str(data_size), desk.data]
    probe = subprocess.run(
        ["unshare", "-m", "sh", "-c", f"mount -t tmpfs tmpfs {desk.data}"], capture_output=True
    )
    if probe.returncode != 0:
        print(f"skipped: no tmpfs may be mounted here ({probe.stderr.decode().strip()})")
        desk.close()
        return
    try:
        desk.start()
        inside = f"/proc/{desk.process.pid}/root{desk.data}"
        template = desk.template()
        size = 6_000
        listing = desk.contacts("brim", size)["contactListId"]
        other = desk.contacts("other", 50)["contactListId"]
        reply = desk.enqueue(template, listing, "brim")
        campaign = json.loads(reply.stdout)["campaignId"]
        while sum(sink.taken.values()) < 500:
            time.sleep(0.01)
        fill(inside + "/filler")
        before = sum(sink.taken.values())
        print(f"filled to the brim when {before} of {size} had been sent")
        time.sleep(1)
        refused = desk.enqueue(template, other, "other")
        verdict.expect(refused.returncode == 75, f"an enqueue ended {refused.returncode}: {refused.stderr}")
        verdict.expect("507" in refused.stderr, f"not 507: {refused.stderr}")
        status = desk.control("status")
        verdict.expect(
            any("disk is full" in w for w in status["warnings"]), f"status does not say so: {status}"
        )
        still = sum(sink.taken.values())
        time.sleep(3)
        verdict.expect(sum(sink.taken.values()) == still, "messages leave on a full disk")
        counts = desk.control("campaigns", "show", campaign)["messages"]
        verdict.expect(counts.get("inflight", 0) == 0, f"outcomes were not recorded: {counts}")
        verdict.expect(counts.get("sent", 0) == still, f"{still} arrived, recorded are {counts}")
        print(f"stopped at {still}; recorded while the disk was full: {counts}")
        os.unlink(inside + "/filler")
        shown = desk.wait([campaign], 120)
        again = desk.enqueue(template, other, "other")
        verdict.expect(again.returncode == 0, f"the same enqueue with room: {again.stderr}")
        shown += desk.wait([json.loads(again.stdout)["campaignId"]], 60)
        copies = check_books(verdict, desk, sink, shown, {"brim": size, "other": 50})
        verdict.expect(copies == 0, f"{copies} second copies")
        print(f"with room again: {[c['status'] for c in shown]}, {copies} second copies")
    finally:
        desk.close()
    verdict.exit()


def fill(path):
    """Takes every byte the file system has left."""
    with open(path, "wb", buffering=0) as file:
        for part in (1 << 20, 1 << 12):
            try:
                while True:
                    file.write(b"x" * part)
            except OSError:
                pass


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["load", "full"])
    parser.add_argument("--bin", required=True)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--kill-every", type=float, default=20)
    parser.add_argument("--size", type=int, default=200)
    arguments = parser.parse_args()
    {"load": load, "full": full}[arguments.what](arguments)


if __name__ == "__main__":
    main()
