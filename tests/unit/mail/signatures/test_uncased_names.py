"""Scripts without capitals: a name is short or has a title of address; everything else says something."""

import pytest

from tests.unit.mail.signatures.test_nothing_said import QUOTED, new

ANSWERS = [
    *("안녕하세요, 내일 발송됩니다", "감사합니다. 내일 발송합니다.", "감사합니다\n내일 발송합니다"),
    *("您好,明天发货", "您好 明天发货", "您好,明天发货\n祝好", "您好，明天发货", "你好, 已经退款了", "祝好\n明天发货"),
    *("祝好\n蓝色", "祝好。明天发货", "こんにちは 明日発送します", "שלום, החבילה נשלחה היום", "בברכה\nנשלח היום"),
    *("مرحبا تم شحن الطلب اليوم", "مرحبا, الطلب جاهز", "مع تحياتي\nغدا", "감사합니다.\n내일 드림"),
]
NOTHING = [
    *("您好 王先生,", "您好，王女士\n\n祝好\n王伟", "안녕하세요 이님,\n\n감사합니다\n김민수", "안녕하세요 Kim,"),
    *("こんにちは 田中様\n\nよろしくお願いいたします\n山田太郎", "שלום קים,\n\nבברכה\nאנה ברג", "שלום גב' כהן"),
    *("مرحبا السيد أحمد\n\nمع تحياتي\nمحمد علي", "祝好\nAnna", "此致\n敬礼\n王伟", "감사합니다.\n안나 드림"),
]


@pytest.mark.parametrize("text", ANSWERS)
def test_a_sentence_behind_a_greeting_or_a_farewell_is_an_answer(text: str) -> None:
    assert new(f"{text}{QUOTED}") == text


@pytest.mark.parametrize("text", NOTHING)
def test_names_behind_a_greeting_or_below_a_farewell_say_nothing(text: str) -> None:
    assert new(f"{text}{QUOTED}") == ""


def test_the_writers_own_name_may_stand_behind_a_farewell() -> None:
    assert new("祝好 王伟", author="王伟") == ""
    assert new("祝好 王伟") == "祝好 王伟"
