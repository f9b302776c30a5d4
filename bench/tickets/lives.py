"""What docs/cost.md says of other lives than that of a ticket by form: of chats, conversations by a messenger and
orders."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from bench.tickets import chats, life, messages, orders
from bench.tickets.metering import Counts
from bench.tickets.prices import dollars
from bench.tickets.writing import TICKETS, money, of_step, steps_table


def chat(found: Mapping[str, Counts], by: Iterable[life.Step]) -> Counter[str]:
    """What a chat uses in its life, if its pages find what is new by these steps."""
    return sum((Counter(of_step(step, found[step.name])) for step in (*chats.STEPS, *by)), Counter())


def conversation(found: Mapping[str, Counts], steps: Iterable[life.Step] = messages.STEPS) -> Counter[str]:
    """What a conversation by a messenger uses in its life."""
    return sum((Counter(of_step(step, found[step.name])) for step in steps), Counter())


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
    yield (
        "- A chat that nobody takes in time rings at the pages of all who are in a chat of the shop: one write of its "
        "ticket, two requests to the table,"
    )
    yield "  and for each of those chats a message of the topic, a run of `ring_bells` and its request to the table."
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


def of_messages(found: Mapping[str, Counts]) -> Iterator[str]:
    by_door, by_topic = (conversation(found, steps) for steps in (messages.STEPS, messages.by_topic()))
    of_each, whole = TICKETS / messages.MESSAGES, dollars(by_door)
    (told,) = (step for step in messages.STEPS if step.name == messages.PASSED_ON)
    telling = dollars(of_step(told, found[told.name]))
    mails = dollars({"mails sent": by_door["mails sent"]})
    yield "## A messenger's conversation"
    yield (
        f"A customer and an agent write {messages.EACH} messages each by WhatsApp, and the first is confirmed there. "
        f"**{TICKETS:,} messages, which are {of_each:,.0f}"
    )
    yield (
        f"such conversations, cost {money(of_each * whole)}** by Meta's webhook, and "
        f"{money(of_each * dollars(by_topic))} where AWS End User Messaging publishes them to a topic."
    )
    yield ""
    yield from steps_table("what happens", messages.STEPS, found)
    yield (
        "- **What the provider asks for its messages is not in it.** It depends on provider, country and day: ask "
        "Meta, AWS End User Messaging or Twilio, who bill"
    )
    yield "  it. Telegram asks nothing for them."
    yield (
        f"- Of each message of ours Meta tells by {len(messages.TOLD)} events how far it has come, which is "
        f"{telling / whole:.0%} of it. Where it puts several into one event, it is less."
    )
    yield (
        f"- Mails to the agent are {mails / whole:.0%} of it: one for each "
        "message of the customer, if they come more than five minutes apart."
    )
    yield "- Files that come with a message are not counted: each is read from the provider and put once."
    yield (
        "- A month without messages costs what it did before there were messengers: they use the door, the queue and "
        "the functions of shops' events, and have"
    )
    yield (
        "  no schedule of their own. But each run of `send_digests`, one in a quarter of an hour, asks five times for "
        "each shop whether a token is refused: $0.001 a month."
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
