"""What each function's cold start imports: what its own events need. Times are printed and never checked."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest

from tests.deploy.packages import Package

# The modules in the order of their import, and the processor time of the import, on the last line.
IMPORTED = """
import json, os, sys, time
sys.path.insert(0, sys.argv[1])
began = time.process_time()
module, _, name = os.environ["_HANDLER"].partition(".")
getattr(__import__(module), name)
print(json.dumps([list(sys.modules), 1000 * (time.process_time() - began)]))
"""
FLOOR = "boto3.client"
NO_MAIL = {"index_words", "reindex", "place_legal_hold", "lift_legal_hold", "purge_expired", "verify_audit"}
NO_MAIL |= {"absences", "act_on_ticket", "list_quarantine", "release_from_quarantine", "withdraw_links"}


@dataclass(frozen=True, slots=True)
class Started:
    modules: tuple[str, ...]
    millis: float

    def of(self, *packages: str) -> set[str]:
        return {name for name in self.modules for each in packages if f"{name}.".startswith(f"{each}.")}


def start(packaged: Package, handler: str) -> Started:
    command = [str(packaged.target.python), "-I", "-S", "-B", "-c", IMPORTED, str(packaged.unpacked)]
    environment = {"_HANDLER": handler, "PATH": os.defpath}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    modules, millis = json.loads(done.stdout)
    return Started(tuple(modules), millis)


@pytest.fixture(scope="module")
def started(packaged: Package) -> Mapping[str, Started]:
    """Every function of the stack as Lambda starts it, by its name in app.py."""
    handlers = {properties["Handler"] for properties in packaged.of_type("AWS::Serverless::Function").values()}
    return {handler.removeprefix("app."): start(packaged, handler) for handler in sorted(handlers)}


@pytest.fixture(scope="module", autouse=True)
def _told(started: Mapping[str, Started], packaged: Package, request: pytest.FixtureRequest) -> Iterator[None]:
    """Print each function's cold start, also where the tests pass."""
    floor = start(packaged, FLOOR)
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print(f"\n{'cold start of':<24} {'ms':>5} {'x boto3':>7} {'modules':>7} {'ours':>5} {'web':>4} {'mail':>4}")
        for name, each in started.items():
            counts = (len(each.of(package)) for package in ("chalicelib", "chalicelib.web", "chalicelib.mail"))
            ours, web, mail = counts
            ratio = each.millis / floor.millis
            print(f"{name:<24} {each.millis:>5.0f} {ratio:>7.2f} {len(each.modules):>7} {ours:>5} {web:>4} {mail:>4}")
    yield


def test_what_makes_the_start_short_comes_first(started: Mapping[str, Started]) -> None:
    for each in started.values():
        assert next(name for name in each.modules if name.startswith("chalicelib.")) == "chalicelib.cold_start"


def test_only_the_web_imports_the_web(started: Mapping[str, Started]) -> None:
    connections = {"websocket_connect", "websocket_message", "websocket_disconnect", "ring_bells"}
    found = {name: set(each.of("chalicelib.web", "multipart")) for name, each in started.items()}
    assert {name for name, modules in found.items() if modules} == {"app"} | connections
    own = {"chalicelib.web", "chalicelib.web.bells", "chalicelib.web.bells.sockets"}
    assert all(found[name] == own for name in connections)


def test_what_neither_reads_nor_writes_mail_imports_none_of_it(started: Mapping[str, Started]) -> None:
    assert {name: found for name in NO_MAIL if (found := started[name].of("chalicelib.mail"))} == {}


def test_functions_import_no_function_of_others(started: Mapping[str, Started]) -> None:
    assert not started["app"].of("chalicelib.services.exports", "chalicelib.services.privacy.purging")
    assert not started["receive_mail"].of("chalicelib.services.desk", "chalicelib.services.operations")
    assert not started["place_legal_hold"].of("chalicelib.services.exports", "chalicelib.rendering")


def test_the_web_imports_a_page_with_its_first_request(started: Mapping[str, Started]) -> None:
    rooms = {f"chalicelib.{layer}.{room}" for layer in ("web", "services") for room in ("desk", "customer", "help")}
    assert not started["app"].of(*rooms, "chalicelib.services.orders")


def test_no_start_reads_or_searches_the_help(started: Mapping[str, Started]) -> None:
    found = {name: each.of("chalicelib.rules.help.searching", "snowballstemmer") for name, each in started.items()}
    assert {name for name, modules in found.items() if modules} == set()
