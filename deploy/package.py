"""The package: one zip for all functions, and the template of the whole stack.
`python -m deploy.package --stage local|prod --policy FILE --out FOLDER [--architecture ARCH] [--xray]`; local/ calls
build() and deploys the same package, for this machine's Python."""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from chalice.package import YAMLTemplateSerializer

from chalicelib.errors import PolicyMistakes
from chalicelib.external import catalogue_files, holidays_calendar
from chalicelib.external.document_files import FOLDER, INDEX
from chalicelib.rules.learning.counted import COUNTED
from chalicelib.rules.tickets.log import Action
from deploy import (
    archive,
    dependencies,
    own_rights,
    rights,
    runtime,
    test_events,
)
from deploy.compiling import templates
from deploy.documents import publishing
from deploy.help import packing
from deploy.runtime import PackagingFailed, Target
from deploy.template import api_methods, gateway_answers, live, policy_facts, runs, trail
from deploy.watching import alarms, dashboard

ROOT = Path(__file__).resolve().parent.parent
STAGES = ("prod", "local")
MEGABYTE = 1_000_000
# Lambda's limits: for a zip that is uploaded directly, and for its unpacked content
ZIPPED_LIMIT, UNZIPPED_LIMIT = 50 * MEGABYTE, 250 * MEGABYTE
# Parameters of resources.yaml that a stage sets differently. The local stack has no SES: our own SMTP server does the
# work of the receipt rule.
PARAMETERS = {"local": {"MailIntake": "none", "TestEvents": "none"}}
# The package holds the holidays of last year and of this many years from now on; the library computes later ones when
# they are needed.
HOLIDAY_YEARS = 6
# Chalice needs some region; the template does not contain it.
ANY_REGION = "eu-central-1"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A package: for which stage, and the policy that becomes its own. X-Ray traces the functions if `traced`.
    `given`: what it is for; by default this Python for the stage `local`, Lambda's for others."""

    stage: str
    policy: Path
    traced: bool = False
    given: Target | None = None

    @property
    def target(self) -> Target:
        return self.given or (runtime.here() if self.stage == "local" else runtime.on_lambda())


def build(wanted: Wanted, out: Path, say: Callable[[str], None]) -> tuple[Path, Path]:
    """Write `template.json` and `deployment.zip` to `out` and return their paths.

    The template's CodeUri names the zip beside it. Raises PackagingFailed with a sentence for people, and
    PolicyMistakes if the policy has any. The shops' documents and their help are in the folders `policies` and
    `help` beside the policy.
    """
    began, out = time.monotonic(), out.resolve()
    target = wanted.target
    out.mkdir(parents=True, exist_ok=True)
    libraries = _libraries(target, say)
    say("packaging the functions and the stack's template")
    with tempfile.TemporaryDirectory(dir=out) as scratch:
        project, packaged, unpacked = (Path(scratch) / name for name in ("project", "packaged", "unpacked"))
        _stage_project(wanted, project)
        _run_chalice(wanted.stage, project, packaged)
        _extract(packaged / "deployment.zip", unpacked)
        _write_classes(unpacked, Path(scratch) / "site", target, say)
        archive.compile_all(unpacked, target.python)
        archive.write(Path(scratch) / "deployment.zip", archive.entries(unpacked), base=libraries)
        _check_size(Path(scratch) / "deployment.zip", say)
        template, code = out / "template.json", out / "deployment.zip"
        (Path(scratch) / "deployment.zip").replace(code)
        live.only_where_wanted(packaged / "sam.json")
        api_methods.one_each(packaged / "sam.json", template)
    say_what_dns_must(wanted, say)
    say(f"packaged in {time.monotonic() - began:.1f} s: {template} and {code.name}")
    return template, code


def _libraries(target: Target, say: Callable[[str], None]) -> Path:
    return dependencies.provide(ROOT / "requirements.txt", ROOT / ".cache/packages", target, say)


def _extract(bundle: Path, folder: Path) -> None:
    with zipfile.ZipFile(bundle) as opened:
        opened.extractall(folder)


