"""Text with a wrong charset label, or with bytes that the label does not allow: in many languages, short and long."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chalicelib.mail.charsets import charsets
from chalicelib.mail.reading import read
from tests.unit.mail.mails import mail

WORDS = [
    "schön",
    "für",
    "Grüße, Jürgen",
    "Macht Spaß…",
    "»groß« – „Größe“",
    "été",
    "«\xa0beauté\xa0»",
    "Où est-il\xa0?",
    "garçon",
    "¡Año!",
    "Não",
    "irmã…",
    "Łódź",
    "zażółć gęślą jaźń",
    "Proszę o nową lampę",
    "Příliš žluťoučký kůň",
    "Tűz, kérem",
    "kırık, değiştirin",
    "Моя лампа сломалась",
    "ёлка № 5",
    "Лампа зламана, їжак",
    "Η λάμπα έσπασε",
    "המנורה שבורה",
    "المصباح مكسور",
    "โคมไฟเสีย",
    "ランプが壊れました",
    "返品したい",
    "램프가 고장났어요",
    "환불",
    "我的灯坏了",
    "退货",
    "我的燈壞了，請退款",
    "Đèn bị hỏng",
    "Danke 👍",
]
ONE_BYTE = [
    "iso-8859-1",
    "windows-1252",
    "iso-8859-15",
    "iso-8859-2",
    "windows-1250",
    "windows-1251",
    "iso-8859-9",
    "iso-8859-7",
]
OWN = [
    ("cp1252", "Die Lampe ist schön. Grüße aus Köln"),
    ("cp1252", "Macht Spaß…"),
    ("cp1252", "„Gruß“ – »groß«"),
    ("cp1252", "Ä… Ö…"),
    ("cp1252", "«\xa0beauté\xa0»"),
    ("cp1252", "«CAFÉ»"),
    ("cp1252", "Preis: 20 £ ½ Liter"),
    ("iso-8859-15", "50 € für Möbel"),
    ("cp1250", "zażółć gęślą jaźń"),
    ("iso-8859-2", "Příliš žluťoučký kůň"),
    ("cp1251", "Моя лампа сломалась"),
    ("cp1251", "Её"),
    ("koi8-r", "Здравствуйте"),
    ("cp1253", "Η λάμπα έσπασε"),
    ("cp1254", "kırık"),
    ("cp1255", "המנורה שבורה"),
    ("cp874", "โคมไฟเสีย"),
    ("cp1256", "المصباح مكسور"),
    ("cp932", "ランプが壊れました"),
    ("cp932", "ﾗﾝﾌﾟ"),
    ("euc-jp", "返品したい"),
    ("cp949", "환불"),
    ("gb18030", "退货"),
    ("gb18030", "我的灯坏了"),
    ("big5", "退貨"),
    ("iso-2022-jp", "ランプ"),
    ("cp1252", "jäääär"),
    ("cp1252", "hääyöaie"),
]
AROUND = ["{}", "Hello, order 2041.\r\n\r\n{}\r\n\r\nBest, Jo\r\n"]


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("words", WORDS)
def test_utf_8_is_read_under_any_label(words: str, around: str) -> None:
    text = around.format(words)
    for label in (*ONE_BYTE, "iso-2022-jp", "us-ascii", None, "x-nonsense"):
        assert charsets.decode(text.encode(), label, []) == text, label


@pytest.mark.parametrize("label", ["shift_jis", "euc-jp", "euc-kr", "gb2312", "big5"])
@pytest.mark.parametrize(
    "words", ["schön", "Grüße, Jürgen", "Où est-il, déjà?", "Моя лампа сломалась", "我的灯坏了", "램프가 고장"]
)
def test_utf_8_is_read_under_an_east_asian_label(words: str, label: str) -> None:
    assert charsets.decode(words.encode(), label, []) == words


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize(("label", "words"), OWN)
def test_a_correct_label_is_used(label: str, words: str, around: str) -> None:
    text, defects = around.format(words), list[str]()
    assert charsets.decode(text.encode(label), label, defects) == text
    assert defects == []


EAST_ASIAN = [
    ("cp932", "ランプが壊れました。交換をお願いします。"),
    ("cp932", "返品したい"),
    ("euc-jp", "ランプが壊れました。"),
    ("euc-jp", "荷物が届きません"),
    ("cp949", "램프가 고장났어요. 환불해 주세요."),
    ("cp949", "배송 문의"),
    ("gb18030", "我的灯坏了"),
    ("gb18030", "请退款，谢谢"),
    ("big5", "我的燈壞了"),
    ("big5", "請盡快處理，謝謝"),
]


@pytest.mark.parametrize(
    "around", [*AROUND, "{}\n" + "Order data as the shop system wrote it: lamp, shade, cable.\n" * 200]
)
@pytest.mark.parametrize("label", ["utf-8", "iso-8859-1", "us-ascii", None])
@pytest.mark.parametrize(("codec", "words"), EAST_ASIAN)
def test_double_byte_text_under_another_label(codec: str, words: str, label: str | None, around: str) -> None:
    text, defects = around.format(words), list[str]()
    assert charsets.decode(text.encode(codec), label, defects) == text
    assert defects


@pytest.mark.parametrize("label", ["iso-2022-jp", "shift_jis", "euc-jp"])
@pytest.mark.parametrize("codec", ["cp932", "euc-jp"])
def test_japanese_under_japans_other_labels(codec: str, label: str) -> None:
    text = "Jo様、ランプが壊れました。"
    assert charsets.decode(text.encode(codec), label, []) == text


@pytest.mark.parametrize("label", ["gb2312", "gbk", "gb18030"])
@pytest.mark.parametrize(
    "words", ["我的燈壞了，請退款給我", "請問這個燈泡什麼時候可以寄到", "訂單編號一二三，沒有收到"]
)
def test_big5_under_chinas_labels(words: str, label: str) -> None:
    assert charsets.decode(words.encode("big5"), label, []) == words


@pytest.mark.parametrize("label", ["utf-8", "iso-8859-1", "shift_jis"])
def test_iso_2022_jp_is_recognised_by_its_escapes(label: str) -> None:
    assert charsets.decode("ランプの件".encode("iso-2022-jp"), label, []) == "ランプの件"


@pytest.mark.parametrize("label", [None, "utf-8"])
@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("Моя лампа сломалась\n\n".encode() + b"\xa9 Mailing 2026", "Моя лампа сломалась\n\n© Mailing 2026"),
        ("Моя лампа, имене".encode() + b"\xd0.png", "Моя лампа, имене\ufffd.png"),
        ("我的灯坏".encode() + b"\xe4\xba" + "，谢谢".encode(), "我的灯坏\ufffd，谢谢"),
        ("Grüße aus ".encode() + b"K\xf6ln", "Grüße aus Köln"),
        ("für ".encode() + b"M\xfcller, Gr\xf6\xdfe, sch\xf6n", "für Müller, Größe, schön"),
        (b"Macht Spa\xdf\x85", "Macht Spaß…"),
    ],
)
def test_stray_bytes_in_utf_8_text(data: bytes, text: str, label: str | None) -> None:
    assert charsets.decode(data, label, []) == text


def test_a_cut_off_character_in_a_header() -> None:
    name = "Картинка".encode() + b"\xd0"
    raw = mail("x", subject="@@").replace(b"@@", name)
    assert read(raw).subject == "Картинка\ufffd"


LETTERS = st.sampled_from("абвгдежзиклмнопрстуфхцчшыьэюяЁЖ漢字かなカナ한국어你好αβγδλωשלוםžřčşığ")


@given(st.lists(LETTERS, min_size=8, max_size=40), st.data())
def test_bad_bytes_never_spoil_the_characters_around_them(letters: list[str], data: st.DataObject) -> None:
    places = data.draw(st.sets(st.integers(1, len(letters) - 1), min_size=1, max_size=len(letters) // 4))
    spoilt = b"".join((b"\xff" if at in places else b"") + c.encode() for at, c in enumerate(letters))
    expected = "".join(("\ufffd" if at in places else "") + c for at, c in enumerate(letters))
    for label in ("utf-8", None, "us-ascii"):
        assert charsets.decode(spoilt, label, []) == expected


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=60))
def test_labelled_utf_8_stays_utf_8(text: str) -> None:
    assume(not text.startswith("\ufeff") and not any("\u07c0" <= c <= "\u07ff" for c in text))
    assert charsets.decode(text.encode(), "utf-8", []) == text


WESTERN_WORDS = st.lists(
    st.sampled_from(
        [
            "Größe",
            "für",
            "Straße",
            "Spaß",
            "schön",
            "Lampe",
            "Ärger",
            "été",
            "déjà",
            "garçon",
            "où",
            "Noël",
            "CAFÉ",
            "l’été",
            "ist",
            "à",
        ]
    ),
    min_size=1,
    max_size=12,
)


@given(WESTERN_WORDS, st.sampled_from([" ", ", ", "\n", " – ", "… ", "\xa0: ", "» «", "“ „"]))
def test_german_and_french_in_windows_1252_are_read(words: list[str], between: str) -> None:
    text = between.join(words)
    for label in ("iso-8859-1", "windows-1252"):
        assert charsets.decode(text.encode("cp1252"), label, []) == text


@given(
    st.binary(max_size=300), st.sampled_from([*ONE_BYTE, "utf-8", "iso-2022-jp", "shift_jis", "gb2312", "utf-7", None])
)
def test_any_bytes_give_text_that_can_be_stored(data: bytes, label: str | None) -> None:
    charsets.decode(data, label, []).encode()
