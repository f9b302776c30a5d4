"""Ports: opened at once and kept, so that a free port stays free for us.
If a port is taken, the message names the setting that chooses another."""

import random
import socket

HOST = "127.0.0.1"
BACKLOG = 1024
# Below the range from which Linux and macOS give sockets any free port.
_NOT_HANDED_OUT = range(20_000, 32_000)


class PortTaken(Exception):
    """Another program uses the port that the run was asked to use."""

    def __init__(self, port: int, setting: str) -> None:
        super().__init__(f"Port {port} is taken; choose another with {setting}=…")


def take(port: int, setting: str) -> socket.socket:
    """A listening socket on this port of this machine (0: any free one). Raises PortTaken with the name of the
    setting."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # Allows to open the port again right after a run has ended; two runs still can't share it.
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
        listening.listen(BACKLOG)
    except (OSError, OverflowError) as error:
        listening.close()
        raise PortTaken(port, setting) from error
    return listening


def number(listening: socket.socket) -> int:
    """The port a socket listens on."""
    port: int = listening.getsockname()[1]
    return port


def free(preferred: int | None = None) -> int:
    """A port that is free now: the preferred one if possible, else one outside the range that the system hands out
    automatically, so that it is still free when the caller opens it."""
    for port in (preferred, *random.sample(_NOT_HANDED_OUT, 100)):
        if port is None:
            continue
        try:
            with take(port, "port") as listening:
                return number(listening)
        except PortTaken:
            continue
    raise RuntimeError("this machine has no free port")
