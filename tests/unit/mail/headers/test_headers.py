"""Headers, encoded words, parameters, addresses and dates, as they occur in real mails."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.mail.headers import addresses, dates, encoded_words, headers
from chalicelib.mail.inbound import Address
from chalicelib.mail.reading import read
from tests.unit.mail.mails import mail


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("plain", "plain"),
        ("folded\n over lines", "folded over lines"),
        ("=?utf-8?B?R3LDvMOfZQ==?=", "Grüße"),
        ("=?iso-8859-1?Q?Gr=FC=DFe_?= =?iso-8859-1?Q?aus_K=F6ln?=", "Grüße aus Köln"),
        ("=?utf-8?B?R3LD?= =?utf-8?B?vMOfZQ==?=", "Grüße"),
        ("a =?utf-8?Q?b?= c", "a b c"),
        ("=?utf-8*de?Q?wie?=", "wie"),
        ("=?utf-8?Q?with space inside?=", "with space inside"),
        ("=?x-nonsense?Q?still_read?=", "still read"),
        ("=?utf-8?Q?unfinished", "=?utf-8?Q?unfinished"),
        ("=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"),
        ("evil\u202etxt.exe", "eviltxt.exe"),
    ],
)
def test_encoded_words(raw: str, expected: str) -> None:
    assert encoded_words.decode(raw, []) == expected


def test_raw_bytes_inside_an_encoded_word_use_its_charset() -> None:
    fields, _ = headers.split("Subject: =?iso-8859-1?Q?K\u00f6ln?=\n\n".encode("latin-1"), 0, 99, [])
    assert fields.text("subject", []) == "Köln"


@pytest.mark.parametrize(
    ("value", "kind", "parameters"),
    [
        ("text/plain; charset=utf-8", "text/plain", {"charset": "utf-8"}),
        ('Text/Plain;name="a; b.txt";x=y', "text/plain", {"name": "a; b.txt", "x": "y"}),
        ("attachment; filename*=utf-8''%e2%82%ac.pdf", "attachment", {"filename": "€.pdf"}),
        ("attachment; filename*1=b.txt; filename*0=a", "attachment", {"filename": "ab.txt"}),
        ("attachment; filename*0*=utf-8''%C3%A4; filename*1=b", "attachment", {"filename": "äb"}),
        ('attachment; filename="=?utf-8?B?w6QudHh0?="', "attachment", {"filename": "ä.txt"}),
        (";;; =; a", "", {}),
        ('x; y="unfinished', "x", {"y": "unfinished"}),
    ],
)
def test_parameters(value: str, kind: str, parameters: dict[str, str]) -> None:
    assert headers.parameters(value, []) == (kind, parameters)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a@b.example", [Address("", "a@b.example")]),
        ("Ann <a@b.example>, Bob <b@b.example>", [Address("Ann", "a@b.example"), Address("Bob", "b@b.example")]),
        ('"Holm, Mira" <m@b.example>', [Address("Holm, Mira", "m@b.example")]),
        ("Holm, Mira <m@b.example>", [Address("Holm, Mira", "m@b.example")]),
        ("a@b.example (Ann Example)", [Address("Ann Example", "a@b.example")]),
        ("Friends: a@b.example, c@d.example;", [Address("", "a@b.example"), Address("", "c@d.example")]),
        ("undisclosed-recipients:;", []),
        ("=?utf-8?Q?M=C3=BCller?= <m@b.example>", [Address("Müller", "m@b.example")]),
        ('"a b"@c.example', [Address("", '"a b"@c.example')]),
        ("<@relay.example:a@b.example>", [Address("", "a@b.example")]),
        ("Ann <a@b.example", [Address("Ann", "a@b.example")]),
        ("<a@b.example.>", [Address("", "a@b.example")]),
        (r'"Quote \"d\" Name" <q@b.example>', [Address('Quote "d" Name', "q@b.example")]),
        ("", []),
    ],
)
def test_addresses(value: str, expected: list[Address]) -> None:
    assert list(addresses.parse(value, [])) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Mon, 2 Mar 2026 10:00:00 +0100",
        "2 Mar 26 10:00:00 +0100",
        "Mon, 02 Mar 2026 09:00:00 GMT",
        "Mon,  2 Mar 2026 04:00:00 EST",
        "2026-03-02T10:00:00+01:00",
        "Mon Mar  2 09:00:00 2026",
        "Monday, March 2, 2026 9:00 AM",
        "Montag, 2. März 2026 um 09:00",
        "2. maaliskuuta 2026 klo 9.00",
        "lundi 2 mars 2026 09:00",
        "2 de marzo de 2026 9:00",
        "02.03.2026 09:00",
        "2026年3月2日 9:00",
    ],
)
def test_dates(text: str) -> None:
    found = dates.parse(text)
    assert found is not None
    assert found.astimezone(UTC) == datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["", "yesterday", "99 Foo 2026", "Mon, 31 Feb 2026 10:00:00 +0000", "+9999", "32.13.2026"]
)
def test_text_that_is_no_date(text: str) -> None:
    assert dates.parse(text) is None


def test_an_absurd_time_zone_counts_as_utc() -> None:
    found = dates.parse("Mon, 2 Mar 2026 10:00:00 +9959")
    assert found is not None
    assert found.utcoffset() == timedelta(0)


def test_raw_bytes_use_the_charset_of_the_body() -> None:
    found = read(mail("x", content_type="text/plain; charset=koi8-r").replace(b"Lamp", "Лампа".encode("koi8-r")))
    assert found.subject.startswith("Лампа")


def test_a_subject_in_utf_7_is_read_and_no_address_is_taken_for_it() -> None:
    raw = mail("x", content_type="text/plain; charset=utf-7", subject="Gr+APwA3w-e", **{"from": "a+tag-x@b.example"})
    found = read(raw)
    assert found.subject == "Grüße"
    assert found.sender == Address("", "a+tag-x@b.example")


@pytest.mark.parametrize("raw", ["a+b", "C++ or +", "+AP", "1+1=2"])
def test_a_plus_sign_is_a_plus_sign(raw: str) -> None:
    assert read(mail("x", content_type="text/plain; charset=utf-7", subject=raw)).subject == raw


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("root@host", Address("", "root@host")),
        ("root@localhost (Cron Daemon)", Address("Cron Daemon", "root@localhost")),
        ("Jürgen <jürgen@müller.example>", Address("Jürgen", "jürgen@müller.example")),
        ("=?utf-8?q?J=C3=BCrgen?= <j=?utf-8?q?=C3=BC?=@x.example>", Address("Jürgen", "jü@x.example")),
        ("用户@例子.公司", Address("", "用户@例子.公司")),
        ("<root>", Address("", "root")),
    ],
)
def test_an_unanswerable_sender_is_still_named(written: str, expected: Address) -> None:
    assert read(mail(**{"from": written})).sender == expected


def test_unusual_line_breaks_do_not_break_a_header() -> None:
    assert read(mail(subject="=?utf-8?q?one=C2=85two=E2=80=A8three=C2=80?=")).subject == "one two three"


@pytest.mark.parametrize(
    "text",
    [
        "1. märts 2026 09:26",
        "P, 1. märts 2026 kell 09:26",
        "su 1. maalisk. 2026 klo 9.26",
        "ned, 1. ožu 2026. u 09:26",
        "nedjelja, 1. ožujka 2026. 9:26",
        "niedz., 1 mar 2026 o 09:26",
        "niedziela, 1 marca 2026 09:26",
        "Dnia 01-03-2026 09:26",
        "1 Mar 2026 Paz, 09:26",
        "1 Mart 2026 Pazar saat 09:26",
        "нд, 1 бер. 2026 р. о 09:26",
        "неділя, 1 березня 2026 р. 09:26",
        "вс, 1 мар. 2026 г. в 09:26",
        "ne 1. 3. 2026 v 9:26",
        "2026. márc. 1., V 9:26",
        "нд 1.03.2026 г. в 9:26",
        "2026-03-01, sk, 09:26",
        "2026 m. kovo 1 d. 09:26",
        "1 de març de 2026 9:26",
        "CN, 1 thg 3, 2026 vào lúc 09:26",
        "Κυρ, 1 Μαρ 2026 στις 9:26 π.μ.",
        "יום א׳, 1 במרץ 2026 ב-9:26",
        "1 مارس 2026 في 9:26",
        "01/03/26, 09:26",
        "01.03.26 09:26",
        "1.3.2026 kello 9:26",
        "Sunday, March 1, 2026, 10:26 AM GMT+1",
    ],
)
def test_dates_of_forwarded_mails(text: str) -> None:
    found = dates.parse(text)
    assert found is not None
    assert found.astimezone(UTC) == datetime(2026, 3, 1, 9, 26, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("1. listopada 2026. u 9:26", 10),
        ("1 listopada 2026 09:26", 11),
        ("1. listopadu 2026 9:26", 11),
        ("1. lip 2026. u 9:26", 6),
        ("1 lip 2026 o 9:26", 7),
        ("1. srp 2026. u 9:26", 7),
        ("1. srpna 2026 9:26", 8),
    ],
)
def test_months_with_the_same_name_in_different_languages(text: str, month: int) -> None:
    found = dates.parse(text)
    assert found is not None
    assert found.month == month
