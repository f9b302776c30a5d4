"""What services may expect of where connections are kept: run against the tests' fake and every available DynamoDB."""

import itertools
from datetime import timedelta

from chalicelib.rules.bells.connections import LIFE, PASS_LIFE, TYPING_EVERY, Pass, Side, connecting
from chalicelib.services.ports.bells.bells import Connections
from tests.support.store.fakes import START

_numbers = itertools.count(1)
SECOND = timedelta(seconds=1)


def given(ref: str, side: Side = Side.CUSTOMER) -> Pass:
    """A pass that no other test uses."""
    return Pass(f"pass-{next(_numbers)}", ref, "northlight", side, START + PASS_LIFE)


def fresh() -> tuple[str, str]:
    """A ticket and a connection that no other test uses."""
    number = next(_numbers)
    return f"NL-{number:05d}-BELLS", f"connection-{number}="


class BellContract:
    """What every store of connections promises."""

    def test_a_pass_can_be_used_for_a_minute(self, store: Connections) -> None:
        made = given(fresh()[0])
        store.put_pass(made)
        assert store.find_pass(made.id, START + PASS_LIFE - SECOND) == made
        assert store.find_pass(made.id, START + PASS_LIFE) is None
        assert store.find_pass("another", START) is None

    def test_a_pass_is_used_once(self, store: Connections) -> None:
        (ref, first), (_, second) = fresh(), fresh()
        made = given(ref)
        store.put_pass(made)
        assert store.connect(made, connecting(made, first, "1", START), START)
        assert store.find_pass(made.id, START) is None
        assert not store.connect(made, connecting(made, second, "2", START), START)
        assert [each.id for each in store.connections(ref, START)] == [first]

    def test_a_pass_that_is_over_lets_nobody_in(self, store: Connections) -> None:
        ref, id = fresh()
        made = given(ref)
        store.put_pass(made)
        late = START + PASS_LIFE
        assert not store.connect(made, connecting(made, id, "1", late), late)
        assert store.connections(ref, late) == []

    def test_a_place_is_taken_until_its_connection_is_over(self, store: Connections) -> None:
        (ref, first), (_, second) = fresh(), fresh()
        one, two = given(ref), given(ref)
        store.put_pass(one)
        assert store.connect(one, connecting(one, first, "1", START), START)
        store.put_pass(two)
        assert not store.connect(two, connecting(two, second, "1", START), START)
        # The pass is not lost by that.
        assert store.find_pass(two.id, START) == two
        later = START + LIFE
        assert store.connections(ref, later - SECOND) != []
        assert store.connections(ref, later) == []
        third = Pass(f"pass-{next(_numbers)}", ref, "northlight", Side.CUSTOMER, later + PASS_LIFE)
        store.put_pass(third)
        assert store.connect(third, connecting(third, second, "1", later), later)
        assert [each.id for each in store.connections(ref, later)] == [second]

    def test_a_place_is_taken_from_the_connection_that_is_named_and_from_no_other(self, store: Connections) -> None:
        (ref, first), (_, second), (_, third) = fresh(), fresh(), fresh()
        one, two, three = given(ref), given(ref), given(ref)
        for each in (one, two, three):
            store.put_pass(each)
        assert store.connect(one, connecting(one, first, "1", START), START)
        assert store.connect(two, connecting(two, second, "1", START), START, first)
        assert [each.id for each in store.connections(ref, START)] == [second]
        assert not store.connect(three, connecting(three, third, "1", START), START, first), "it has given way before"
        assert store.find_pass(three.id, START) == three
        store.disconnect(first)
        assert [each.id for each in store.connections(ref, START)] == [second], "the place is no longer its own"

    def test_who_hangs_up_gives_back_only_their_own_place(self, store: Connections) -> None:
        (ref, first), (_, second) = fresh(), fresh()
        one, later = given(ref), START + LIFE
        store.put_pass(one)
        store.connect(one, connecting(one, first, "1", START), START)
        two = Pass(f"pass-{next(_numbers)}", ref, "northlight", Side.CUSTOMER, later + PASS_LIFE)
        store.put_pass(two)
        store.connect(two, connecting(two, second, "1", later), later)
        store.disconnect(first)
        assert [each.id for each in store.connections(ref, later)] == [second]
        store.disconnect(second)
        store.disconnect(second)
        store.disconnect("never there")
        assert store.connections(ref, later) == []

    def test_a_connection_is_as_it_was_made(self, store: Connections) -> None:
        ref, id = fresh()
        made = given(ref, Side.DESK)
        store.put_pass(made)
        connection = connecting(made, id, "4", START)
        assert store.connect(made, connection, START)
        assert store.connections(ref, START) == [connection]
        assert store.note_typing(id, START) == connection

    def test_typing_is_noted_once_in_a_while_and_only_of_who_is_connected(self, store: Connections) -> None:
        ref, id = fresh()
        made = given(ref)
        store.put_pass(made)
        store.connect(made, connecting(made, id, "1", START), START)
        assert store.note_typing(id, START)
        assert store.note_typing(id, START + TYPING_EVERY - SECOND) is None
        assert store.note_typing(id, START + TYPING_EVERY)
        assert store.note_typing(id, START + LIFE) is None
        store.disconnect(id)
        assert store.note_typing(id, START + 2 * TYPING_EVERY) is None

    def test_what_is_gone_can_be_forgotten_again_and_again(self, store: Connections) -> None:
        """A run that ended in between leaves nothing that is never forgotten."""
        (ref, first), (_, second) = fresh(), fresh()
        one, two = given(ref), given(ref)
        held, other = connecting(one, first, "1", START), connecting(two, second, "2", START)
        for used, connection in ((one, held), (two, other)):
            store.put_pass(used)
            assert store.connect(used, connection, START)
        for _ in range(2):
            store.forget_connection(held)
        assert store.connections(ref, START) == [other]
        assert store.note_typing(first, START) is None
        assert store.note_typing(second, START) == other
