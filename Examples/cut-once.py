#!/usr/bin/env python3
"""Hands connections on to 127.0.0.1:PORT; the first that carries a send is cut before its reply.

Prints the port it listens on. For Examples/demo-remote.sh.
"""

import select
import socket
import sys
import threading

cut = threading.Lock()


def serve(client):
    """Copies bytes both ways until one side hangs up, or the line is to be cut."""
    server = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    is_cut = False
    with client, server:
        while True:
            for source in select.select([client, server], [], [])[0]:
                data = source.recv(65536)
                if source is server and is_cut:
                    text = "PUT .../send was handed on, and the line cut before the reply"
                    print(text, file=sys.stderr, flush=True)
                    return
                if not data:
                    return
                if source is client and b"/send HTTP/1.1" in data:
                    is_cut = cut.acquire(blocking=False)
                (server if source is client else client).sendall(data)


def run(client):
    """Serves a connection; one that breaks is over."""
    try:
        serve(client)
    except OSError:
        pass


listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
while True:
    threading.Thread(target=run, args=(listener.accept()[0],), daemon=True).start()
