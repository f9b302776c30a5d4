"""Adverts: sent only on a legal basis, with the way to end them, and ended for good by one request."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.errors import InvalidLink
from chalicelib.rules.identity.keys import Secret, Use
from chalicelib.rules.policy.model import Adverts
from chalicelib.rules.tickets.log import Action
from chalicelib.services.actions.due_work import look_after_due
from chalicelib.services.delivery import objections
from chalicelib.services.exports import subject_exports
from chalicelib.services.privacy import erasing
from chalicelib.services.tickets import links, signing
from tests.support import agents, records, samples
from tests.support.agents import MIRA, acts, advertises, stream
from tests.support.samples import PERIOD, TOLD
from tests.support.store.fakes import PUBLIC_URL, FakeRun, World
from tests.support.store.mailer import SentMail

OTHER = "NL-7K3F9-QXMT3"
PERSON = {"shop": "northlight", "email": MIRA}
GONE = PERSON | {"confirm": MIRA, "reason": "Asked for by letter of 3 November"}


@pytest.fixture
def advertising(world: World) -> World:
    return advertises(world)


def lives(world: World, ref: str = samples.REF, **changes: Any) -> list[str]:
    """A ticket's life until the customer would be asked how it went: the subjects of the mails to them."""
    agents.opened(world, ref, **({"adverts": TOLD} | changes))
    acts(world, "answer", ref, text="A new shade is on its way.")
    acts(world, "close", ref, outcome="settled", reason="Done.")
    stream(world)
    world.clock.at += PERIOD
    look_after_due(world.deps)
    stream(world)
    return [str(mail.mail["Subject"]) for mail in world.mailer.to(MIRA)]


def asked(world: World) -> list[SentMail]:
    return [mail for mail in world.mailer.sent if "Tell us how we did" in str(mail.mail["Subject"])]


def token(mail: SentMail) -> str:
    found = re.search(r"/u/([\w.-]+)", mail.text)
    assert found
    return found[1]


def unsent(world: World) -> Iterator[str]:
    return (entry[2] for entry in agents.log(world) if entry[1] == Action.NOT_SENT)


class TestBasis:
    def test_with_none_a_whole_life_has_no_advert(self, world: World) -> None:
        assert world.shop.adverts.basis == "none"
        assert lives(world)
        assert asked(world) == []

    @pytest.mark.parametrize("changes", [{"adverts": None}, {"order_number": None}], ids=str)
    def test_with_one_only_customers_who_bought_and_were_told_are_asked(
        self, advertising: World, changes: dict[str, Any]
    ) -> None:
        lives(advertising, **changes)
        assert asked(advertising) == []
        lives(advertising, OTHER)
        assert len(asked(advertising)) == 1

    def test_a_basis_that_the_policy_states_no_more_holds_back_what_is_owed(self, advertising: World) -> None:
        agents.opened(advertising, adverts=TOLD)
        acts(advertising, "close", outcome="settled", reason="Done.")
        advertising.clock.at += PERIOD
        look_after_due(advertising.deps)
        advertising.with_shop(adverts=Adverts("none"))
        stream(advertising)
        assert asked(advertising) == []
        assert list(unsent(advertising)) == ["purpose=review_request unsent=not_allowed"]


class TestMail:
    def test_it_carries_the_sentence_the_link_and_the_headers_of_one_click(self, advertising: World) -> None:
        lives(advertising)
        (mail,) = asked(advertising)
        url = objections.url(advertising.deps, advertising.shop, MIRA, "en")
        assert mail.mail["List-Unsubscribe"] == f"<{url}>"
        assert mail.mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert url.startswith(f"{PUBLIC_URL}/u/")
        assert url in mail.text
        assert "You may object at any time" in " ".join(mail.text.split())
        assert f"List-Unsubscribe: <{url}>\r\n".encode() in mail.raw, "not folded"

    def test_in_german_too(self, advertising: World) -> None:
        lives(advertising, language="de")
        (mail,) = [each for each in advertising.mailer.sent if "/u/" in each.text]
        assert "jederzeit widersprechen" in " ".join(mail.text.split())
        assert str(mail.mail["List-Unsubscribe"]).endswith("?lang=de>")

    def test_the_link_names_neither_address_nor_ticket(self, advertising: World) -> None:
        lives(advertising)
        said = signing.read(advertising.deps, "objection", token(asked(advertising)[0]), Use.OBJECTIONS)
        assert said[0] == "northlight"
        assert "mira" not in str(said)
        assert samples.REF not in str(said)

    def test_no_other_mail_has_these_headers(self, advertising: World) -> None:
        lives(advertising)
        others = [mail for mail in advertising.mailer.sent if mail not in asked(advertising)]
        assert others
        assert not any(mail.mail["List-Unsubscribe"] or "/u/" in mail.text for mail in others)


