"""WhatsApp's templates in the policy: what it would refuse when it is sent is named when the policy is read."""

import pytest

from chalicelib.errors import PolicyMistakes
from chalicelib.rules.policy.promises import MessageTemplate, TemplateValue
from chalicelib.rules.policy.reading import read
from tests.unit.rules.policy.test_reading import SMALL, mistakes

WHOLE = {
    "name": '"our_answer"',
    "language": '"en_GB"',
    "text": '"About {{1}}: {{2}}"',
    "values": '["reference", "text"]',
}


def template(**changes: str) -> str:
    lines = "\n".join(f"{key} = {value}" for key, value in (WHOLE | changes).items() if value)
    return f"[[shops.tea.messages.templates]]\n{lines}\n"


def test_they_are_read() -> None:
    known = read(SMALL + template(answers="true") + template(name='"news"', text='"Hello!"', values="")).shop("tea")
    both = (TemplateValue.REFERENCE, TemplateValue.TEXT)
    assert known.messages.templates == (
        MessageTemplate("our_answer", "en_GB", "About {{1}}: {{2}}", both, answers=True),
        MessageTemplate("news", "en_GB", "Hello!"),
    )
    assert known.messages.templates[0].key == "our_answer/en_GB"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": '"Our answer"'}, "the name that WhatsApp knows"),
        ({"name": f'"{"x" * 513}"'}, "the name that WhatsApp knows"),
        ({"language": '"english"'}, "WhatsApp's code"),
        ({"text": '" "'}, "is empty or too long"),
        ({"text": f'"{{{{1}}}} {{{{2}}}}{"x" * 1024}"'}, "is empty or too long"),
        ({"text": f'"{{{{1}}}}{"x" * 820}"', "values": '["link"]'}, "is too long with its links"),
        ({"text": '"About {{1}}"'}, "does not fit the text"),
        ({"text": '"About {{2}}: {{1}}"'}, "does not fit the text"),
        ({"text": '"About {{1}}: {{name}}"'}, "does not fit the text"),
        ({"values": ""}, "does not fit the text"),
        ({"values": '["reference", "password"]'}, "password"),
        ({"values": '["text", "text"]'}, '"text" twice'),
        ({"values": '["reference", "link"]', "answers": "true"}, "only a template with the value"),
    ],
)
def test_each_mistake_is_named(changes: dict[str, str], sentence: str) -> None:
    found = mistakes(SMALL + template(**changes))
    assert any(sentence in mistake.sentence for mistake in found), found


@pytest.mark.parametrize("names", [["news", "news"], [f"news{number}" for number in range(21)]])
def test_there_are_few_and_none_is_there_twice(names: list[str]) -> None:
    with pytest.raises(PolicyMistakes, match="templates"):
        read(SMALL + "".join(template(name=f'"{name}"') for name in names))
    other = [template(name='"news"'), template(name='"news"', language='"de"')]
    assert len(read(SMALL + "".join(other)).shop("tea").messages.templates) == 2
