"""The original writer of a forwarded mail: attached, below a header block, on one line, or below an attribution."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.mail.inbound import Address, Forwarded
from chalicelib.mail.reading import read
from tests.unit.mail.mails import mail, multipart, part

MIRA = "Mira Holm <mira@example.com>"
OTHER = "depot@supplier.example"


def forwarded(text: str, subject: str = "Fwd: Lamp") -> Forwarded:
    found = read(mail(text, subject=subject, content_type="text/plain; charset=utf-8")).forwarded
    assert found is not None
    return found


def address(found: Forwarded) -> str:
    return found.sender.address if found.sender else ""


LABELS = {
    "bg": ("Препратено съобщение", "От", "Дата", "Относно", "До", "Отговор до"),
    "ca": ("Missatge reenviat", "De", "Data", "Assumpte", "Per a", "Respon a"),
    "cs": ("Přeposlaná zpráva", "Od", "Datum", "Předmět", "Komu", "Odpověď na"),
    "da": ("Videresendt meddelelse", "Fra", "Dato", "Emne", "Til", "Svar til"),
    "de": ("Weitergeleitete Nachricht", "Von", "Datum", "Betreff", "An", "Antwort an"),
    "el": ("Προωθημένο μήνυμα", "Από", "Ημερομηνία", "Θέμα", "Προς", "Απάντηση σε"),
    "en": ("Forwarded message", "From", "Date", "Subject", "To", "Reply-To"),
    "es": ("Mensaje reenviado", "De", "Fecha", "Asunto", "Para", "Responder a"),
    "et": ("Edastatud kiri", "Saatja", "Kuupäev", "Teema", "Adressaat", "Vasta aadressile"),
    "fi": ("Välitetty viesti", "Lähettäjä", "Päivämäärä", "Aihe", "Vastaanottaja", "Vastausosoite"),
    "fr": ("Message transféré", "De", "Date", "Sujet", "Pour", "Répondre à"),
    "hr": ("Proslijeđena poruka", "Šalje", "Datum", "Naslov", "Prima", "Odgovori na"),
    "hu": ("Továbbított üzenet", "Feladó", "Dátum", "Tárgy", "Címzett", "Válaszcím"),
    "it": ("Messaggio inoltrato", "Da", "Data", "Oggetto", "A", "Rispondi a"),
    "ja": ("転送メッセージ", "差出人", "日付", "件名", "宛先", "返信先"),
    "ko": ("전달된 메시지", "보낸 사람", "날짜", "제목", "받는 사람", "답장 받을 주소"),
    "nb": ("Videresendt melding", "Fra", "Dato", "Emne", "Til", "Svar til"),
    "nl": ("Doorgestuurd bericht", "Van", "Datum", "Onderwerp", "Aan", "Antwoord aan"),
    "pl": ("Przekazana wiadomość", "Nadawca", "Data", "Temat", "Adresat", "Odpowiedz do"),
    "pt": ("Mensagem reencaminhada", "De", "Data", "Assunto", "Para", "Responder para"),
    "ro": ("Mesaj redirecționat", "Expeditorul", "Dată", "Subiectul", "Destinatarul", "Răspuns către"),
    "ru": ("Пересылаемое сообщение", "Отправитель", "Дата", "Тема", "Кому", "Ответить"),
    "sk": ("Preposlaná správa", "Odosielateľ", "Dátum", "Predmet", "Komu", "Odpovedať"),
    "sl": ("Posredovano sporočilo", "Pošiljatelj", "Datum", "Zadeva", "Za", "Odgovor na"),
    "sv": ("Vidarebefordrat meddelande", "Från", "Datum", "Ämne", "Till", "Svar till"),
    "tr": ("İletilmiş Mesaj", "Kimden", "Tarih", "Konu", "Kime", "Yanıt adresi"),
    "uk": ("Переслане повідомлення", "Від кого", "Дата", "Тема", "Кому", "Відповісти"),
    "vi": ("Thư đã chuyển tiếp", "Từ", "Ngày", "Chủ đề", "Đến", "Trả lời"),
    "zh": ("转发的邮件", "发件人", "日期", "主题", "收件人", "回复至"),
    "zh-tw": ("轉寄的郵件", "寄件者", "日期", "主旨", "收件者", "回覆至"),
}
# The order of the fields after the marker's position: from, date, subject, to, reply-to.
ORDERS = {
    "gmail": (1, 2, 3, 4, 5),
    "thunderbird": (3, 2, 1, 5, 4),
    "outlook": (1, 2, 4, 5, 3),
    "mixed": (4, 5, 3, 2, 1),
}
VALUES = ("", MIRA, "Sun, 1 Mar 2026 15:51:30 +0100", "My lamp", OTHER, "answers@example.org")


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS.keys())
@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS.keys())
def test_the_first_writer_in_every_language_and_order(labels: tuple[str, ...], order: tuple[int, ...]) -> None:
    block = "\n".join(f"{labels[index]}: {VALUES[index]}" for index in order)
    found = forwarded(f"Please see to it.\n\n---------- {labels[0]} ----------\n{block}\n\nIt broke.", "Lamp")
    assert found.sender == Address("Mira Holm", "mira@example.com")
    assert found.reply_to == Address("", "answers@example.org")
    assert (found.note, found.text, found.subject, found.certain) == ("Please see to it.", "It broke.", "My lamp", True)
    assert found.date is not None
    assert (found.date.month, found.date.day) == (3, 1)


@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS.keys())
def test_a_block_on_one_line(labels: tuple[str, ...]) -> None:
    _, sender, date, subject, to, _ = labels
    line = (
        f"   ----- {labels[0]} ----- {sender}: {MIRA}{to}: <{OTHER}>"
        f"{date}: Sunday, March 1, 2026, 09:26:50 AM GMT+1{subject}: My lamp"
    )
    found = forwarded(f"Please see to it.\n\n{line}\nIt broke.", "Lamp")
    assert found.sender == Address("Mira Holm", "mira@example.com")
    assert (found.note, found.text, found.subject, found.certain) == ("Please see to it.", "It broke.", "My lamp", True)


@pytest.mark.parametrize(
    "line",
    [
        'On 01/03/2026, 09:26, "Mira Holm" <mira@example.com> wrote:',
        'Am 01.03.26, 09:26 schrieb "Mira Holm" <mira@example.com>:',
        "Le 01/03/2026 09:26, « Mira Holm » <mira@example.com> a écrit :",
        'El 1/3/26 9:26, "Mira Holm" <mira@example.com> escribió:',
        'Il giorno 01/03/26, 09:26 "Mira Holm" <mira@example.com> ha scritto:',
        'Op 01-03-2026 09:26 heeft "Mira Holm" <mira@example.com> geschreven:',
        'Em 01/03/26, 09:26, "Mira Holm" <mira@example.com> escreveu:',
        "Den 2026-03-01 09:26 skrev ”Mira Holm” följande <mira@example.com>:",
        'Den 01.03.2026 09.26 skrev "Mira Holm" <mira@example.com> følgende:',
        '"Mira Holm" <mira@example.com> kirjoitti 1.3.2026 kello 9.26:',
        "Dnia 01.03.2026, 09:26 „Mira Holm” <mira@example.com> napisał(a):",
        "01.03.2026 9:26, autor: „Mira Holm“ <mira@example.com>:",
        '01.03.2026, 09:26 пользователь "Mira Holm" <mira@example.com> написал:',
        '2026. 03. 01. 9:26 időpontban "Mira Holm" <mira@example.com> ezt írta:',
        '2026/03/01 9:26 に、"Mira Holm" <mira@example.com> を書き込みました:',
        "在 2026/3/1 09:26，“Mira Holm” <mira@example.com> 写入:",
        '2026. 3. 1. 9:26에 "Mira Holm" <mira@example.com>님이 작성:',
        'Tarih: 01.03.2026 09:26, "Mira Holm" <mira@example.com> şunu yazdı:',
    ],
)
def test_an_attribution_under_a_forwarding_subject(line: str) -> None:
    found = forwarded(f"Please see to it.\n\n{line}\n\n    It broke.\n\n    Mira\n", "FW: Lamp")
    assert found.sender == Address("Mira Holm", "mira@example.com")
    assert (found.note, found.text, found.subject) == ("Please see to it.", "It broke.\n\nMira", "Lamp")
    assert found.certain
    answer = read(mail(f"Thanks.\n\n{line}\n\n> It broke.\n", subject="Re: Lamp")).forwarded
    assert answer is None


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (
            f"From: {MIRA}\nMailing address: {OTHER}\nDate: 1 Mar 2026\nSubject: Lamp\nTo: a@shop.example",
            "mira@example.com",
        ),
        (
            f"From: {MIRA}\nVia: {OTHER}\nHandled by: B <b@x.example>\nSubject: Lamp\nTo: a@x.example",
            "mira@example.com",
        ),
        (f"Vzkaz: {OTHER}\nFrom: {MIRA}\nSubject: Lamp\nTo: a@x.example", "mira@example.com"),
        (f"*From:* {MIRA}\n*Sent:* Sunday\n*To:* {OTHER}\n*Subject:* Lamp", "mira@example.com"),
        (f"> From: {MIRA}\n> Lieferung an: {OTHER}\n> Date: 1 Mar 2026\n> Subject: Lamp", "mira@example.com"),
        ("From: Mira Holm\n <mira@example.com>\nDate: 1 Mar 2026\nSubject: Lamp\nTo: a@x.example", "mira@example.com"),
        (f"From: mira@example.com\n{OTHER}\nDate: 1 Mar 2026\nSubject: Lamp\nTo: a@x.example", "mira@example.com"),
        ("From: Mira Holm [mailto:mira@example.com]\nSent: Sunday\nTo: x\nSubject: Lamp", "mira@example.com"),
        ("From: Mira Holm [SMTP:mira@example.com]\nSent: Sunday\nTo: x\nSubject: Lamp", "mira@example.com"),
        ("From: Mira Holm<mailto:mira%40example.com>\nSent: Sunday\nTo: x\nSubject: Lamp", "mira@example.com"),
        (
            "From: Mira<mailto:m@y.example> <mira@example.com<mailto:m@y.example>> on behalf of Office"
            "<mailto:o@y.example>\nDate: 1 Mar 2026\nSubject: Lamp",
            "mira@example.com",
        ),
        ("From: mira@example.com on behalf of Office <office@y.example>\nDate: x\nSubject: Lamp", "office@y.example"),
        ("From: mira@example.com (mira%40example.com)\nDate: 1 Mar 2026\nSubject: Lamp\nTo: x", "mira@example.com"),
        (f"From: {MIRA}\nDate: 1 Mar 2026\nSubject: Order 5\nlamp: broken\nTo: {OTHER}", "mira@example.com"),
        ("From: Mira Holm\nSent: Sunday\nTo: Agent\nSubject: Lamp", ""),
        (f"\u200eFrom:\u200e {MIRA}\nDate: 1 Mar 2026\nSubject: Lamp\nTo: {OTHER}", "mira@example.com"),
        (f"发 件 人： {MIRA}\n日　期： 2026年3月1日\n主　题： 灯\n收 件 人： {OTHER}", "mira@example.com"),
    ],
)
def test_no_other_address_is_taken_for_the_sender(block: str, expected: str) -> None:
    below = (
        f"\n\nIt broke.\n\nFrom: Courier <{OTHER}>\nDate: 28 Feb 2026\nSubject: Parcel\nTo: mira@example.com\n\nOld."
    )
    found = forwarded(f"Please.\n\n---------- Forwarded message ---------\n{block}{below}")
    assert address(found) == expected


WORDS = st.text(st.sampled_from("abcdefgh äöüждя"), min_size=1, max_size=20)
LINES = st.lists(st.tuples(WORDS, st.sampled_from([OTHER, f"Depot <{OTHER}>", "some words", "2041", ""])), max_size=3)


@settings(deadline=None, max_examples=150, derandomize=True, database=None)
@given(LINES, LINES, LINES)
def test_no_additional_labelled_line_changes_the_found_sender(
    above: list[tuple[str, str]], between: list[tuple[str, str]], below: list[tuple[str, str]]
) -> None:
    """The labels are invented: with the prefix "xq" they belong to no language."""
    first, second, third = (
        "".join(f"Xq {label.strip()}: {value}\n" for label, value in lines) for lines in (above, between, below)
    )
    block = f"{first}From: {MIRA}\n{second}Date: 1 Mar 2026\n{third}Subject: Lamp\nTo: a@x.example\n"
    assert (
        address(forwarded(f"Please.\n\n---------- Forwarded message ---------\n{block}\nIt broke."))
        == "mira@example.com"
    )


BLOCK = f"From: {MIRA}\nDate: 1 Mar 2026\nSubject: Lamp\nTo: a@x.example\n\nIt broke."


@pytest.mark.parametrize(
    ("subject", "text", "certain"),
    [
        ("Fwd: Lamp", BLOCK, True),
        ("WG: AW: Lampe", BLOCK, True),
        ("[Fwd: Lamp]", BLOCK, True),
        ("Lamp (fwd)", BLOCK, True),
        ("RV: Lámpara", BLOCK, True),
        ("İLT: Lamba", BLOCK, True),
        ("轉寄: 燈", BLOCK, True),
        ("Lamp", f"Begin forwarded message:\n\n{BLOCK}", True),
        ("Lamp", f"----- Forwarded by Ada/Shop on 01.03.2026 09:00 -----\n\n{BLOCK}", True),
        ("Lamp", f"-------- Weitergeleitete Nachricht --------\n{BLOCK}", True),
        ("AW: Lampe", f"Siehe unten.\n\n-------- Weitergeleitete Nachricht --------\n{BLOCK}", True),
        ("Re: Fwd: Lamp", f"Thanks.\n\n{BLOCK}", False),
        ("AW: WG: Lampe", f"Danke.\n\n{BLOCK}", False),
        ("Re: Lamp", f"Thanks.\n\n{BLOCK}", False),
        ("Lamp", f"Thanks.\n\n-----Original Message-----\n{BLOCK}", False),
        ("Rif: Lampada", f"Grazie.\n\n{BLOCK}", False),
        ("VS: Lamppu", f"Kiitos.\n\n{BLOCK.replace('From', 'Lähettäjä')}", False),
        ("VS: Lampe", BLOCK.replace("From", "Fra").replace("Subject", "Emne"), True),
    ],
)
def test_a_forward_is_certain_only_if_something_says_forwarded(subject: str, text: str, certain: bool) -> None:
    found = forwarded(text, subject)
    assert (address(found), found.certain) == ("mira@example.com", certain)


JO = "On Mon, 2 Mar 2026 at 10:00, Jo Berg <jo@example.org> wrote:"
MARKERS = ("---------- Forwarded message ---------", "-----Original Message-----", "Begin forwarded message:", "")


def quoted(text: str) -> str:
    return "".join(f"> {line}".rstrip() + "\n" for line in text.split("\n"))


class TestTheOutermost:
    """A mail inside a mail that is quoted is that one's history."""

    @pytest.mark.parametrize("shown", [quoted, str])
    @pytest.mark.parametrize("words", ["See below.\n\n", ""])
    @pytest.mark.parametrize("marker", MARKERS)
    @pytest.mark.parametrize("subject", ["Re: Fwd: Lamp", "Re: Lamp", "AW: WG: Lamp", "Lamp"])
    def test_a_block_below_an_attribution_is_not_forwarded(
        self, subject: str, marker: str, words: str, shown: Callable[[str], str]
    ) -> None:
        inside = f"{words}{marker}\n{BLOCK}"
        found = read(mail(f"Please take it.\n\n{JO}\n{shown(inside)}", subject=subject))
        assert found.forwarded is None
        assert found.answered is not None
        assert (address(found.answered), found.answered.note) == ("jo@example.org", "Please take it.")
        assert "It broke." in found.answered.text

    @pytest.mark.parametrize("words", ["See below.\n\n", ""])
    @pytest.mark.parametrize("marker", MARKERS)
    def test_under_a_forwarding_subject_the_attribution_names_the_writer(self, marker: str, words: str) -> None:
        inside = quoted(f"{words}{marker}\n{BLOCK}")
        found = forwarded(f"Please take it.\n\n{JO}\n{inside}", "Fwd: Re: Fwd: Lamp")
        assert (address(found), found.certain) == ("jo@example.org", True)

    @pytest.mark.parametrize("marker", MARKERS)
    @pytest.mark.parametrize("to", ["Jo Berg <JO@example.org>", "jo berg", OTHER])
    def test_nobody_is_named_where_a_sentence_may_cite_or_introduce(self, to: str, marker: str) -> None:
        block = BLOCK.replace("a@x.example", to)
        found = forwarded(f"{JO}\nSee below.\n\n{marker}\n{block}", "Fwd: Re: Fwd: Lamp")
        introduces = marker in ("-----Original Message-----", "") and to != OTHER
        assert (address(found), found.certain) == ("jo@example.org" if introduces else "", True)

    @pytest.mark.parametrize("line", [JO, "On Mon, 2 Mar 2026 at 10:00, Jo Berg wrote:"])
    def test_an_attribution_and_a_block_above_the_same_mail_name_one_writer(self, line: str) -> None:
        block = "From: Jo Berg <jo@example.org>\nSent: Monday\nTo: Ada <ada@shop.example>\nSubject: Lamp"
        found = forwarded(f"Thanks.\n\n{line}\n\n{block}\n\nIt broke.", "Re: Lamp")
        assert (address(found), found.text, found.certain) == ("jo@example.org", "It broke.", False)

    def test_an_attached_mail_counts_only_if_the_text_holds_none(self) -> None:
        inner = mail("It is lost.", **{"from": "Courier <info@courier.example>"})
        for text, forwards, answers in (
            ("See the file.", "info@courier.example", ""),
            (f"See the file.\n\n{JO}\n> Where is it?", "", "jo@example.org"),
            (f"See the file.\n\n{BLOCK}", "mira@example.com", ""),
            (f"See.\n\n---------- Forwarded message ---------\n{BLOCK}", "mira@example.com", ""),
            (f"See.\n\n{BLOCK.replace(MIRA, 'Mira Holm')}", "", ""),
        ):
            found = read(multipart(part(text), part(inner, "message/rfc822"), subject="Re: Lamp"))
            assert (address(found.forwarded) if found.forwarded else "") == forwards
            assert (address(found.answered) if found.answered else "") == answers


