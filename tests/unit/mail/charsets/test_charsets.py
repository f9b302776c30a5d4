"""Charsets, transfer encodings and file names: wrong labels, damage, tricks."""

import pytest

from chalicelib.mail.attachments import filenames
from chalicelib.mail.charsets import charsets, encodings


@pytest.mark.parametrize(
    ("data", "label", "expected"),
    [
        ("Grüße".encode(), "utf-8", "Grüße"),
        ("Grüße".encode("latin-1"), "iso-8859-1", "Grüße"),
        ("“quoted” €".encode("cp1252"), "iso-8859-1", "“quoted” €"),
        ("Grüße".encode(), "us-ascii", "Grüße"),
        ("Grüße".encode(), None, "Grüße"),
        ("Viele Grüße aus Köln".encode("cp1252"), None, "Viele Grüße aus Köln"),
        ("Viele Grüße".encode("cp1252"), "utf-8", "Viele Grüße"),
        ("Grüße".encode(), "x-nonsense", "Grüße"),
        ("Привет".encode("koi8-r"), "koi8-r", "Привет"),
        ("你好".encode("gbk"), "gb2312", "你好"),
        ("안녕".encode("cp949"), "ks_c_5601-1987", "안녕"),
        ("日本語".encode("iso2022_jp"), "iso-2022-jp", "日本語"),
        ("日本語".encode("iso2022_jp"), None, "日本語"),
        (b"\x1b$B-!|b\x1b(B", "iso-2022-jp", "①髙"),
        (b"\x1b(I1\x1b(B", "iso-2022-jp", "ア"[:0] + "ｱ"),
        (b"\xef\xbb\xbfbom", "iso-8859-1", "bom"),
        (b"a", "base64", "a"),
        (b"a", "rot13", "a"),
        (b"\x81", "windows-1252", "\x81"),
    ],
)
def test_decoding(data: bytes, label: str | None, expected: str) -> None:
    assert charsets.decode(data, label, []) == expected


def test_the_charset_of_longer_unlabelled_text_is_guessed() -> None:
    text = "Здравствуйте, посылка пришла вчера, но лампа разбита. Пожалуйста, пришлите новую."
    defects: list[str] = []
    assert charsets.decode(text.encode("cp1251"), None, defects) == text
    assert defects


def test_a_utf_8_text_with_stray_bytes_keeps_its_characters() -> None:
    assert charsets.decode("Grüße ".encode() + b"K\xf6ln", "utf-8", []) == "Grüße Köln"


@pytest.mark.parametrize(
    ("body", "encoding", "expected"),
    [
        (b"YWJj", "base64", b"abc"),
        (b"YW\r\nJj", " BASE64 ", b"abc"),
        (b"YWI", "base64", b"ab"),
        (b"YWI=\nYWI=\n", "base64", b"abab"),
        (b"YWI= some words\n", "base64", b"ab"),
        (b"Y!W#I=", "base64", b"ab"),
        (b"a=3Db=\r\nc", "quoted-printable", b"a=bc"),
        (b"a=ZZ", "quoted-printable", b"a=ZZ"),
        (b"as is", "8bit", b"as is"),
        (b"as is", "nonsense", b"as is"),
        (b"begin 644 x\n#86)C\n`\nend\n", "x-uuencode", b"abc"),
    ],
)
def test_transfer_encodings(body: bytes, encoding: str, expected: bytes) -> None:
    assert encodings.decode(body, encoding, []) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("bill.pdf", "bill.pdf"),
        ("../../etc/passwd", "passwd"),
        (r"C:\Users\x\bill.pdf", "bill.pdf"),
        ("bill\u202efdp.exe", "billfdp.exe"),
        ("a\x00b\r\nc.txt", "abc.txt"),
        ("CON.txt", "_CON.txt"),
        ("..", "attachment-7.pdf"),
        ("", "attachment-7.pdf"),
        ('a<b>:"c".txt', "a_b___c_.txt"),
        (" name . ", "name"),
    ],
)
def test_file_names(name: str, expected: str) -> None:
    assert filenames.safe(name, "application/pdf", 7) == expected


def test_a_long_file_name_keeps_its_extension() -> None:
    found = filenames.safe("ü" * 500 + ".pdf", "application/pdf", 1)
    assert found.endswith(".pdf")
    assert len(found.encode()) <= 180


@pytest.mark.parametrize(
    ("data", "expected"), [(b"Gr+APwA3w-e", "Grüße"), (b"+2D3eAA-", "\U0001f600"), (b"+2AA-", "\ufffd")]
)
def test_utf_7_gives_only_whole_characters(data: bytes, expected: str) -> None:
    assert charsets.decode(data, "utf-7", []) == expected


def test_unlabelled_bytes_use_the_charset_of_neighbouring_text() -> None:
    assert charsets.unlabelled("Лампа".encode("koi8-r"), [], "koi8-r") == "Лампа"
    assert charsets.unlabelled("Größe".encode(), [], "koi8-r") == "Größe"
    assert charsets.unlabelled("Größe ".encode("cp1252"), [], "utf-16") == "Größe "
