"""HTTP servers on sockets that are already listening, in threads that end with the run."""

import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class OnSocket(ThreadingHTTPServer):
    """Serves on a socket that already listens."""

    daemon_threads = True

    def __init__(self, listening: socket.socket, handler: Any) -> None:
        super().__init__(listening.getsockname(), handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listening

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is not an error of ours."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class QuietHandler(BaseHTTPRequestHandler):
    """Keeps connections open, answers in one write, logs nothing."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def log_message(self, *_: object) -> None:
        """Log nothing: the run's log is about mail, not about requests."""


@contextmanager
def serving(server: ThreadingHTTPServer, name: str) -> Iterator[None]:
    """Serve in a thread until the context is left."""
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join(timeout=2)