LISTS = [
    "Von: Hamburg\nNach: Berlin\nDatum: 3.12.2026\nBetreff: Rückgabe\n\nBitte so ausfüllen.",
    "Please fill in:\nFrom: (your name)\nSubject: ...\nDate: (when)\nand send it back.",
    "I ordered twice:\nFrom: your web shop\nDate: 28.11.2026\nSubject: lamp 1001",
    "We collect it:\nFrom: Kim Lee\nTo: Northlight\nDate: 3 Dec\nSubject: Return\n\nPlease be there.",
    "Rechnung:\nVon: Shop, Hamburg\nAn: Kim Lee\nBetreff: 1001\nSumme: 30 EUR",
]


class TestAPersonsFields:
    """Who lists a sender, a date and a subject does not forward."""

    @pytest.mark.parametrize("words", LISTS)
    @pytest.mark.parametrize("subject", ["Re: Lamp", "Lamp"])
    def test_the_mail_below_them_is_answered(self, words: str, subject: str) -> None:
        said = {"in_reply_to": "<a@shop.example>", "subject": subject}
        found = read(mail(f"{words}\n\n{JO}\n\n> Where is it?\n", **said))
        assert found.forwarded is None
        assert found.answered is not None
        assert (address(found.answered), found.answered.text) == ("jo@example.org", "Where is it?")

    @pytest.mark.parametrize("words", [words for words in LISTS if "Kim Lee\nTo" not in words])
    def test_alone_or_above_a_clients_block(self, words: str) -> None:
        assert read(mail(words, subject="Re: Lamp")).forwarded is None
        found = forwarded(f"{words}\n\n{BLOCK}", "Re: Lamp")
        assert (address(found), found.note, found.text) == ("mira@example.com", words, "It broke.")

    @pytest.mark.parametrize("words", ["", f"{JO}\n> And this?\n"], ids=["alone", "with older history"])
    def test_a_sender_with_an_address_is_a_forward(self, words: str) -> None:
        for block in ("From: mira@example.com\nSent: 01/03/2026\nSubject: Lamp", f"From: {MIRA}\nSubject: Lamp"):
            found = forwarded(f"See.\n\n{block}\n\nIt broke.\n\n{words}", "Lamp")
            assert (address(found), found.note) == ("mira@example.com", "See.")

    @pytest.mark.parametrize("above", ["", "---------- Forwarded message ---------\n", "_______________\n"])
    def test_a_clients_fields_without_an_address_are_a_forward(self, above: str) -> None:
        fields = "From: Mira Holm\nDate: 1 Mar 2026\nSubject: Lamp\n"
        found = read(mail(f"See.\n\n{above}{fields}\nIt broke.", subject="Fwd: Lamp")).forwarded
        assert found is not None
        assert (address(found), found.text) == ("", "It broke.")
        found = read(mail(f"See.\n\n{above}{fields}\nIt broke.", subject="Re: Lamp")).forwarded
        assert (found is not None) == bool(above)
        for more in ("To: Ada\n", "Date: 1 Mar 2026 10:12\n"):
            block = fields.replace("Date: 1 Mar 2026\n", "") + more if "Date" in more else fields + more
            found = forwarded(f"See.\n\n{above}{block}\nIt broke.", "Re: Lamp")
            assert (address(found), found.text) == ("", "It broke.")


