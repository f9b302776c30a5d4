"""HTTP: Chalice's own local server for app.py, in a separate process, on a socket that the run has opened.
The run starts it as `local.web.server FD`, with the deployed function's environment."""

import importlib
import os
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path

from chalice.cli.factory import CLIFactory
from chalice.local import CustomLocalChalice, LocalChalice, LocalDevServer

from chalicelib import wiring
from chalicelib.external.holidays_calendar import holidays_of
from local.web.gateway import Handler
from local.web.serving import OnSocket


def serve(listening: socket.socket, project: Path) -> None:
    """Serve the project's app.py until the process is ended."""
    sys.path[:0] = [str(project)]
    sys.path.append(str(project / "vendor"))
    app = importlib.import_module("app").app
    _holidays()
    # The same as chalice.local.create_local_server, which would open a socket of its own.
    CustomLocalChalice.__bases__ = (LocalChalice, app.__class__)
    app.__class__ = CustomLocalChalice
    config = CLIFactory(str(project), debug=False, environ=dict(os.environ)).create_config_obj("local")
    host, port = listening.getsockname()
    LocalDevServer(
        app, config, host, port, handler_cls=Handler, server_cls=lambda _address, handler: OnSocket(listening, handler)
    ).serve_forever()


def _holidays() -> None:
    """Know this year's. Their library takes most of a second to import, and the first form would wait for it: only the
    package has them written down."""
    for shop in wiring.policy().shops.values():
        holidays_of(shop)(datetime.now(UTC).date())


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])), Path.cwd())
