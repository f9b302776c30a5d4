"""The record over HTTP, and the script of the documents that checks it: what is right passes, and what was dropped is
found."""

import copy
import io
import json
import runpy
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.rules.procedure import concluding
from chalicelib.rules.record.counting import Leaf
from chalicelib.rules.record.tree import close_day
from chalicelib.rules.tickets.procedure_facts import Outcome
from chalicelib.rules.tickets.ticket import Change, Person, Ticket
from chalicelib.services.actions.due_work import look_after_due
from chalicelib.services.tickets import links
from chalicelib.services.tickets.commits import commit
from tests.support import samples
from tests.support.store.fakes import PUBLIC_URL
from tests.support.web.browsing import JSON, Browser, first, page, said
from tests.support.web.visitors import Around, surroundings

RECORD = "/shops/northlight/record"
SCRIPT = Path(__file__).parents[4] / "docs" / "record" / "check_record.py"
ADA = Person("Ada Lindqvist", "ada@northlight.example")
Tamper = Callable[[str, Any], Any]


@pytest.fixture(scope="module")
def around(stack: None) -> Iterator[Around]:
    with surroundings() as made:
        yield made


@pytest.fixture(scope="module")
def cases(around: Around) -> list[Ticket]:
    """Five cases on three days: the second one's first answer was missed."""
    deps, refs = wiring.deps(), [f"NL-REC0D-{number:05}" for number in range(5)]
    for number, ref in enumerate(refs):
        deps.tickets.commit(Change(samples.ticket(ref, around.clock())))
        if number == 1:
            around.clock.advance(days=3)
            look_after_due(deps)
            around.clock.advance(hours=1)
        ticket = deps.tickets.ticket(ref)
        assert ticket
        context = deps.context(deps.policy.shop("northlight"))
        commit(deps, concluding.close(ticket, Outcome.SETTLED, "Done.", ADA, context))
    around.clock.advance(days=2)
    return [ticket for ref in refs if (ticket := deps.tickets.ticket(ref))]


def proof_of(browser: Browser, ticket: Ticket) -> Any:
    token = links.status_url(wiring.deps(), ticket).rpartition("/")[2]
    answer = browser.get(f"/t/{token}/record", accept=JSON)
    assert answer.status_code == 200
    return said(answer)


def checked(
    browser: Browser, capsys: pytest.CaptureFixture[str], proofs: list[Path], tamper: Tamper = lambda url, told: told
) -> tuple[int, str]:
    """The script as the documents have it, on what the shop answers; and its exit code and words."""

    def opened(asked: Any) -> io.StringIO:
        told = said(browser.get(asked.full_url, accept=asked.get_header("Accept")))
        return io.StringIO(json.dumps(tamper(asked.full_url, told)))

    capsys.readouterr()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("urllib.request.urlopen", opened)
        patched.setattr(sys, "argv", [str(SCRIPT), f"{PUBLIC_URL}{RECORD}", *map(str, proofs)])
        with pytest.raises(SystemExit) as ended:
            runpy.run_path(str(SCRIPT))
    return int(ended.value.code or 0), capsys.readouterr().out


@pytest.fixture
def proofs(browser: Browser, cases: list[Ticket], tmp_path: Path) -> list[Path]:
    files = [tmp_path / f"{ticket.ref}.json" for ticket in cases]
    for file, ticket in zip(files, cases, strict=True):
        file.write_text(json.dumps(proof_of(browser, ticket)), encoding="utf-8")
    return files


class TestTheScript:
    def test_it_imports_nothing_of_ours_and_is_short(self) -> None:
        code = SCRIPT.read_text(encoding="utf-8").rpartition('"""')[2].splitlines()
        imported = {line.split()[1] for line in code if line.startswith(("import", "from"))}
        assert imported == {"hashlib", "json", "sys", "urllib.request", "pathlib"}
        assert len([line for line in code if line and not line.startswith(("import", "from"))]) <= 30

    def test_what_is_right_passes(
        self, browser: Browser, capsys: pytest.CaptureFixture[str], proofs: list[Path]
    ) -> None:
        code, words = checked(browser, capsys, proofs)
        assert (code, words.partition(".")[0]) == (0, "2 days are right")

    def test_a_missed_promise_that_is_dropped_is_found(
        self, browser: Browser, capsys: pytest.CaptureFixture[str], proofs: list[Path]
    ) -> None:
        def drops(url: str, told: Any) -> Any:
            if "leaves" in told:
                told["leaves"] = [line for line in told["leaves"] if not line.endswith(" missed")]
            return told

        code, words = checked(browser, capsys, proofs, drops)
        assert code == 1
        assert "the promises are not those of the root" in words

    def test_it_is_found_if_the_numbers_are_lowered_too(
        self, browser: Browser, capsys: pytest.CaptureFixture[str], proofs: list[Path]
    ) -> None:
        def drops(url: str, told: Any) -> Any:
            if "leaves" in told:
                told["leaves"] = [line for line in told["leaves"] if not line.endswith(" missed")]
            for day in told.get("days", ()):
                day["missed"] = 0
            return told

        code, words = checked(browser, capsys, proofs, drops)
        assert code == 1
        assert "the chain is broken" in words

    def test_it_is_found_by_a_customers_proof_if_the_whole_record_is_made_anew(
        self, browser: Browser, capsys: pytest.CaptureFixture[str], proofs: list[Path]
    ) -> None:
        """Roots and chain fit together again; only what somebody kept does not."""
        forged = forger(browser)
        assert checked(browser, capsys, [], forged)[0] == 0, "the forger's record is right in itself"
        code, words = checked(browser, capsys, proofs, forged)
        assert code == 1
        assert words.count("is not in the record") >= 1
        assert proofs[1].name in words

    @pytest.mark.parametrize("what", ["leaf", "root", "chain", "index", "size", "path"])
    def test_a_proof_that_was_changed_is_found(
        self, browser: Browser, capsys: pytest.CaptureFixture[str], proofs: list[Path], what: str
    ) -> None:
        told = json.loads(proofs[2].read_text(encoding="utf-8"))
        proof = next(each for each in told["promises"] if each["counted"] and each["path"])
        other = {"index": proof["index"] + 1, "size": proof["size"] * 4, "path": proof["path"][1:]}
        proof[what] = other.get(what, "0" * 64)
        proofs[2].write_text(json.dumps(told), encoding="utf-8")
        assert checked(browser, capsys, proofs)[0] == 1