ADA, KIM = "Ada <ada@shop.example>", "Kim Adler <kim@example.org>"


def head(sender: str, to: str, words: str, **more: str) -> str:
    said = {"From": sender, "Date": "1 Mar 2026", "Subject": "Lamp", "To": to, **more}
    return "".join(f"{name}: {value}\n" for name, value in said.items()) + f"\n{words}\n"


FIRST = head(MIRA, ADA, "It broke.")
MARKED = f"\n{MARKERS[0]}\n"
UNMARKED = "\n"


class TestBesideEachOther:
    @pytest.mark.parametrize(
        ("between", "second", "beside"),
        [
            # Below a marker: another's mail to the forwarder, or to somebody who is not in the first mail.
            (MARKED, head(KIM, ADA, "It hums."), True),
            (MARKED, head(KIM, "Jo <jo@example.org>", "It hums."), True),
            (MARKED, head("Kim Adler", "Ada", "It hums."), True),
            (MARKED, head(KIM, "", "It hums."), True),
            # What Mira had received or written herself, and forwarded.
            (MARKED, head(KIM, MIRA, "It hums."), False),
            (MARKED, head(KIM, "Mira Holm", "It hums."), False),
            (MARKED, head(KIM, ADA, "It hums.", Cc="MIRA@example.com"), False),
            (MARKED, head(MIRA, KIM, "It hums."), False),
            (MARKED, head(KIM, MIRA, "x") + MARKED + head("Jo <jo@example.org>", KIM, "y"), False),
            (MARKED, head(KIM, MIRA, "x") + MARKED + head("Jo <jo@example.org>", ADA, "y"), True),
            # The history of one conversation, and another mail below it.
            (UNMARKED, head(ADA, MIRA, "Which?") + UNMARKED + head(MIRA, ADA, "My lamp."), False),
            (UNMARKED, head(ADA, MIRA, "Which?") + MARKED + head(KIM, ADA, "It hums."), True),
            (UNMARKED, head(KIM, "team@depot.example", "It hums."), False),
            (UNMARKED, head(KIM, "ada@shop.example", "It hums."), True),
            (f"\n{MARKERS[1]}\n", head(KIM, ADA, "It hums."), True),
            (f"\n{MARKERS[1]}\n", head(KIM, MIRA, "It hums."), False),
        ],
    )
    @pytest.mark.parametrize("quote", [quoted, str])
    def test_who_wrote_to_whom_tells_two_mails_from_one(
        self, quote: Callable[[str], str], between: str, second: str, beside: bool
    ) -> None:
        found = forwarded(f"For you.\n\n{MARKERS[0]}\n{quote(FIRST + between + second)}")
        assert (address(found), found.beside) == ("mira@example.com", beside)

    def test_what_is_quoted_less_than_the_first_is_beside_it(self) -> None:
        second = head(KIM, MIRA, "It hums.")
        apple = f"For you.\n\n{MARKERS[2]}\n\n{quoted(FIRST)}\n{MARKERS[2]}\n\n{quoted(second)}"
        assert forwarded(apple).beside
        within = f"For you.\n\n{MARKERS[2]}\n\n{quoted(f'{FIRST}{chr(10)}{MARKERS[2]}{chr(10)}{quoted(second)}')}"
        assert not forwarded(within).beside

    @pytest.mark.parametrize(
        ("second", "beside"),
        [
            ("On Mon, 2 Mar 2026 at 11:00, Kim Adler <kim@example.org> wrote:\n> It hums.\n", True),
            (f"{MARKERS[0]}\n{head(KIM, ADA, 'It hums.')}", True),
            ("> On Mon, 2 Mar 2026 at 09:00, Ada <ada@shop.example> wrote:\n>> Which?\n", False),
            (quoted(f"{MARKERS[0]}\n{head(KIM, ADA, 'It hums.')}"), False),
            ("Please see to both.\n", False),
        ],
    )
    def test_what_stands_outside_the_quotation_is_beside_it(self, second: str, beside: bool) -> None:
        assert forwarded(f"For you.\n\n{JO}\n> It broke.\n\n{second}").beside is beside

    def test_several_attached_mails_are_beside_each_other(self) -> None:
        ole, kim = (mail("It hums.", **{"from": f"{name}@example.com"}) for name in ("ole", "kim"))
        for files, beside in (((ole,), False), ((ole, ole), False), ((ole, kim), True)):
            found = read(multipart(part("See."), *(part(one, "message/rfc822") for one in files)))
            assert found.forwarded is not None
            assert (address(found.forwarded), found.forwarded.beside) == ("ole@example.com", beside)
            assert found.forwarded.attached == found.attachments[0].sha256


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("On Sun, 1 Mar 2026 at 09:26, Mira Holm <mira@example.com> wrote:", "Mira Holm"),
        ("On Sun, 1 Mar 2026 at 09:26, Mira Holm\n<mira@example.com> wrote:", "Mira Holm"),
        ("Am 01.03.2026 um 09:26 Uhr schrieb Mira Holm <mira@example.com>:", "Mira Holm"),
        ("Op 1 mrt 2026 om 09:26 heeft Mira van der Holm <mira@example.com> geschreven:", "Mira van der Holm"),
        ("01.03.2026, 09:26, Мира Холм <mira@example.com>:", "Мира Холм"),
        ("On Sun, 1 Mar 2026 at 09:26, <mira@example.com> wrote:", ""),
    ],
)
def test_the_name_in_an_attribution(line: str, name: str) -> None:
    assert forwarded(f"See.\n\n{line}\n\n> It broke.").sender == Address(name, "mira@example.com")


