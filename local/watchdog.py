"""Runs a module as a program and ends it when the parent process is gone, even after a crash.
Standard input is the connection: nothing is written to it, and it closes when the parent ends."""

import atexit
import gc
import os
import runpy
import signal
import sys
import threading


def _watch() -> None:
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    # Python looks through everything for garbage several times before it ends. With the tables of the embedded AWS in
    # memory this takes far longer than saving them, and the system takes all memory back anyway.
    atexit.register(gc.freeze)
    threading.Thread(target=_watch, daemon=True).start()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
