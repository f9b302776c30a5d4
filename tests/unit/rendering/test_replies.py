"""Agents' ready replies: available in every language, for every topic, and never sent with a gap."""

import re
import tomllib

import pytest

from chalicelib.rendering import replies, words
from chalicelib.rendering.replies import CannedReply, MissingValues, ReplyMistake
from chalicelib.rules.policy.model import KINDS
from tests.support import shops

TOPICS = tomllib.loads(shops.FILE.read_text(encoding="utf-8"))["defaults"]["topics"]
VALUES = {name: f"<{name}>" for name in replies.VARIABLES}
EVERY = [
    pytest.param(reply, id=f"{language}-{reply.id}")
    for language in replies.languages()
    for reply in replies.replies(language)
]
FRAME = 'greeting = "Hello {name},"\ngreeting_nobody = "Hello,"\nfarewell = "Bye"\n'
ONE = '[[reply]]\nid = "one"\ntitle = "One"\ntopics = []\ntext = "You have {shop}."\n'


def reply(language: str, name: str) -> CannedReply:
    return next(reply for reply in replies.replies(language) if reply.id == name)


def test_every_language_has_ready_replies() -> None:
    assert replies.languages() == words.languages()


@pytest.mark.parametrize("language", replies.languages())
class TestEveryLanguage:
    def test_has_the_same_replies(self, language: str) -> None:
        theirs, english = replies.replies(language), replies.replies("en")
        for one, other in zip(theirs, english, strict=True):
            assert (one.id, one.topics, one.kinds) == (other.id, other.topics, other.kinds)
            assert set(one.variables) == set(other.variables)

    def test_has_one_for_every_topic_and_kind(self, language: str) -> None:
        for topic in TOPICS:
            for kind in topic.get("kinds", KINDS):
                assert topic["id"] in replies.offered(language, kind, topic["id"])[0].topics

    def test_has_replies_for_any_topic(self, language: str) -> None:
        general = {"ask_photo", "ask_proof_of_purchase", "goodwill_voucher", "return_instructions", "apology_delay"}
        assert general <= {reply.id for reply in replies.offered(language, "complaint", None)}

    def test_greets_by_name_if_there_is_one(self, language: str) -> None:
        photo = reply(language, "ask_photo")
        named, unnamed = (replies.letter(photo, {"name": name}) for name in ("Mira Sol", " "))
        assert named.splitlines()[0].endswith(" Mira Sol,")
        assert re.fullmatch(r"[A-Z][a-z ]+\w+,", unnamed.splitlines()[0], re.IGNORECASE)
        assert replies.filled(photo, {}) in named
        assert named.splitlines()[-1] == words.phrase(language, "mail.farewell")


@pytest.mark.parametrize("reply", EVERY)
class TestEveryReply:
    def test_has_no_gap_when_filled(self, reply: CannedReply) -> None:
        text = replies.letter(reply, VALUES)
        assert not re.search(r"[{}\\]|\n\n\n| \n|  ", text)
        assert all(f"<{name}>" in text for name in reply.variables)

    def test_works_for_every_kind_it_names(self, reply: CannedReply) -> None:
        assert set(reply.kinds) <= set(KINDS)
        assert set(reply.topics) <= {topic["id"] for topic in TOPICS}

    def test_can_follow_a_greeting_or_a_sentence(self, reply: CannedReply) -> None:
        beginning = {"en": r"Your |Something ", "de": r"(Ihr|Ihre) "}
        assert re.match(beginning[reply.language], reply.text)

    def test_needs_each_of_its_values(self, reply: CannedReply) -> None:
        for name in reply.variables:
            with pytest.raises(MissingValues, match=rf"{reply.id} needs a value for {name}") as raised:
                replies.filled(reply, VALUES | {name: " "})
            assert raised.value.missing == (name,)