def test_markers_around_the_forwarded_text_are_removed() -> None:
    attributed = '01.03.2026, 09:26, "Мира" <mira@example.com>:\n\nLamp.\n'
    start, end = ("-------- Пересылаемое сообщение --------", "-------- Конец пересылаемого сообщения --------")
    found = forwarded(f"See.\n\n{start}\n{attributed}{end}\n", "Lamp")
    assert (address(found), found.text, found.note, found.subject) == ("mira@example.com", "Lamp.", "See.", "Lamp")
    assert found.certain
    marker = "============ Forwarded message ============"
    found = forwarded(f"See.\n\n{marker}\nFrom: {MIRA}\nDate: 1 Mar 2026\nSubject: Lamp\n{marker}\n\nIt broke.", "Lamp")
    assert (address(found), found.text, found.note) == ("mira@example.com", "It broke.", "See.")


def test_an_attribution_without_an_address_gives_no_sender() -> None:
    below = f"> It broke.\n>\n> From: {OTHER}\n> Date: x\n> Subject: y\n"
    text = f"See:\n\nOn Mon, 2 Mar 2026 at 10:00, Mira Holm wrote:\n\n{below}"
    assert forwarded(text).sender is None


def test_an_answered_mail_is_not_forwarded() -> None:
    text = f"We swap it.\n\nOn Mon, 2 Mar 2026 at 10:00, {MIRA} wrote:\n\n> It broke.\n> Order 2041\n"
    found = read(mail(text, subject="Re: Lamp", in_reply_to="<1@example.com>"))
    assert found.forwarded is None
    assert found.answered is not None
    assert (address(found.answered), found.answered.subject, found.answered.text, found.answered.certain) == (
        "mira@example.com", "Lamp", "It broke.\nOrder 2041", False,
    )  # fmt: skip
    assert read(mail(text, subject="Lamp")).answered is None
    assert read(mail(text, subject="Fwd: Lamp")).answered is None


