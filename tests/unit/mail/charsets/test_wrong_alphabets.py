"""Text in another alphabet under a label that decodes its bytes to nonsense, and the texts that look alike and are
right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.mail.charsets import charsets
from chalicelib.mail.reading import read
from tests.unit.mail.mails import mail

RUSSIAN = "Здравствуйте, где мой заказ номер тысяча? Лампа сломана."
FOREIGN = [
    ("cp1251", RUSSIAN),
    ("koi8-r", RUSSIAN),
    ("iso8859-5", RUSSIAN),
    ("cp1251", "Лампа разбита, пришлите новую"),
    ("koi8-r", "Когда вернёте деньги? Жду уже две недели."),
    ("cp1251", "Спасибо"),
    ("cp1251", "Иван Петров"),
    ("cp1251", "Заказ 1001: Northlight lamp"),
    ("cp1251", "Їжак у країні"),
    ("cp1251", "Доброго дня, де моє замовлення? Лампа зламана."),
    ("cp1251", "Здравейте, къде е поръчката ми?"),
    ("cp1253", "Καλημέρα, πού είναι η παραγγελία μου; Ευχαριστώ πολύ."),
    ("iso8859-7", "Πού είναι η παραγγελία μου;"),
    ("cp1255", "שלום, איפה ההזמנה שלי? תודה רבה"),
    ("iso8859-8", "המנורה שבורה"),
    ("cp1256", "مرحبا، أين طلبي؟ شكرا لكم"),
    ("cp1256", "المصباح مكسور"),
    ("cp874", "สวัสดีครับ โคมไฟของฉันเสีย ขอเงินคืน"),
    ("cp874", "คำสั่งซื้อของฉันอยู่ที่ไหน"),
]
AROUND = [
    "{}",
    "Order 2041, lamp LX-200\r\n\r\n{}\r\n\r\nBest, Jo\r\n",
    '<p style="margin:0" class="x"><b>{}</b> jo@example.com https://shop.example/?c=d</p>\n<p>Northlight care team</p>',
]


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("label", ["iso-8859-1", "windows-1252", "iso-8859-15"])
@pytest.mark.parametrize(("codec", "words"), FOREIGN)
def test_another_alphabet_is_read_under_a_western_label(codec: str, words: str, label: str, around: str) -> None:
    text, defects = around.format(words), list[str]()
    assert charsets.decode(text.encode(codec), label, defects) == text
    assert defects


@pytest.mark.parametrize(("codec", "label"), [("cp1251", "koi8-r"), ("cp1251", "koi8-u"), ("koi8-r", "windows-1251")])
@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize(
    "words",
    [RUSSIAN, "Лампа разбита, пришлите новую", "Иван Петров", "Добрый день", "почему мне никто не отвечает на письма"],
)
def test_the_charsets_of_russia_are_told_apart(words: str, around: str, codec: str, label: str) -> None:
    text, defects = around.format(words), list[str]()
    assert charsets.decode(text.encode(codec), label, defects) == text
    assert defects


def test_a_mail_and_its_subject_are_read() -> None:
    word = "=?iso-8859-1?Q?" + "".join(f"={byte:02X}" for byte in "Лампа".encode("cp1251")) + "?="
    raw = mail(RUSSIAN.encode("cp1251"), subject=word, content_type="text/plain; charset=iso-8859-1")
    found = read(raw)
    assert (found.subject, found.text.strip()) == ("Лампа", RUSSIAN)


# Words of Western languages with many letters beyond ASCII, also with nothing else.
WESTERN = [
    "ÜBERGRÖSSE", "Äußerung", "öö", "äöü", "ÄÖÜß", "äöüß", "été", "créée", "où", "déçue", "ÉLÈVE", "âgée", "l’été",
    "ação", "opções", "irmã", "às", "não", "mañana", "¿Él?", "¡Ñandú!", "æøå", "ÆØÅ", "på", "ændrød", "kæmpestørrelse",
    "þú", "það", "því", "þýðir", "æði", "þá", "ÞÚ", "ÍÞRÓTTIR", "áður", "við", "jäääär", "hääyöaie", "työ", "yö",
    "ääni", "õhtuöö", "Võ", "Hà", "Bùi", "città", "perché", "è", "à", "é", "lamp", "ist", "the", "m²", "n°", "50 £",
]  # fmt: skip


@given(st.lists(st.sampled_from(WESTERN), min_size=1, max_size=12), st.sampled_from([" ", ", ", "\n", " – ", "\xa0: "]))
def test_western_words_stay(words: list[str], between: str) -> None:
    text = between.join(words)
    for label in ("iso-8859-1", "windows-1252"):
        assert charsets.decode(text.encode("cp1252"), label, []) == text


@pytest.mark.parametrize(
    "text",
    [
        "áéíóú ñ",
        "ÁÉÍÓÚ",
        "àèìòù",
        "äëïöü",
        "âêîôû",
        "ÁÉÍÓÚ áéíóú",
        "ÄÖÜß, äöü",
        "ÆØÅ – ÄÖÜß",
        "Die Zeichen éèàçùâê fehlen alle",
    ],
)
def test_a_list_of_accents_is_no_other_alphabet(text: str) -> None:
    assert charsets.decode(text.encode("cp1252"), "iso-8859-1", []) == text


POLISH = [
    "Dzień dobry, gdzie jest moje zamówienie? Lampa przyszła uszkodzona, proszę o zwrot pieniędzy.",
    "Źle działa, część się złamała. Żądam zwrotu 30 € – „od zaraz”.",
    "Chciałbym odstąpić od umowy",
    "Nie dostałem jeszcze żadnej odpowiedzi na moją reklamację.",
    "Zwrot pieniędzy za zamówienie 1001 - 30 złotych",
    "ZAMÓWIENIE 1001. Gdzie jest paczka? Czekałam tydzień, pani Müller też już się złości, bo żarówka pękła.",
]


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("label", ["iso-8859-1", "windows-1252", "iso-8859-15", "us-ascii"])
@pytest.mark.parametrize("codec", ["cp1250", "iso8859-2"])
@pytest.mark.parametrize("words", POLISH)
def test_polish_is_read_under_a_western_label(words: str, codec: str, label: str, around: str) -> None:
    words = words if codec == "cp1250" else words.replace("€ – „od zaraz”", "zl")
    text, defects = around.format(words), list[str]()
    assert charsets.decode(text.encode(codec), label, defects) == text
    assert defects


@pytest.mark.parametrize("words", ["Cześć, kiedy wyślecie paczkę?", "Proszę o szybką odpowiedź."])
def test_polish_is_also_known_by_what_only_windows_1250_has(words: str) -> None:
    assert charsets.decode(words.encode("cp1250"), "iso-8859-1", []) == words


# Signs and letters of Western texts that Polish has as letters.
SIGNS = [
    "30 m³", "5m³par", "3 m³por", "cm³/h", "x³y", "note¹", "Preis³", "Preis¹,", "¹Fabricant", "hola¿como", "¿qué?",
    "±5", "œuvre", "cœur", "même", "être", "señor", "pequeño", "órgano", "Canción", "hælde", "ære", "você", "bebê",
    "Ñandú", "£20", "¥300", "L’HAŸ", "ŒUVRE", "Ÿ", "A±B", "½", "¼l", "¶", "§¹", "Für", "größer", "la", "que", "og",
    "und", "et",
]  # fmt: skip


@given(st.lists(st.sampled_from(SIGNS + WESTERN), min_size=1, max_size=14), st.sampled_from([" ", ", ", "\n", " – "]))
def test_western_signs_and_letters_are_no_polish(words: list[str], between: str) -> None:
    text = between.join(words)
    assert charsets.decode(text.encode("cp1252"), "iso-8859-1", []) == text


@pytest.mark.parametrize("words", ["für über zurück Menü", "Hersteller¹und Preis³", "Garantie²und Preis¹der même"])
def test_what_may_be_german_after_all_keeps_its_label(words: str) -> None:
    raw = words.encode("cp1252") if "²" in words or "¹" in words else words.encode("mac-roman")
    assert charsets.decode(raw, "windows-1252", []) == raw.decode("cp1252")


CYRILLIC = [
    "лампа", "Лампа", "ЛАМПА", "заказ", "не", "Я", "в", "пришла", "Иван", "ООО", "СеверСвет", "жгучий", "хрыщ",
    "щёголь", "ВОЗВРАТ", "гДЕ", "ёж", "съешь", "Юля", "LX-200", "№ 5", "поръчката", "України",
]  # fmt: skip


@given(st.lists(st.sampled_from(CYRILLIC), min_size=1, max_size=12), st.sampled_from(["cp1251", "koi8-u"]))
def test_a_right_cyrillic_label_is_used(words: list[str], label: str) -> None:
    text = " ".join(words).replace("№", "No" if label == "koi8-u" else "№")
    assert charsets.decode(text.encode(label), label, []) == text


@pytest.mark.parametrize("text", ["пРИВЕТ, гДЕ мОЙ зАКАЗ? яЖДУ уЖЕ дВЕ нЕДЕЛИ", "ГДЕ МОЙ ЗАКАЗ, Я ЖДУ УЖЕ ДВЕ НЕДЕЛИ"])
@pytest.mark.parametrize("label", ["cp1251", "koi8-r"])
def test_words_typed_with_a_locked_key_are_right_under_their_label(text: str, label: str) -> None:
    assert charsets.decode(text.encode(label), label, []) == text
