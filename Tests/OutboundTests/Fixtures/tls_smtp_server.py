"""An SMTP server with TLS for the tests of Outbound: standard library only.

It listens on 127.0.0.1 and prints, a line each: `PORT n`, `EARLY command` for a command that came
before the one ahead of it was answered, and `DOT bytes sha256` for each content that arrived.
It ends when its input ends.
"""

import argparse
import hashlib
import os
import queue
import socket
import ssl
import sys
import threading

arguments = argparse.ArgumentParser()
arguments.add_argument("--certificate", required=True, help="PEM file of certificate and key")
arguments.add_argument("--tls", choices=["implicit", "starttls"], required=True)
arguments.add_argument("--before", default="", help="extensions offered before STARTTLS")
arguments.add_argument("--after", default="", help="extensions offered under TLS")
arguments.add_argument("--hang-up", default="", help="STAGE:N hangs up there in the Nth message")
arguments.add_argument("--hold-body", action="store_true", help="read content after a line of input")
options = arguments.parse_args()

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(options.certificate)
lock = threading.Lock()
lines_of_input = queue.Queue()
messages = 0


def tell(text):
    with lock:
        print(text, flush=True)


class Session:
    def __init__(self, connection):
        self.connection = connection
        self.buffer = b""
        self.is_secure = options.tls == "implicit"
        if self.is_secure:
            self.connection = context.wrap_socket(connection, server_side=True)

    def read_line(self):
        while b"\n" not in self.buffer:
            data = self.connection.recv(65536)
            if not data:
                raise EOFError
            self.buffer += data
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line.rstrip(b"\r")

    def reply(self, text):
        self.connection.sendall(text.encode() + b"\r\n")

    def pass_stage(self, stage):
        if options.hang_up == f"{stage}:{messages}":
            raise EOFError

    def serve(self):
        self.reply("220 tls.test ESMTP")
        while True:
            command = self.read_line().decode()
            if self.buffer:
                tell(f"EARLY {command}")
            verb = command.upper().split(" ")[0]
            if not getattr(self, "do_" + verb.lower())():
                return

    def do_ehlo(self):
        extensions = (options.after if self.is_secure else options.before + " STARTTLS").split()
        lines = ["tls.test"] + extensions
        for line in lines[:-1]:
            self.reply("250-" + line)
        self.reply("250 " + lines[-1])
        return True

    def do_starttls(self):
        self.reply("220 go ahead")
        self.connection = context.wrap_socket(self.connection, server_side=True)
        self.is_secure = True
        return True

    def do_mail(self):
        global messages
        messages += 1
        self.pass_stage("mail")
        self.reply("250 sender ok")
        return True

    def do_rcpt(self):
        self.reply("250 recipient ok")
        return True

    def do_data(self):
        self.reply("354 go ahead")
        if options.hold_body:
            lines_of_input.get()
        content = bytearray(self.buffer)
        while not content.endswith(b"\r\n.\r\n"):
            data = self.connection.recv(65536)
            if not data:
                raise EOFError
            content += data
        self.buffer = b""
        del content[-3:]
        tell(f"DOT {len(content)} {hashlib.sha256(content).hexdigest()}")
        self.pass_stage("dot")
        self.reply("250 queued")
        return True

    def do_quit(self):
        self.reply("221 bye")
        return False


def serve(connection):
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    session = None
    try:
        session = Session(connection)
        session.serve()
    except (EOFError, OSError):
        pass
    finally:
        (session.connection if session else connection).close()


def accept():
    while True:
        threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()


listener = socket.create_server(("127.0.0.1", 0))
tell(f"PORT {listener.getsockname()[1]}")
threading.Thread(target=accept, daemon=True).start()
for line in sys.stdin:
    lines_of_input.put(line)
os._exit(0)