def test_an_attached_mails_reply_to_is_found() -> None:
    inner = mail(
        "A form.",
        **{"from": "Website <wordpress@shop.example>", "reply_to": MIRA, "x_original_from": "M <m@example.org>"},
    )
    found = read(multipart(part("Please handle."), part(inner, "message/rfc822"))).forwarded
    assert found is not None
    assert (found.reply_to, found.original_sender) == (
        Address("Mira Holm", "mira@example.com"),
        Address("M", "m@example.org"),
    )
    assert found.certain


def test_a_header_blocks_original_from_is_found() -> None:
    found = forwarded(
        f"From: Care <care@groups.example>\nX-Original-From: {MIRA}\nDate: 1 Mar 2026\nSubject: x\nTo: y\n\nz"
    )
    assert found.original_sender == Address("Mira Holm", "mira@example.com")
    assert found.reply_to is None


def test_a_link_with_an_escaped_address_shows_it_once() -> None:
    html = (
        "<div>---------- Forwarded message ---------<br>From: Mira Holm &lt;"
        '<a href="MAILTO:mira%40example.com?subject=x">mira@example.com</a>&gt;<br>Date: 1 Mar 2026<br>Subject: Lamp'
        f"<br>To: {OTHER}</div><div>It broke.</div>"
    )
    found = read(mail(html, content_type="text/html; charset=utf-8", subject="Lamp"))
    assert "mira%40" not in found.text
    assert found.forwarded is not None
    assert address(found.forwarded) == "mira@example.com"


