"""The package: one zip for every function and the template of the whole stack.
`python -m deploy.package --stage local|prod --policy FILE --out FOLDER`; local/ calls build() and
deploys the very same."""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from chalice.package import YAMLTemplateSerializer

from chalicelib.errors import PolicyMistakes
from chalicelib.external import holidays_calendar
from chalicelib.rules.tickets.log import NAMES_PEOPLE
from deploy import api_methods, archive, dependencies, gateway_answers, own_rights, policy_facts, rights, test_events
from deploy.dependencies import PackagingFailed

ROOT = Path(__file__).resolve().parent.parent
STAGES = ("prod", "local")
MEGABYTE = 1_000_000
# Lambda's limits: for a zip sent to it directly, and for what it unpacks
ZIPPED_LIMIT, UNZIPPED_LIMIT = 50 * MEGABYTE, 250 * MEGABYTE
# Parameters of resources.yaml that a stage sets otherwise. No SES stands in front of the local stack: an SMTP server of
# ours does what a receipt rule does.
PARAMETERS = {"local": {"MailIntake": "none", "TestEvents": "none"}}
# How many years' holidays are written down; later ones the library works out where they are needed.
HOLIDAY_YEARS = 6
# Chalice asks for a region, which then leaves no trace in the template.
ANY_REGION = "eu-central-1"


def build(stage: str, policy: Path, out: Path, say: Callable[[str], None]) -> tuple[Path, Path]:
    """Write `template.json` and `deployment.zip` to `out` and return their paths. `policy` becomes the package's own.

    The template's CodeUri names the zip beside it. Raises PackagingFailed with a sentence for whoever packages, and
    PolicyMistakes if the policy has any.
    """
    began, out = time.monotonic(), out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    libraries = dependencies.provide(ROOT / "requirements.txt", ROOT / ".cache/packages", say)
    say("packaging the functions and the stack's template")
    with tempfile.TemporaryDirectory(dir=out) as scratch:
        project, packaged, unpacked = (Path(scratch) / name for name in ("project", "packaged", "unpacked"))
        _stage_project(stage, policy, project)
        _run_chalice(stage, project, packaged)
        with zipfile.ZipFile(packaged / "deployment.zip") as bundle:
            bundle.extractall(unpacked)
        archive.compile_all(unpacked)
        archive.write(Path(scratch) / "deployment.zip", archive.entries(unpacked), base=libraries)
        _check_size(Path(scratch) / "deployment.zip", say)
        template, code = out / "template.json", out / "deployment.zip"
        (Path(scratch) / "deployment.zip").replace(code)
        api_methods.one_each(packaged / "sam.json", template)
    if stage == "prod":
        _say_what_dns_must(policy, say)
    say(f"packaged in {time.monotonic() - began:.1f} s: {template} and {code.name}")
    return template, code


def _stage_project(stage: str, policy: Path, project: Path) -> None:
    """A copy for Chalice of what ships, with links resolved and without what an earlier run or an editor left behind.

    It has no requirements.txt: the libraries are added from the cache, where Chalice would fetch them each time.
    """
    leave_out = shutil.ignore_patterns("__pycache__", "*.pyc", ".*", "*~")
    shutil.copytree(ROOT / "chalicelib", project / "chalicelib", ignore=leave_out)
    shutil.copytree(ROOT / "vendor", project / "vendor", ignore=leave_out)
    shutil.copyfile(policy, project / "vendor/templates/policy.toml")
    rights.write(ROOT / ".chalice", project / ".chalice")
    shutil.copyfile(ROOT / "app.py", project / "app.py")
    (project / holidays_calendar.SHIPPED.relative_to(ROOT)).write_text(_holidays(policy), encoding="utf-8")
    (project / "resources.json").write_text(json.dumps(resources(stage, policy)), encoding="utf-8")


def _holidays(policy: Path) -> str:
    """The public holidays of the policy's shops, this year's and those of the promises that reach furthest."""
    shops = list(policy_facts.policy(policy).shops.values())
    unknown = [sentence for shop in shops if (sentence := holidays_calendar.unknown_calendar(shop))]
    if unknown:
        raise PackagingFailed("\n".join(unknown))
    year = date.today().year
    return holidays_calendar.to_ship(shops, range(year - 1, year + HOLIDAY_YEARS))


def resources(stage: str, policy: Path) -> dict[str, Any]:
    """What is laid over the template that Chalice makes of app.py and deploy.rights."""
    text = (ROOT / "resources.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = YAMLTemplateSerializer().load_template(text, "resources.yaml")
    found["Mappings"] = policy_facts.mappings(policy)
    said = found["Resources"]["IndexWords"]["Properties"]["Events"]["IndexWordsDynamodbEventSource"]["Properties"]
    said["FilterCriteria"]["Filters"].append({"Pattern": json.dumps(_corrections())})
    answers = gateway_answers.resource(policy_facts.policy(policy))
    found["Resources"]["RestAPI"]["Properties"]["GatewayResponses"] = answers
    found["Resources"] |= test_events.schemas(list(rights.FUNCTIONS)) | own_rights.policies()
    for name, value in PARAMETERS.get(stage, {}).items():
        found["Parameters"][name]["Default"] = value
    return found


def _corrections() -> dict[str, Any]:
    """The records of the table's stream after which the search index reads a ticket again."""
    actions = sorted(NAMES_PEOPLE)
    return {"eventName": ["INSERT"], "dynamodb": {"NewImage": {"action": {"S": actions}}}}


def _run_chalice(stage: str, project: Path, packaged: Path) -> None:
    """In a process of its own, because Chalice imports app.py to see its routes and events."""
    program = "from chalice.cli import main; raise SystemExit(main())"
    command = [sys.executable, "-c", program, "--project-dir", str(project)]
    command += ["package", "--stage", stage, "--merge-template", str(project / "resources.json"), str(packaged)]
    environment = os.environ | {"AWS_DEFAULT_REGION": ANY_REGION, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, capture_output=True, text=True, cwd=project, env=environment, check=False)
    if done.returncode:
        raise PackagingFailed(f"chalice package failed:\n{(done.stderr or done.stdout).strip()}")


def _say_what_dns_must(policy: Path, say: Callable[[str], None]) -> None:
    """No record is looked up here: who packages may be anywhere, and the records may come later."""
    for domain in policy_facts.agents_domains(policy_facts.policy(policy)):
        say(f"agents' answers by mail need DMARC: dig +short TXT _dmarc.{domain} must answer v=DMARC1 …")


def _check_size(code: Path, say: Callable[[str], None]) -> None:
    zipped, unzipped = archive.sizes(code)
    said = f"{zipped / MEGABYTE:.1f} MB zipped of {ZIPPED_LIMIT // MEGABYTE} allowed, "
    said += f"{unzipped / MEGABYTE:.1f} MB unzipped of {UNZIPPED_LIMIT // MEGABYTE}"
    if zipped > ZIPPED_LIMIT or unzipped > UNZIPPED_LIMIT:
        raise PackagingFailed(f"The package is too large for Lambda: {said}.")
    say(said)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.package", description="Package Aftercare for AWS.")
    parser.add_argument("--stage", choices=STAGES, default="prod")
    parser.add_argument("--policy", type=Path, default=ROOT / "templates/policy.toml", help="what the shops promise")
    parser.add_argument("--out", type=Path, default=Path(".local/package"))
    wanted = parser.parse_args()
    try:
        build(wanted.stage, wanted.policy, wanted.out, print)
    except (PackagingFailed, PolicyMistakes) as failed:
        print(failed, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
