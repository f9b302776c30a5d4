"""Ports: taken at once and kept, so that what is promised free stays free.
A taken port is said plainly, with the setting that chooses another."""

import random
import socket

HOST = "127.0.0.1"
BACKLOG = 1024
# Below what Linux and macOS give to sockets that ask for any port.
_NOT_HANDED_OUT = range(20_000, 32_000)


class PortTaken(Exception):
    """A port the run was asked to use belongs to someone else."""

    def __init__(self, port: int, setting: str) -> None:
        super().__init__(f"Port {port} is taken; choose another with {setting}=…")


def take(port: int, setting: str) -> socket.socket:
    """A listening socket on this port of this machine (0: any free one). Raises PortTaken, naming the setting."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # Lets a port be taken again right after a run has ended; it does not let two share it.
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
    """A port nobody uses at the moment: the preferred one where it is free, else one that this machine does not hand
    out by itself, so that it is still free when whoever asked comes to take it."""
    for port in (preferred, *random.sample(_NOT_HANDED_OUT, 100)):
        if port is None:
            continue
        try:
            with take(port, "port") as listening:
                return number(listening)
        except PortTaken:
            continue
    raise RuntimeError("this machine has no free port")