BLOCKS = {
    "eM Client": '------ Forwarded Message ------\nFrom "Mira Holm" <mira@example.com>\nTo ada@shop.example\n'
    "Date 30/11/2026 10:12:33\nSubject Lamp",
    "eM Client in German": '------ Weitergeleitete Nachricht ------\nVon "Mira Holm" <mira@example.com>\n'
    "An ada@shop.example\nDatum 30.11.2026 10:12:33\nBetreff Lamp",
    "eM Client in a mailbox": '------ Forwarded Message ------\n>From "Mira Holm" <mira@example.com>\n'
    "To ada@shop.example\nDate 30/11/2026 10:12:33\nSubject Lamp",
    "NetEase": "---- 转发的原邮件 ----\n| 发件人 | Mira Holm<mira@example.com> |\n| 日期 | 2026年11月30日 10:12 |\n"
    "| 收件人 | <ada@shop.example> |\n| 主题 | Lamp |",
    "NetEase in English": "---- Forwarded Message ----\n| From | Mira Holm<mira@example.com> |\n"
    "| Date | 11/30/2026 10:12 |\n| To | <ada@shop.example> |\n| Subject | Lamp |",
    "GroupWise": f">>> {MIRA} 30.11.2026 10:12 >>>",
    "Filipino": f"---------- Ipinapasang mensahe ---------\nMula kay: {MIRA}\nPetsa: Lun, Nob 30, 2026\n"
    "Paksa: Lamp\nPara kay: ada@shop.example",
}


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS.keys())
def test_blocks_without_colons_in_tables_and_between_arrows(block: str) -> None:
    text = f"Please help her.\n\n{block}\n\nMy lamp broke."
    found = forwarded(text)
    assert found.sender == Address("Mira Holm", "mira@example.com")
    assert (found.subject, found.note, found.text) == ("Lamp", "Please help her.", "My lamp broke.")
    assert read(mail(text, subject="Fwd: Lamp")).new == "Please help her."


def test_words_without_colons_are_no_fields_where_no_separator_is_above() -> None:
    text = 'From "Mira Holm" <mira@example.com>\nTo Northlight in Hamburg\nSubject to your word\n\nIs that right?'
    found = read(mail(text, subject="Re: Lamp", in_reply_to="<1@shop.example>"))
    assert (found.forwarded, found.reply, found.new) == (None, text, text)