def forger(browser: Browser) -> Tamper:
    """Answers as a shop would that has computed everything again without the missed promises."""
    honest = said(browser.get(RECORD, accept=JSON))
    days, before = {}, honest["before"]
    for day in honest["days"]:
        lines = said(browser.get(day["leaves"], accept=JSON))["leaves"]
        leaves = [read(line) for line in lines if not line.endswith(" missed")]
        closed = close_day(leaves[0].day, leaves, before)
        days[day["day"]] = (closed, leaves)
        before = closed.chain

    def answers(url: str, told: Any) -> Any:
        told = copy.deepcopy(told)
        if "leaves" in told:
            told["leaves"] = [str(leaf) for leaf in days[told["day"]][1]]
        for day in told.get("days", ()):
            closed = days[day["day"]][0]
            day |= {"kept": closed.kept, "missed": closed.missed, "root": closed.root, "chain": closed.chain}
        return told

    return answers


def read(line: str) -> Leaf:
    from datetime import date

    day, id, promise, how = line.split()
    return Leaf(date.fromisoformat(day), id, promise, how == "kept")


class TestThePages:
    @pytest.mark.parametrize(("language", "title"), [("en", "Promises kept"), ("de", "Gehaltene und")])
    def test_the_weeks_say_what_the_days_say(
        self, browser: Browser, cases: list[Ticket], language: str, title: str
    ) -> None:
        answer = browser.get(f"{RECORD}?lang={language}")
        assert first(answer, "h1").text().startswith(title)
        days = said(browser.get(RECORD, accept=JSON))["days"]
        cells = [[cell.text() for cell in row.css("td")] for row in page(answer).css("tbody tr")]
        assert sum(int(row[0]) for row in cells) == sum(day["kept"] for day in days) > 0
        assert sum(int(row[1]) for row in cells) == sum(day["missed"] for day in days) == 1
        assert days[-1]["chain"] in first(answer, "code").text()

    def test_a_customers_page_leads_to_its_proof_and_a_strangers_receipt_does_not(
        self, browser: Browser, cases: list[Ticket]
    ) -> None:
        token = links.status_url(wiring.deps(), cases[0]).rpartition("/")[2]
        hrefs = [node.attributes["href"] for node in page(browser.get(f"/t/{token}")).css(".record a")]
        assert hrefs == [f"/api{RECORD}?lang=en", f"/api/t/{token}/record"]
        receipt = links.receipt_url(wiring.deps(), cases[0]).rpartition("/")[2]
        assert not page(browser.get(f"/t/{receipt}")).css(".record")
        assert browser.get(f"/t/{receipt}/record").status_code == 403

    def test_anybody_may_read_it_from_anywhere_and_nothing_names_a_case(
        self, browser: Browser, cases: list[Ticket]
    ) -> None:
        answer = browser.get(RECORD, accept=JSON, origin="https://checker.example")
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        day = said(answer)["days"][0]
        leaves = browser.get(day["leaves"], accept=JSON)
        assert len(said(leaves)["leaves"]) == day["kept"] + day["missed"]
        for ticket in cases:
            assert ticket.ref.encode() not in answer.body + leaves.body

    @pytest.mark.parametrize("day", ["2026-01-01", "yesterday", "2026-13-01"])
    def test_a_day_that_is_not_closed_is_not_found(self, browser: Browser, day: str) -> None:
        assert browser.get(f"{RECORD}/{day}", accept=JSON).status_code == 404
        assert browser.get("/shops/nobody/record").status_code == 404

    @pytest.mark.parametrize("until", ["0001-01-01", "0001-12-31", "9999-12-31", "2026-02-30", "", "%00", "2" * 5000])
    def test_a_day_that_is_none_has_no_record(self, browser: Browser, cases: list[Ticket], until: str) -> None:
        assert browser.get(f"{RECORD}?until={until}").status_code == 404
        assert browser.get(f"{RECORD}?until={until}", accept=JSON).status_code == 404

    def test_the_first_and_the_last_day_there_can_be(self, browser: Browser, cases: list[Ticket]) -> None:
        for until in ("2000-01-01", "2999-12-31"):
            assert browser.get(f"{RECORD}?until={until}").status_code == 200