class TestOffering:
    def test_lists_the_topics_own_replies_first(self) -> None:
        ids = [reply.id for reply in replies.offered("en", "complaint", "late")]
        assert ids[0] == "late"
        assert "ask_photo" in ids
        assert "faulty" not in ids

    def test_offers_only_replies_for_the_kind(self) -> None:
        assert "product" in {reply.id for reply in replies.offered("en", "question", "product")}
        assert "product" not in {reply.id for reply in replies.offered("en", "complaint", "product")}

    def test_offers_general_replies_for_a_topic_without_own_ones(self) -> None:
        assert replies.offered("en", "complaint", "own_topic") == replies.offered("en", "complaint", None)

    @pytest.mark.parametrize("language", replies.languages())
    @pytest.mark.parametrize("kind", KINDS)
    def test_those_that_calm_come_first_in_heat_and_else_last(self, language: str, kind: str) -> None:
        usual, hot = (replies.offered(language, kind, "late", hot=hot) for hot in (False, True))
        calm = [reply for reply in usual if reply.calm]
        assert calm
        assert list(usual[-len(calm) :]) == list(hot[: len(calm)]) == calm
        assert list(usual[: -len(calm)]) == list(hot[len(calm) :])


class TestFilling:
    def test_inserts_values_unchanged(self) -> None:
        text = replies.filled(reply("en", "other"), {"resolve_by": "{reference} %s", "reference": "NL-1", "more": "x"})
        assert "by {reference} %s." in text

    def test_names_all_that_is_missing_in_order(self) -> None:
        with pytest.raises(MissingValues, match="needs a value for order_number, resolve_by"):
            replies.filled(reply("en", "late"), {})


class TestReading:
    def test_accepts_valid_files(self) -> None:
        frame, (only,) = replies.read("xx", FRAME + ONE + 'kinds = ["return"]\n')
        assert frame["farewell"] == "Bye"
        assert only == CannedReply("one", "xx", "One", (), ("return",), "You have {shop}.")

    @pytest.mark.parametrize(
        ("text", "sentence"),
        [
            (FRAME + ONE + ONE, "one: stands there twice"),
            (FRAME + ONE.replace("{shop}", "{sohp}"), "one: text: {sohp} is no variable known here"),
            (FRAME + ONE.replace("{shop}", "{shop!r}"), "one: text: {shop} is no variable known here"),
            (FRAME + ONE.replace("{shop}", "{shop.name}"), "one: text: {shop.name} is no variable known here"),
            (FRAME + ONE.replace("{shop}", "{}"), "one: text: {} is no variable known here"),
            (FRAME + ONE.replace("{shop}", "{shop"), "one: text: expected '}' before end of string"),
            (FRAME + ONE.replace('title = "One"\n', ""), "one: title is missing"),
            (FRAME + ONE.replace('id = "one"\n', ""), "reply 1: id is missing"),
            (FRAME + ONE + 'topic = "late"\n', "one: topic is not known here"),
            (FRAME + ONE.replace("topics = []", 'topics = "late"'), "one: topics: must be a list of names"),
            (FRAME + ONE + 'calm = "yes"\n', "one: calm: must be true or false"),
            (FRAME + ONE.replace('title = "One"', 'title = " "'), "one: title: must be words"),
            (FRAME + ONE.replace('"You have {shop}."', "3"), "one: text: must be words"),
            (FRAME.replace("farewell", "goodbye") + ONE, "farewell is missing"),
            (FRAME.replace('nobody = "Hello', 'nobody = "Hello {name}'), "greeting_nobody: {name} is no variable"),
            ("greeting", "Expected '='"),
        ],
    )
    def test_reports_place_and_mistake(self, text: str, sentence: str) -> None:
        with pytest.raises(ReplyMistake, match=re.escape("templates/replies/xx.toml: ") + ".*" + re.escape(sentence)):
            replies.read("xx", text)

    def test_a_language_without_a_file_has_no_replies(self) -> None:
        with pytest.raises(KeyError, match=r"replies/xx\.toml"):
            replies.replies("xx")
