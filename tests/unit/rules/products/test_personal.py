"""What is published holds nothing of the person who asked, however it is written; and a plain answer is published."""

import string
from collections.abc import Callable

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from chalicelib.rules.products.folding import plain
from chalicelib.rules.products.personal import PARTICLES, Asker, Trace, traces

NAMES = (
    "Mira Holm", "Jürgen Müller", "Anna-Lena Groß", "Seán O'Brien", "Zoë Brontë", "Łukasz Wójcik", "Bjørn Sørensen",
    "Ayşe Yılmaz", "María José García", "Nguyễn Thị Hạnh", "Иван Петров", "王小明", "Freya Þórsdóttir", "Jo Ng",
    "François Lefèvre", "Käthe Kruse", "Otto von Bismarck", "Ludwig van der Rohe", "Noémie d'Aubigné", "Hans Sachs",
)  # fmt: skip
FRAMES = (
    "Does it dim?\n{} wanted to know. Yes, it does.",
    "Can it be dimmed, asks {}. It can.",
    "Lässt sie sich dimmen? Das fragte {} gestern. Ja, mit jedem Dimmer.",
    "Passt die Lampe zu {} Tisch? Ja.",
    "{}",
)
PLAIN = (
    "Does the lamp dim? Yes: it dims with every dimmer for LED lamps from 3 to 60 W.",
    "How long is the cable? 2.50 m, of which 1.80 m to the switch. It needs 220–240 V, 50/60 Hz.",
    "Is it 120 x 60 cm or 120 x 75 cm? 120 x 60 cm, and it weighs 4.2 kg.",
    "Passt eine Birne E27 mit 9 W? Ja, bis 60 W, und auch die LED mit 2700 K.",
    "Wann ist sie wieder da? Im Frühjahr 2027. Die Garantie beträgt 5 Jahre, gesetzlich sind es 2.",
    "Kann ich sie im Bad benutzen? Ja, ab 60 cm Abstand zur Wanne (IP44).",
)
ASKER = Asker(
    ("Mira Holm",),
    ("mira.holm87@post.example",),
    ("2041", "NL-7K3F9-QXMT2"),
    ("+49 30 5551234",),
    ("Lichtweg 7", "10115", "Potsdam"),
)

letters = st.sampled_from(string.ascii_letters + "äöüßéèñçøåłÄÖÜ")
part = st.text(letters, min_size=2, max_size=12).filter(lambda text: text.casefold() not in {"at", "ät"})
names = st.lists(part, min_size=1, max_size=3).map(" ".join) | st.sampled_from(NAMES)
separators = st.sampled_from(["", " ", "-", ".", " - ", "\n", "\u00ad", "\u200b", "_"])


def umlauts(text: str) -> str:
    pairs = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}
    return "".join(pairs.get(letter, letter) for letter in text)


SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "capitals": str.upper,
    "small": str.lower,
    "two letters for an umlaut": umlauts,
    "genitive": lambda name: f"{name}s",
    "English genitive": lambda name: f"{name}'s",
    "typographic genitive": lambda name: f"{name}’s",
    "after s": lambda name: f"{name}'",
    "plural": lambda name: f"{name}ens",
    "adjective": lambda name: f"{name}sche",
    "as one word": lambda name: name.replace(" ", ""),
    "turned round": lambda name: ", ".join(reversed(name.split())),
    "one part": lambda name: max(name.split(), key=len),
    "last part": lambda name: f"Frau {name.split()[-1]}",
    "first of a compound": lambda name: f"{name.split()[-1]}-Lampe",
    "in emphasis": lambda name: f"**{name}**",
    "full width": lambda name: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in name),
}


def parts_are_words(name: str) -> bool:
    return bool({plain(name.split()[-1]), plain(max(name.split(), key=len))} & PARTICLES)


@given(names, st.sampled_from(FRAMES), st.sampled_from(sorted(SPELLINGS)))
@example("Hans Sachs", FRAMES[3], "genitive")
@example("Jürgen Müller", FRAMES[0], "two letters for an umlaut")
def test_a_name_is_found_in_every_spelling(name: str, frame: str, spelling: str) -> None:
    """By one part only where that part is no word of the language, such as "von"."""
    assume(("part" not in spelling and "compound" not in spelling) or not parts_are_words(name))
    assert Trace.NAME in traces(frame.format(SPELLINGS[spelling](name)), Asker(names=(name,)))


@given(names, st.sampled_from(FRAMES), st.data())
def test_a_name_is_found_in_pieces(name: str, frame: str, data: st.DataObject) -> None:
    """Divided anywhere, by anything that a reader reads over."""
    known = [part for part in name.split() if len(part) > 1 and plain(part) not in PARTICLES]
    assume(known)
    word = data.draw(st.sampled_from(known))
    at = data.draw(st.integers(1, len(word) - 1))
    pieces = f"{word[:at]}{data.draw(separators)}{word[at:]}"
    assert Trace.NAME in traces(frame.format(pieces), Asker(names=(name,)))
    assert Trace.NAME in traces(frame.format(" ".join(word)), Asker(names=(name,)))