def _write_classes(unpacked: Path, site: Path, target: Target, say: Callable[[str], None]) -> None:
    """Let the target's Python import the application and keep what dataclasses compiles. Libraries for another
    processor can't be imported here: for this, those for this machine do as well."""
    command = [str(target.python), str(ROOT / "deploy/compiling/classes.py"), "compiled/classes"]
    if target != runtime.here():
        _extract(_libraries(replace(target, architecture=runtime.this_machine()), say), site)
        command.insert(1, "-S")
    _run_in(unpacked, command, "compiling the classes", {"PYTHONPATH": str(site)})


def _stage_project(wanted: Wanted, project: Path) -> None:
    """Copy what ships to `project` for Chalice: links resolved, without files of earlier runs or editors.

    It has no requirements.txt: the libraries come from the cache, while Chalice would download them each time.
    """
    policy = wanted.policy
    leave_out = shutil.ignore_patterns("__pycache__", "*.pyc", ".*", "*~")
    shutil.copytree(ROOT / "chalicelib", project / "chalicelib", ignore=leave_out)
    shutil.copytree(ROOT / "vendor", project / "vendor", ignore=leave_out)
    shutil.copyfile(policy, project / "vendor/templates/policy.toml")
    _copy_documents(policy.parent / "policies", project / "vendor/templates/policies", policy)
    _copy_catalogues(policy.parent / "catalogue", project / "vendor/templates/catalogue")
    _pack_help(policy.parent / "help", project / "vendor/templates/help", policy)
    templates.write(project / "vendor/compiled")
    rights.write(ROOT / ".chalice", project / ".chalice", wanted.traced)
    shutil.copyfile(ROOT / "app.py", project / "app.py")
    (project / holidays_calendar.SHIPPED.relative_to(ROOT)).write_text(_holidays(policy), encoding="utf-8")
    stack = resources(wanted.stage, policy)
    for name in rights.FUNCTIONS:
        stack["Resources"][own_rights.logical(name)]["Properties"] |= wanted.target.properties()
    (project / "resources.json").write_text(json.dumps(stack), encoding="utf-8")


def _copy_catalogues(catalogues: Path, target: Path) -> None:
    """Copy the shops' catalogues of prices, if they have any. Raises ValueError for what can't be read."""
    shutil.rmtree(target, ignore_errors=True)
    for file in sorted(catalogues.glob("*.csv")):
        if wrong := catalogue_files.mistakes(file):
            raise ValueError("\n".join(wrong[:20]))
        target.mkdir(exist_ok=True)
        shutil.copyfile(file, target / file.name)


def _copy_documents(documents: Path, target: Path, policy: Path) -> None:
    """Copy what is published of the policy's documents, which must be as it was published."""
    shops = policy_facts.policy(policy)
    publishing.check(documents, shops)
    shutil.rmtree(target, ignore_errors=True)
    for shop in shops.shops:
        if (documents / shop / INDEX).exists():
            shutil.copytree(documents / shop / FOLDER, target / shop / FOLDER)
            shutil.copyfile(documents / shop / INDEX, target / shop / INDEX)


def _pack_help(articles: Path, target: Path, policy: Path) -> None:
    """Write the policy's help with its values, and the index for its search, instead of the articles' sources."""
    shutil.rmtree(target, ignore_errors=True)
    packing.pack(articles, target, policy_facts.policy(policy))


def _holidays(policy: Path) -> str:
    """The public holidays of the policy's shops, from last year to five years ahead. Raises PackagingFailed for an
    unknown calendar."""
    shops = list(policy_facts.policy(policy).shops.values())
    unknown = [sentence for shop in shops if (sentence := holidays_calendar.unknown_calendar(shop))]
    if unknown:
        raise PackagingFailed("\n".join(unknown))
    year = date.today().year
    return holidays_calendar.to_ship(shops, range(year - 1, year + HOLIDAY_YEARS))


