"""A farewell or the writer's name above an address is a signature; a company or a person that is spoken of is none."""

import pytest

from chalicelib.mail.reading import read
from tests.unit.mail.mails import mail
from tests.unit.mail.signatures.test_html_signatures import answer

BLOCK = "Anna Berg\nCustomer Care\nTel. +49 40 123456"
SPOKEN_OF = [
    "Hi Kim,\n\nThanks\nAnna will call you tomorrow\nat +44 20 1234 5678",
    "der Hersteller ist:\n\nLG\nElectronics GmbH\nTel. +49 6196 1234567",
    "bitte wenden Sie sich an:\n\nVG\nBild Kunst AG\nwww.bildkunst.example",
    "Return address：\n\nBest\nNorthlight\nHafenstr. 5\n20457 Hamburg\nTel. +49 40 123456",
    "Tracking:\n\nThanks\nDHL\nhttps://dhl.example/1",
    "please call\nAnna Berg\n+44 20 1234 5678",
    "please call\n\nAnna Berg\n+44 20 1234 5678",
    "please contact\n\nAnna Berg\nNorthlight\n+44 20 1234 5678",
    "The number is\n\nAnna Berg\nNorthlight\n+44 20 1234 5678",
    "Please ask\nAnna\n+44 20 1234 5678",
    "It is done. Please ask.\nAnna Berg\n+44 20 1234 5678",
    "Hi Kim,\n\nyour contact is:\n\nAnna Berg\nanna@shop.example\n\nShe is in from 9",
    "Please return it to this address.\nAnna Berg\nHafenstr. 5\n20457 Hamburg\n+49 40 123456",
    "Bitte senden Sie die Lampe an mich.\nAnna Berg\nHafenstr. 5\n20457 Hamburg\n030 1234567",
    "You find us here.\nAnna Berg\n12 High Street\nLondon\n+44 20 1234 5678",
    "Yes, it is from\nAnna Berg\nNorthlight GmbH\n+49 40 123456",
    "It is done:\nAnna Berg\n030 1234567",
    "Who is it?\nAnna Berg\n030 1234567",
    "Anna Berg\nwe ship Mon-Fri\n030 1234567 is the number to call",
    "It is done.\n\nAnna\nwill call you at +44 20 1234 5678",
    "Options:\n__\nA\nB",
    "Hi Kim, yes.\n\n--\nthe lamp is ready for pickup",
    "Hi Kim,\n\nserial number:\n________\n\nplease fill in above",
]
ENDED = [
    "Yes.",
    "Yes",
    "Vielen Dank",
    "Vielen Dank!",
    "We ship tomorrow.",
    "see https://shop.example/a",
    "We ship :)",
    "We ship tomorrow",
]


def new(text: str) -> str:
    return read(mail(text, From="Anna Berg <anna@shop.example>", subject="Re: Order", in_reply_to="<a@b.c>")).new


@pytest.mark.parametrize("text", SPOKEN_OF)
def test_a_company_or_a_person_that_is_spoken_of_stays(text: str) -> None:
    assert new(text) == text


@pytest.mark.parametrize("words", ENDED)
def test_the_writers_name_above_an_address_begins_the_signature(words: str) -> None:
    assert new(f"{words}\n\n{BLOCK}") == words
    assert new(f"{words}\n\nAnna\nNorthlight\n+49 40 123456") == words
    assert new(f"{words}\n\nBest regards,\n{BLOCK}") == words


@pytest.mark.parametrize(
    "block", [f"--\n{BLOCK}", f"-- \n{BLOCK}", f"Best regards\n{BLOCK}", "--\nCare\n+49 40 123456"]
)
def test_a_postscript_stays_where_the_signature_above_it_is_cut(block: str) -> None:
    for last in ("PS: label attached", "P.S. Please use the label before Friday."):
        assert new(f"Yes.\n\n{block}\n\n{last}") == f"Yes.\n\n{last}"
        assert new(f"{block}\n\n{last}") == last
        assert new(f"Yes.\n{last}") == f"Yes.\n{last}"


@pytest.mark.parametrize("block", [f"Best regards\n{BLOCK}", f"LG\n{BLOCK}", f"--\n{BLOCK}", f"-- \n{BLOCK}"])
def test_a_farewell_below_a_colon_is_a_farewell_above_the_writers_name(block: str) -> None:
    assert new(f"Here it is:\n\n{block}") == "Here it is:"


def test_a_picture_below_a_colon_is_what_the_words_lead_to() -> None:
    signature = f"<p>{BLOCK.replace(chr(10), '<br>')}</p>"
    read_as = answer(f"<p>This is the lamp:</p><p><img src='cid:a'></p>{signature}")
    assert read_as.new == "This is the lamp:"
    assert [one.shown for one in read_as.attachments] == ["new", "old"]