local = st.text(st.sampled_from(string.ascii_lowercase + string.digits + "._-"), min_size=3, max_size=20).filter(
    lambda text: sum(c.isalnum() for c in text) > 2
)
domain = st.from_regex(r"[a-z]{2,10}(-[a-z]{2,6})?\.(de|com|co\.uk|example)", fullmatch=True)
MAILED: dict[str, Callable[[str, str], str]] = {
    "as it is": lambda local, domain: f"{local}@{domain}",
    "capitals": lambda local, domain: f"{local}@{domain}".upper(),
    "spoken": lambda local, domain: f"{local} at {domain.replace('.', ' dot ')}",
    "spoken in German": lambda local, domain: f"{local} ät {domain.replace('.', ' Punkt ')}",
    "in brackets": lambda local, domain: f"{local} (at) {domain.replace('.', ' [dot] ')}",
    "in pieces": lambda local, domain: f"{local} @ {domain.replace('.', ' . ')}",
    "as a link": lambda local, domain: f"mailto:{local}@{domain}",
    "full width": lambda local, domain: f"{local}＠{domain}",
    "without a sign": lambda local, domain: f"{local}{domain}",
}


@given(local, domain, st.sampled_from(FRAMES), st.sampled_from(sorted(MAILED)))
def test_an_address_is_found_in_every_spelling(local: str, domain: str, frame: str, spelling: str) -> None:
    text = frame.format(MAILED[spelling](local, domain))
    assert Trace.ADDRESS in traces(text, Asker(addresses=(f"{local}@{domain}",)))


@given(local, domain, st.sampled_from(FRAMES))
def test_anybodys_address_is_found(local: str, domain: str, frame: str) -> None:
    assert Trace.ADDRESS in traces(frame.format(f"{local}@{domain}"), Asker())


@given(
    st.from_regex(r"(#|NL-|AB|2026-)?[1-9][0-9]{2,7}", fullmatch=True),
    st.sampled_from(FRAMES),
    st.sampled_from(["{}", "#{}", "Nr. {}", "No.{}", "order{}", "({})", "{}."]),
    st.sampled_from(["", " ", "-", ".", "/", "\u2009"]),
    st.data(),
)
def test_an_order_number_is_found_in_pieces_too(
    number: str, frame: str, around: str, between: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(1, len(number) - 1))
    written = around.format(f"{number[:at]}{between}{number[at:]}")
    assert Trace.NUMBER in traces(frame.format(written), Asker(numbers=(number,)))


@pytest.mark.parametrize(
    "words",
    [
        "two zero four one",
        "Zwei-null-vier-eins",
        "zwo null vier eins",
        "zweitausendeinundvierzig",
        "Zweitausend einundvierzig",
        "two thousand and forty-one",
        "twenty forty-one",
        "zwanzig einundvierzig",
        "２０４１",
        "٢٠٤١",
    ],
)
def test_an_order_number_is_found_in_words_and_other_digits(words: str) -> None:
    assert Trace.NUMBER in traces(f"My order is {words}.", ASKER)


_SMALL = ["null", "ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf"]
_TEENS = ["dreizehn", "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn"]
_TENS = ["zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"]


def in_german(number: int) -> str:
    if number >= 1000:
        return f"{in_german(number // 1000)}tausend{in_german(number % 1000) if number % 1000 else ''}"
    if number >= 100:
        return f"{_SMALL[number // 100]}hundert{in_german(number % 100) if number % 100 else ''}"
    if number < 20:
        return [*_SMALL, *_TEENS][number]
    return f"{_SMALL[number % 10]}und{_TENS[number // 10 - 2]}" if number % 10 else _TENS[number // 10 - 2]


@given(st.integers(100, 999_999))
def test_an_order_number_is_found_as_a_german_word(number: int) -> None:
    words = in_german(number) + ("s" if number % 100 == 1 else "")
    assert Trace.NUMBER in traces(f"Meine Bestellung ist {words}.", Asker(numbers=(f"NL-{number}",)))


@pytest.mark.parametrize(
    ("text", "trace"),
    [
        ("Ask 030 555 12 34.", Trace.PHONE),
        ("Ruf +49 (0)30/555-1234 an.", Trace.PHONE),
        ("Call 01525 7654321.", Trace.PHONE),  # anybody's
        ("It goes to Lichtweg 7.", Trace.PLACE),
        ("Liefern Sie in den LICHTWEG?", Trace.PLACE),
        ("Do you deliver to 1 0 1 1 5?", Trace.PLACE),
        ("Liefern Sie nach Potsdam?", Trace.PLACE),
        ("Ich wohne in der Hauptstraße 12.", Trace.PLACE),  # anybody's
        ("I live at 7 Garden Lane.", Trace.PLACE),
        ("See NL-7K3F9-QXMT2.", Trace.NUMBER),
        ("See nl 7k3f9 qxmt2.", Trace.NUMBER),
        ("See KE-1AB2C-3DE4F.", Trace.NUMBER),  # anybody's
        ("See https://care.example/t/abc.", Trace.LINK),
    ],
)
def test_telephones_places_references_and_links_are_found(text: str, trace: Trace) -> None:
    assert trace in traces(text, ASKER)


@pytest.mark.parametrize("text", PLAIN)
def test_a_plain_answer_holds_nothing(text: str) -> None:
    assert traces(text, ASKER) == ()


plain_names = st.lists(
    st.text(string.ascii_lowercase, min_size=4, max_size=12).map(str.capitalize), min_size=1, max_size=3
).map(" ".join)


@given(plain_names, st.sampled_from(PLAIN))
def test_what_does_not_name_them_is_published(name: str, text: str) -> None:
    """Only words that are themselves in the text, in some spelling, are taken for a name."""
    folded = "".join(c for c in umlauts(text).lower() if c.isalnum())
    parts = [umlauts(part).lower() for part in name.replace("-", " ").replace("'", " ").split()]
    assume(not any(part in folded for part in parts))
    assert Trace.NAME not in traces(text, Asker(names=(name,)))
