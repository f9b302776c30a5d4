"""The command line for operators: `python -m deploy up|go_live|smoke|destroy --stage STAGE`.
make has a target for each."""

import argparse
import os
import sys
from pathlib import Path

from chalicelib.errors import PolicyMistakes
from deploy.cloud import clients, dns, stage
from deploy.cloud.clients import FAILURES
from deploy.cloud.stage import Stage
from deploy.cloud.stops import Stopped
from deploy.cloud.terminal import Terminal
from deploy.runtime import PackagingFailed


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 if it did what it could, 1 with a sentence if it could not."""
    wanted = _parser().parse_args(arguments)
    try:
        return _run(wanted, stage.read(wanted.stage))
    except (Stopped, PackagingFailed, PolicyMistakes) as stopped:
        print(f"\n{stopped}", file=sys.stderr)
    except FAILURES as error:
        print(
            f"\nAWS refused: {error}\nWhat was done so far stays; the same command goes on from there.", file=sys.stderr
        )
    return 1


def _run(wanted: argparse.Namespace, found: Stage) -> int:
    terminal, aws = Terminal(), clients.connect(found.region)
    if wanted.command == "up":
        from deploy.commands import up

        up.run(up.Deployment(found, aws, _build, dns.resolve, terminal))
    elif wanted.command == "go_live":
        from deploy.commands import go_live

        go_live.run(go_live.GoingLive(found, aws, dns.resolve, terminal))
    elif wanted.command == "smoke":
        from deploy.commands import smoke

        smoke.run(smoke.Smoke(found, aws, terminal, os.environ.get("SMOKE_URL", "")))
    else:
        from deploy.commands import destroy

        destroy.run(destroy.Destruction(found, aws, terminal, wanted.records == "delete"))
    return 0


def _build(of: Stage) -> tuple[Path, Path]:
    """Package as `make package` does: whatever a stage is called, its package is the one for AWS."""
    from deploy import built, runtime

    # The rehearsal's stand-in for Lambda runs functions with this machine's Python.
    target = runtime.here() if os.environ.get("PACKAGE_FOR") == "here" else None
    return built.provide("prod", of.policy, Path(".local/package"), print, of.xray, target)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy", description="Aftercare on AWS: docs/deploying.md.")
    parser.add_argument("command", choices=("up", "go_live", "smoke", "destroy"))
    parser.add_argument("--stage", default="prod", help="the name of a file in stages/ (%(default)s)")
    parser.add_argument("--records", choices=("keep", "delete"), default="keep", help="for destroy (%(default)s)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
