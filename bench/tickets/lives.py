"""What docs/cost.md says of lives besides a ticket's by form and mail: of chats and orders."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from bench.tickets import chats, life, orders
from bench.tickets.metering import Counts
from bench.tickets.prices import dollars
from bench.tickets.writing import TICKETS, money, of_step, steps_table


def chat(found: Mapping[str, Counts], by: Iterable[life.Step]) -> Counter[str]:
    """What a chat uses in its life, if its pages find what is new by these steps."""
    return sum((Counter(of_step(step, found[step.name])) for step in (*chats.STEPS, *by)), Counter())


def of_chats(found: Mapping[str, Counts]) -> Iterator[str]:
    by_looking, by_bells = (TICKETS * dollars(chat(found, by)) for by in (chats.BY_LOOKING, chats.BY_BELLS))
    yield "## A chat's life"
    yield (
        f"A customer and an agent say {chats.LINES} lines in {chats.MINUTES} minutes. **{TICKETS:,} chats cost "
        f"{money(by_bells)} with bells, and {money(by_looking)} without them**"
    )
    yield "(`Live=off`, or a network that lets no connection through): then both pages look every two seconds."
    yield ""
    ways = (("without bells", chats.BY_LOOKING), ("with bells", chats.BY_BELLS))
    for title, steps in (("what happens", chats.STEPS), *ways):
        yield from steps_table(title, steps, found)
    yield (
        "- An agent who has several chats says only once that somebody is there. The list of chats, while it is "
        "open, asks every five seconds."
    )
    yield "- Each request of the desk also reads the agent's session."
    yield (
        "- The words of each line become findable by themselves, so a search finds a chat while it runs. Not to do "
        "it before its end would save"
    )
    yield "  a part of one row, and what is most is the looking."
    yield (
        "- A month without chats costs what it did before there were chats: they have no schedule and no queue, an API "
        "of connections, a topic and"
    )
    yield (
        "  functions cost only when they are used, and the due-work run finds the clocks of chats by the same request "
        "as all others."
    )
    yield ""


def of_orders(found: Mapping[str, Counts]) -> Iterator[str]:
    whole = sum(dollars(of_step(step, found[step.name])) for step in orders.STEPS[:-1])
    yield "## An order's life"
    yield (
        "A shop's system tells of an order of three lines by our own events, and its customer gets three letters. "
        f"**{TICKETS:,} orders cost {money(TICKETS * whole)}.**"
    )
    yield ""
    yield from steps_table("what happens", orders.STEPS, found)
    yield (
        "None of it grows with the number of orders that are stored: the bench meters each event beside few and beside "
        "many, and fails if a unit differs."
    )
    yield ""