class TestObjection:
    @pytest.fixture
    def ended(self, advertising: World) -> World:
        lives(advertising)
        objections.end_adverts(advertising.deps, token(asked(advertising)[0]))
        advertising.mailer.sent.clear()
        return advertising

    def test_no_advert_follows_and_service_mails_go_on(self, ended: World) -> None:
        subjects = lives(ended, OTHER)
        assert [subject for subject in subjects if subject.startswith("Re:")]
        assert asked(ended) == []
        assert list(unsent(ended)) == ["purpose=review_request unsent=objected"]

    @pytest.mark.parametrize("spelling", [MIRA.upper(), MIRA.replace("@", "+lamp@"), f" {MIRA} "])
    def test_it_holds_for_every_spelling_of_the_mailbox_and_for_one_shop(self, ended: World, spelling: str) -> None:
        assert objections.objected_at(ended.deps, "northlight", spelling) == ended.clock()
        assert objections.objected_at(ended.deps, "kettle", spelling) is None
        assert objections.objected_at(ended.deps, "northlight", "jon@example.com") is None

    def test_repeating_it_keeps_the_first_date(self, ended: World) -> None:
        before = ended.clock()
        ended.clock.advance(days=9)
        objections.end_adverts(ended.deps, objections.url(ended.deps, ended.shop, MIRA, "en")[len(PUBLIC_URL) + 3 : -8])
        assert objections.objected_at(ended.deps, "northlight", MIRA) == before

    def test_it_and_its_link_outlive_a_new_version_of_the_secret(self, advertising: World) -> None:
        lives(advertising)
        link, versions = token(asked(advertising)[0]), advertising.deps.secret.versions
        rotated = Secret({**versions, "2": b"b" * 64}, "2")
        advertising.deps = replace(advertising.deps, secret=rotated)
        objections.end_adverts(advertising.deps, link)
        assert objections.objected_at(advertising.deps, "northlight", MIRA)
        newest = Secret({**rotated.versions, "3": b"c" * 64}, "3")
        advertising.deps = replace(advertising.deps, secret=newest)
        assert objections.objected_at(advertising.deps, "northlight", MIRA)

    def test_links_for_other_purposes_and_forged_ones_end_nothing(self, advertising: World) -> None:
        lives(advertising)
        page = links.status_url(advertising.deps, advertising.store.tickets[samples.REF]).rpartition("/")[2]
        for forged in (page, token(asked(advertising)[0])[:-1], "", "x"):
            with pytest.raises(InvalidLink):
                objections.end_adverts(advertising.deps, forged)
        with pytest.raises(InvalidLink):
            links.open_status(advertising.deps, token(asked(advertising)[0]))
        assert advertising.store.objected == {}


class TestRecords:
    def test_an_export_says_when_they_objected(self, advertising: World) -> None:
        lives(advertising)
        before = subject_exports.export_subject(advertising.deps, PERSON, FakeRun())
        assert before["objected_to_adverts_at"] is None
        objections.end_adverts(advertising.deps, token(asked(advertising)[0]))
        after = subject_exports.export_subject(advertising.deps, PERSON | {"rebuild": True}, FakeRun())
        assert after["objected_to_adverts_at"] == advertising.clock().isoformat(timespec="seconds")

    def test_it_stays_after_an_erasure_without_the_address_and_the_answer_says_so(self, advertising: World) -> None:
        lives(advertising)
        link = token(asked(advertising)[0])
        assert "objection" not in erasing.erase_subject(advertising.deps, GONE | {"dry_run": True}, FakeRun())
        objections.end_adverts(advertising.deps, link)
        answer = erasing.erase_subject(advertising.deps, GONE, FakeRun())
        assert answer["complete"]
        assert "kept" in answer["objection"]
        assert records.found(advertising, MIRA) == []
        assert objections.objected_at(advertising.deps, "northlight", MIRA)

    def test_the_link_still_works_after_an_erasure(self, advertising: World) -> None:
        lives(advertising)
        link = token(asked(advertising)[0])
        erasing.erase_subject(advertising.deps, GONE, FakeRun())
        objections.end_adverts(advertising.deps, link)
        assert objections.objected_at(advertising.deps, "northlight", MIRA)
