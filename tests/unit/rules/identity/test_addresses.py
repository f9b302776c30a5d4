"""Invisible marks around an address, as other programs add them, are removed."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import InvalidFields
from chalicelib.rules.intake import submission
from chalicelib.rules.tickets.messages import Person
from chalicelib.services import console_events
from chalicelib.services.access import signing_in
from chalicelib.services.actions import contacts
from chalicelib.services.actions.action_input import ActionInput
from chalicelib.services.desk import searching
from tests.support.store.fakes import World
from tests.unit.rules.intake.test_submission import SHOP, TODAY

UNSEEN = (
    *map(chr, (*range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, *range(0x2066, 0x206A), 0xFEFF, 0xAD, 0x180E)),
    *map(chr, (0x20, 0x9, 0xA, 0xD, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000)),
    *map(chr, (0x34F, 0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0, 0xFE0F, 0x0, 0x7F, 0x85, 0x061C, 0xE0020)),
)
marks = st.lists(st.sampled_from(UNSEEN), max_size=6).map("".join)


@pytest.mark.parametrize("mark", UNSEEN, ids=lambda mark: f"U+{ord(mark):04X}")
def test_each_mark_is_removed_at_both_ends_and_kept_inside(mark: str) -> None:
    assert submission.address(f"{mark}kay@example.com{mark}{mark}") == "kay@example.com"
    within = f"ka{mark}y@example.com"
    assert submission.address(within) == within
    assert not submission.is_address(within)


@given(marks, marks)
def test_several_marks_are_removed_in_any_order(before: str, after: str) -> None:
    assert submission.read({"email": f"{before}kay@bücher.example{after}", "message": "x"}, SHOP, TODAY).email == (
        "kay@bücher.example"
    )
    assert submission.address(before + after) == ""


@given(st.text())
def test_visible_characters_are_never_removed(text: str) -> None:
    left = submission.address(text)
    assert left in text
    assert submission.address(left) == left
    for end in (left[:1], left[-1:]):
        assert not end or unicodedata.category(end) not in ("Cf", "Cc", "Zs")


def test_an_address_of_only_marks_counts_as_missing() -> None:
    with pytest.raises(InvalidFields) as fault:
        submission.read({"email": "\u200b\u2060\ufeff", "message": "x"}, SHOP, TODAY)
    assert fault.value.codes == {"email": "missing"}


class TestEveryInput:
    WRITTEN = "\u202a\u00a0Kay@Example.com\u200b\u202c\ufeff"

    def test_the_consoles_events(self) -> None:
        assert console_events.address(json.loads(json.dumps({"email": self.WRITTEN}))) == "kay@example.com"

    def test_a_contact_at_the_desk(self, world: World) -> None:
        fields = {"channel": "phone", "notes": "They called.", "address": self.WRITTEN}
        said = ActionInput(fields, Person("Ada Lindqvist", world.shop.agents[0].address))
        ticket, _ = contacts.log_contact(world.deps, world.shop, said, "1")
        assert ticket.requester.address == "Kay@Example.com"

    def test_the_desks_search(self, world: World) -> None:
        found = searching.search(world.deps, {world.shop.id: world.shop.agents[0]}, self.WRITTEN, "en")
        assert found.by == "address"

    def test_the_sign_in_form(self, world: World) -> None:
        signing_in.ask(world.deps, f"\u200b{world.shop.agents[0].address}\u200b", "192.0.2.1", "/desk", "en")
        assert [mail.recipient for mail in world.mailer.sent] == [world.shop.agents[0].address]