@pytest.mark.parametrize("farewell", ["", "<div>Best regards</div>"])
def test_a_table_with_a_logo_and_the_writers_name_is_a_signature(farewell: str) -> None:
    cells = f"<td><img src='cid:a'></td><td>{BLOCK.replace(chr(10), '<br>')}</td>"
    read_as = answer(f"<div>Yes.</div>{farewell}<table><tr>{cells}</tr></table>")
    assert read_as.new == "Yes."
    assert [one.shown for one in read_as.attachments] == ["old", "old"]


@pytest.mark.parametrize("attribute", ['class="io-ox-signature"', 'id="signature_old"', 'class="hs_signature"'])
def test_more_clients_elements(attribute: str) -> None:
    assert answer(f"<div>Yes.</div><div {attribute}>Anna Berg<br>We are Northlight.</div>").new == "Yes."


SIGNED = ["Best regards\nAnna Berg\nNorthlight GmbH\n030 1234567", "-- \nAnna Berg\nWe answer today.", f"--\n{BLOCK}"]


@pytest.mark.parametrize("block", [*SIGNED, BLOCK])
@pytest.mark.parametrize("last", ["PS: please keep the box.", "P.S. Please use the label before Friday."])
def test_a_signature_below_a_postscript_goes(last: str, block: str) -> None:
    for text in (f"Text.\n{last}", f"Text.\n\n{last}", last, f"Text.\n\nBest\nAnna\n\n{last}"):
        assert new(f"{text}\n\n{block}") == text
    assert new(f"Text.\n\nBest regards\n{BLOCK}\n\n{last}\n\n{block}") == f"Text.\n\n{last}"


def test_a_postscript_below_words_stays_as_it_is() -> None:
    for text in ("Text.\n***\nPS: the box", "Text.\n\nPS: please call\nAnna Berg\n+44 20 1234 5678", "PS: 1\n\nPS: 2"):
        assert new(text) == text


@pytest.mark.parametrize("sign", ["i.A.", "i. A.", "i.V.", "p.p.", "ppa."])
def test_a_signature_on_behalf_of_the_shop_is_a_signature(sign: str) -> None:
    block = f"Mit freundlichen Grüßen\n{sign} Anna Berg\nKundenservice\nNorthlight GmbH\nHauptstr. 5\n10115 Berlin"
    for last in ("", "\nGeschäftsführer: Kim Lee", "\n\n030 1234567"):
        read_as = read(mail(f"Text here.\n\n{block}{last}"))
        assert (read_as.reply, read_as.signature) == ("Text here.", block + last)
        assert new(f"Text here.\n\n{block}{last}") == "Text here."


def test_a_line_that_begins_otherwise_is_no_name() -> None:
    text = "Text here.\n\nMit freundlichen Grüßen\nin Berlin kommt es Montag\nNorthlight GmbH"
    assert read(mail(text)).reply == text


WISHES = ["Einen schönen Tag wünscht", "Have a nice day!", "Schönen Abend noch", "Bonne journée", "Miłego dnia"]
SIGNERS = ["Anna Berg\n030 1234567", BLOCK, "Anna\nNorthlight\n030 1234567"]


@pytest.mark.parametrize("block", SIGNERS)
def test_a_wish_right_above_the_writers_name_takes_leave(block: str) -> None:
    for wish in WISHES:
        assert new(f"Text here.\n\n{wish}\n{block}") == "Text here."
        assert new(f"We ship tomorrow\n\n{wish}\n{block}") == "We ship tomorrow"
        assert new(f"{wish}\n{block}") == ""
        assert new(f"Text here.\n\n{wish}\nKim Lee\nwill call you") == f"Text here.\n\n{wish}\nKim Lee\nwill call you"


@pytest.mark.parametrize("block", SIGNERS)
@pytest.mark.parametrize(
    "words", ["Please call me.", "We send it today.", "We ship tomorrow!", "Hi Kim,\n\nit is done."]
)
def test_the_writers_name_right_below_a_sentence_begins_the_signature(words: str, block: str) -> None:
    assert new(f"{words}\n{block}") == words


@pytest.mark.parametrize(
    "hours", ["Ich bin Mo-Fr erreichbar", "Ich bin Mo-Fr von 9-17 Uhr erreichbar.", "Mon-Fri 9-17 h"]
)
def test_hours_below_the_name_belong_to_the_signature(hours: str) -> None:
    block = f"Anna Berg\n{hours}\n030 1234567"
    assert new(block) == ""
    for above in ("", "Best regards\n"):
        assert new(f"Yes.\n\n{above}{block}") == "Yes."