def resources(stage: str, policy: Path) -> dict[str, Any]:
    """What is merged into the template that Chalice makes from app.py and deploy.rights."""
    text = (ROOT / "resources.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = YAMLTemplateSerializer().load_template(text, "resources.yaml")
    found["Mappings"] = policy_facts.mappings(policy)
    event_source = found["Resources"]["IndexWords"]["Properties"]["Events"]["IndexWordsDynamodbEventSource"][
        "Properties"
    ]
    event_source["FilterCriteria"]["Filters"].append({"Pattern": json.dumps(_corrections())})
    answers = gateway_answers.resource(policy_facts.policy(policy))
    found["Resources"]["RestAPI"]["Properties"]["GatewayResponses"] = answers
    found["Resources"] |= test_events.schemas(list(rights.FUNCTIONS)) | own_rights.policies()
    runs.add_to(found["Resources"])
    domains = found["Mappings"]["Policy"]["Shops"]["Domains"]
    found["Parameters"][alarms.PARAMETER]["AllowedPattern"] = alarms.address_pattern(domains)
    found["Resources"] |= alarms.resources(found["Resources"]) | {"Dashboard": dashboard.resource(found["Resources"])}
    found["Resources"]["DataTrail"]["Properties"]["AdvancedEventSelectors"].append(trail.selector(rights.FUNCTIONS))
    for name, value in PARAMETERS.get(stage, {}).items():
        found["Parameters"][name]["Default"] = value
    return found


def _corrections() -> dict[str, Any]:
    """The filter for records of the table's stream after which the search index must read a ticket again, or it must be
    counted again."""
    actions = sorted(action for action in Action if action.names_people or action in COUNTED)
    return {"eventName": ["INSERT"], "dynamodb": {"NewImage": {"action": {"S": actions}}}}


def _run_chalice(stage: str, project: Path, packaged: Path) -> None:
    """Run Chalice in a process of its own, because it imports app.py to find routes and events."""
    program = "from chalice.cli import main; raise SystemExit(main())"
    command = [sys.executable, "-c", program, "--project-dir", str(project), "package", "--stage", stage]
    command += ["--merge-template", str(project / "resources.json"), str(packaged)]
    _run_in(project, command, "chalice package", {})


def _run_in(folder: Path, command: list[str], name: str, settings: Mapping[str, str]) -> None:
    environment = os.environ | {"AWS_DEFAULT_REGION": ANY_REGION, "PYTHONDONTWRITEBYTECODE": "1", **settings}
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=environment, check=False)
    if done.returncode:
        raise PackagingFailed(f"{name} failed:\n{(done.stderr or done.stdout).strip()}")


def say_what_dns_must(wanted: Wanted, say: Callable[[str], None]) -> None:
    """Say which DNS records the mail of a stage on AWS needs. None is looked up: packaging may run anywhere, and the
    records may follow later."""
    if wanted.stage == "local":
        return
    for domain in policy_facts.agents_domains(policy_facts.policy(wanted.policy)):
        say(f"agents' answers by mail need DMARC: dig +short TXT _dmarc.{domain} must answer v=DMARC1 …")


def _check_size(code: Path, say: Callable[[str], None]) -> None:
    zipped, unzipped = archive.sizes(code)
    summary = f"{zipped / MEGABYTE:.1f} MB zipped of {ZIPPED_LIMIT // MEGABYTE} allowed, "
    summary += f"{unzipped / MEGABYTE:.1f} MB unzipped of {UNZIPPED_LIMIT // MEGABYTE}"
    if zipped > ZIPPED_LIMIT or unzipped > UNZIPPED_LIMIT:
        raise PackagingFailed(f"The package is too large for Lambda: {summary}.")
    say(summary)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.package", description="Package Aftercare for AWS.")
    parser.add_argument("--stage", choices=STAGES, default="prod")
    parser.add_argument("--policy", type=Path, default=ROOT / "templates/policy.toml", help="what the shops promise")
    parser.add_argument("--out", type=Path, default=Path(".local/package"))
    parser.add_argument(
        "--architecture",
        choices=runtime.WHEELS,
        default=runtime.ARCHITECTURE,
        help="the processor on Lambda; the stage local is always for this machine",
    )
    parser.add_argument("--xray", action="store_true", help="X-Ray traces the functions; AWS charges for it")
    asked = parser.parse_args()
    try:
        target = runtime.here() if asked.stage == "local" else runtime.on_lambda(asked.architecture)
        build(Wanted(asked.stage, asked.policy, asked.xray, target), asked.out, print)
    except (PackagingFailed, PolicyMistakes) as failed:
        print(failed, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
