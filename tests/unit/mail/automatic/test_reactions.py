"""Reactions without a part of their own: the shape tells them from what a person wrote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.mail.automatic import reactions
from chalicelib.mail.inbound import Address, Attachment, Mark, MarkCode
from chalicelib.mail.reading import read
from tests.unit.mail.mails import mail

MIRA = Address("Mira Holm", "mira@example.com")
REACTION = (Mark(MarkCode.REACTION),)
BLOCK = (
    '<hr><div id="divRplyFwdMsg" dir="ltr"><b>From:</b> Northlight &lt;care@help.northlight.example&gt;<br>'
    "<b>Sent:</b> Friday, November 27, 2026 10:12 AM<br><b>To:</b> Mira Holm &lt;mira@example.com&gt;<br>"
    "<b>Subject:</b> Lamp</div><div>A new one comes.</div>"
)
PLAIN_BLOCK = (
    "\n________________________________\nFrom: Northlight <care@help.northlight.example>\n"
    "Sent: Friday, November 27, 2026 10:12 AM\nTo: Mira Holm\nSubject: Lamp\n\nA new one comes.\n"
)
ATTRIBUTED = (
    "\n\nOn Fri, 27 Nov 2026 at 10:12, Northlight <care@help.northlight.example> wrote:\n\n> A new one comes.\n"
)
ABOUT = "<https://www.google.com/gmail/about/?utm_source=gmail-in-product&utm_campaign=emojireactionemail#app>"

LINES = [
    "Mira Holm reacted to your message:",
    "Mira Holm reacted via Gmail",
    "Mira has reacted to your email.",
    "👍 Mira Holm reacted to your message:",
    "[like] Mira Holm reacted to your message:",
    "👍\n\nMira reacted via Gmail",
    f"👍\n\nMira reacted via Gmail\n{ABOUT}",
    "Holm, Mira reacted to your message:",
    "mira@example.com reacted to your message:",
    "Mira Holm hat auf Ihre Nachricht reagiert:",
    "Mira Holm hat auf deine Nachricht reagiert:",
    "Mira Holm hat über Gmail reagiert",
    "Mira Holm a réagi à votre message :",
    "Mira Holm a réagi via Gmail",
    "Mira Holm ha reaccionado a tu mensaje:",
    "Mira Holm reaccionó a su mensaje:",
    "Mira Holm ha reaccionado a través de Gmail",
    "Mira Holm ha reagito al tuo messaggio:",
    "Mira Holm ha reagito tramite Gmail",
    "Mira Holm heeft gereageerd op uw bericht:",
    "Mira Holm heeft op je bericht gereageerd:",
    "Mira Holm heeft gereageerd via Gmail",
    "Mira Holm reagiu à sua mensagem:",
    "Mira Holm reagiu pelo Gmail",
    "Mira Holm reagerade på ditt meddelande:",
    "Mira Holm har reagerat via Gmail",
    "Mira Holm reagerede på din meddelelse:",
    "Mira Holm har reageret via Gmail",
    "Mira Holm reagerte på meldingen din:",
    "Mira Holm har reagert via Gmail",
    "Mira Holm zareagował(a) na Twoją wiadomość:",
    "Użytkownik Mira Holm zareagował przez Gmail",
    "Mira Holm reagoi viestiisi:",
    "Mira Holm reagoval(a) na vaši zprávu:",
    "Mira Holm отреагировал(а) на ваше сообщение:",
    "Mira Holm さんが Gmail でリアクションしました",
    "Mira Holm님이 Gmail을 통해 반응함",
    "Mira Holm 已通过 Gmail 做出回应",
]
WORDS = [
    "Mira Holm reacted to your message: she is furious.",
    "Mira Holm reacted to your message.\n\nGreat, thank you!",
    "Hello,\n\nMira Holm reacted to your message.",
    "Ole Brandt reacted to your message:",
    "My wife reacted to your message:",
    "Nobody has reacted to your message.",
    "Mira Holm reacted to your message:\n\n> A new one comes.\n\nBut when?",
    "I reacted via Gmail",
    "Mira Holm hat auf Ihre Nachricht reagiert und wartet noch.",
    "Warum hat niemand auf meine Nachricht reagiert?",
    "reacted to your message:",
    "👍",
    "Mira Holm",
]


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("below", [PLAIN_BLOCK, ATTRIBUTED], ids=["block", "attribution"])
def test_the_line_of_a_reaction_above_the_mail_is_a_machines(line: str, below: str) -> None:
    assert read(mail(line + below, subject="Re: Lamp")).automatic == REACTION


@pytest.mark.parametrize("picture", ["", '<img src="cid:e" alt="like"> ', "👍 ", "<p style='font-size:3em'>👍</p>"])
@pytest.mark.parametrize("below", [BLOCK, "<blockquote><div>A new one comes.</div></blockquote>"])
def test_outlooks_html_is_a_reaction(picture: str, below: str) -> None:
    line = f"<div>{picture}<span>Mira Holm</span> <span>reacted to your message:</span></div>"
    raw = mail(f"<html><body>{line}{below}</body></html>", content_type="text/html; charset=utf-8", subject="Re: Lamp")
    assert read(raw).automatic == REACTION


def test_a_reaction_without_a_quote_is_an_answer() -> None:
    line = "Mira Holm reacted to your message:\n"
    assert read(mail(line, in_reply_to="<a@b>")).automatic == REACTION
    assert read(mail(line, subject="Lamp")).automatic == ()


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("below", [PLAIN_BLOCK, ATTRIBUTED], ids=["block", "attribution"])
def test_a_person_who_writes_such_words_is_a_person(words: str, below: str) -> None:
    assert read(mail(words + below, subject="Re: Lamp")).automatic == ()


@pytest.mark.parametrize(("kind", "expected"), [("image/png", True), ("application/pdf", False)])
def test_a_reaction_has_no_files_but_its_picture(kind: str, expected: bool) -> None:
    file = Attachment("like.png", kind, "e", True, b"x")
    assert reactions.is_reaction(MIRA, "Mira Holm reacted to your message:", [file]) is expected


@pytest.mark.parametrize(
    ("name", "address", "expected"),
    [
        ("", "mira@example.com", True),
        ("", "m.holm@example.com", True),
        ("Mira", "post@example.com", True),
        ("Mira Holm (Firm)", "post@example.com", True),
        ("", "post@example.com", False),
        ("Mira Brandt", "post@example.com", False),
    ],
)
def test_the_name_may_be_a_part_of_the_senders(name: str, address: str, expected: bool) -> None:
    assert reactions.is_reaction(Address(name, address), "Mira Holm reacted to your message:", []) is expected


def test_a_mail_without_a_sender_is_no_reaction() -> None:
    assert not reactions.is_reaction(None, "Mira Holm reacted to your message:", [])


@given(st.text(alphabet="abc xyzäöü,?", min_size=1).filter(lambda words: any(map(str.isalpha, words))))
def test_words_behind_the_line_are_a_persons(words: str) -> None:
    assert not reactions.is_reaction(MIRA, f"Mira Holm reacted to your message: {words}", [])
