"""A week at the shop for the screenshots: a dozen tickets in all the states that tickets can have."""

from local.shots import letters as letters
from local.shots.people import TOM, People

# The long thread: messages from each side, and messages between two moves of the clock.
_LONG, _AT_ONCE = 100, 20
Refs = dict[str, str]
"""The tickets' references by their names in the screenshots."""


def live(people: People) -> Refs:
    """Play the week; it ends on Thursday morning."""
    refs: Refs = {}
    _friday_and_monday(people, refs)
    _lobby(people, refs)
    _tuesday(people, refs)
    _wednesday(people, refs)
    _thursday(people, refs)
    people.read()
    return refs


def _friday_and_monday(people: People, refs: Refs) -> None:
    people.at("2026-11-20 15:10")
    lost = "Tracking says “in transit” and has said so since Friday. Is it lost?"
    refs["late"] = people.form(
        "Jonas Weber", "question", "Where is my order?", lost, topic="late", order_number="204200"
    )
    people.at("2026-11-23 09:20")
    html = letters.MIRA_HTML
    refs["main"] = people.opened_by_mail("Mira Holm", "Lamp arrived with a cracked shade", letters.MIRA, html=html)
    people.at("2026-11-23 11:40")
    people.act(refs["main"], "assign", to="ada@northlight.example")
    people.act(refs["main"], "change", kind="complaint", topic="damaged_in_transit", order_number="NL-2026-204117")
    people.act(refs["main"], "tag", tags="packaging, december")
    people.act(refs["main"], "note", text=letters.NOTE)
    people.at("2026-11-23 14:05")
    people.act(refs["main"], "answer", text=letters.ANSWER)
    sparks = "Every time I turn the wall lamp on there is a spark at the switch. I have stopped using it."
    more = {"topic": "faulty", "order_number": "118802", "purchase_date": "2025-02-03", "product": "Wall lamp Vega"}
    refs["ask"] = people.form("Agnieszka Wójcik", "warranty", "Switch sparks when turned on", sparks, **more)
    people.at("2026-11-23 16:20")
    people.act(refs["ask"], "assign", to=TOM)
    people.act(refs["ask"], "answer", TOM, text=letters.LABEL)


def _lobby(people: People, refs: Refs) -> None:
    """A thread of two hundred messages."""
    name, subject = "Hotel Seeblick", "Twelve lamps for our lobby, delivered in parts"
    refs["long"] = people.form(name, "complaint", subject, letters.LOBBY.format(number=1), topic="missed_delivery")
    people.read()
    to = people.sent_to("hotel.seeblick@example.com")["ReplyTo"][0]["Address"]
    for number in range(1, _LONG):
        if number % _AT_ONCE == 1:
            people.at(f"2026-11-23 {17 + number // _AT_ONCE}:05")
        people.mail(name, f"Re: {subject}", letters.LOBBY.format(number=number), to=to)
        people.act(refs["long"], "answer", TOM, text=letters.NEXT.format(number=number))
    people.read()


def _tuesday(people: People, refs: Refs) -> None:
    people.at("2026-11-24 08:50")
    gone = "The tracking says it was delivered on Saturday, but there is nothing here and no neighbour has it."
    more = {"topic": "not_received", "order_number": "204219"}
    refs["referred"] = people.form("Leonie Graf", "complaint", "Parcel says delivered, nothing here", gone, **more)
    back = "I sent the pendant back on 12 November. When do I get my money?"
    refs["owed"] = people.form(
        "Chidinma Okafor", "return", "Refund for a returned pendant", back, order_number="203977"
    )
    people.at("2026-11-24 10:15")
    people.act(refs["referred"], "assign", to="ada@northlight.example")
    asked = "Please tell us where, and with whom, this parcel was left."
    people.act(refs["referred"], "refer", to="swiftparcel", facts="order_number topic", text=asked)
    people.act(refs["owed"], "find", fault="seller", reason="The return was booked in, the refund was not.")
    people.act(refs["owed"], "remedy", remedy_kind="refund", owed_by="seller", note="189 euros")
    people.act(refs["owed"], "conclude", outcome="upheld", text=letters.FINDINGS)
    praise = "I only wanted to say that the Vega is even nicer than in the pictures."
    refs["closed"] = people.form("Per Nyström", "feedback", "The Vega is lovely", praise)


def _wednesday(people: People, refs: Refs) -> None:
    people.at("2026-11-25 09:30")
    refs["rtl"] = people.opened_by_mail("ليلى حداد", "مصباح مكسور", letters.LAYLA)
    refs["log"] = people.opened_by_mail("Iben Sørensen", "Log of the smart lamp", letters.LOG)
    people.act(refs["log"], "change", kind="warranty", topic="faulty")
    people.act(refs["closed"], "close", outcome="settled", reason="Praise; thanked by phone.")
    people.at("2026-11-25 14:30")
    subject = "Kronleuchter „Donaudampfschifffahrtsgesellschaft“: Reklamationsbearbeitungsverzögerung"
    words, email = "Ich warte seit zwei Wochen auf eine Antwort.", "graf@verwaltung.hohenlohe-langenburg.example"
    refs["names"] = people.form(letters.HOHENLOHE, "complaint", subject, words, email=email, language="de")
    people.read()
    last_mail = people.sent_to("mira.holm@example.com")
    people.mail("Mira Holm", f"Re: {last_mail['Subject']}", letters.THANKS, to=last_mail["ReplyTo"][0]["Address"])


def _thursday(people: People, refs: Refs) -> None:
    people.at("2026-11-26 09:05")
    dim = "Can I use the Polaris with an LED bulb and a dimmer?"
    refs["new"] = people.form("Tomás Ferreira", "question", "Is the Polaris dimmable?", dim)
    size = "I ordered the large one and need the small one. Can I still change it?"
    people.form("Inès Moreau", "return", "I ordered the wrong size", size, topic="wrong_size_ordered")
    people.form("Best Prices", "question", "Rank first", "https://cheap.example", further_details="x")
    people.mail("Prize Draw", "You have won", "Claim it now.", X_Local_Verdict="spam=FAIL")
    people.at("2026-11-26 10:40")
