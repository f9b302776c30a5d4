"""Outlook's request to recall a mail. Where nothing carries it out, it arrives as a mail of one sentence: that its
sender would like to recall the message with the subject that its own subject names ("Recall: …"). The sentence is in
the sender's language. So it is recognised by its shape and two words: nobody writes of themselves by name, and of a
mail by its subject."""

from __future__ import annotations

import re

from chalicelib.mail.inbound import Address, InboundMail
from chalicelib.patterns import pattern

_QUOTES = frozenset("\"'“”„‟«»‹›‘’‚「」『』")
_LONGEST = 1_200
_LONGEST_NAME = 240
_RECALL = pattern(
    r"recall|zurück(?:zu)?(?:ruf|zieh|hol)|rappel|recuper|retirar|richiam|intrek|terug(?:roep|hal|trek)"
    r"|odwoł|wycof|återkall|tilbakekall|tilbagekald|trække|trekke|peruut|perua|odvol|stáhnout|visszahív|visszavon"
    r"|retrag|отозв|відклик|ανακαλ|geri (?:çek|çağ)|取り消|回収|撤回|회수|召回",
    re.I,
)
_MESSAGE = pattern(
    r"message|nachricht|\be?-?mail|bericht|mensaje|messaggio|mensagem|wiadomo|meddel|besked|melding"
    r"|viesti|zpráv|správ|üzenet|mesaj|сообщени|письмо|повідомлен|μήνυμα|ileti|メッセージ|메시지|邮件|郵件",
    re.I,
)
_REST = pattern(r"[^.!?。]{0,60}[.。]?")
_WORD = pattern(r"[^\W_]+")
_USER = ("użytkownik", "użytkowniczka", "benutzer", "usuario", "utilisateur")


def is_recall(mail: InboundMail) -> bool:
    """Whether the mail's new words are only Outlook's request to recall a mail of this sender."""
    said = " ".join((mail.new or mail.reply).split())
    _, colon, named = mail.subject.replace("：", ":", 1).partition(":")
    recalled = " ".join(named.split())
    if mail.sender is None or not colon or not recalled or len(said) > _LONGEST:
        return False
    before, found, after = said.partition(recalled)
    before, after = before.rstrip(), after.lstrip()
    quoted = found and before[-1:] in _QUOTES and after[:1] in _QUOTES
    if not quoted or len(before) > _LONGEST_NAME or not _REST.fullmatch(after[1:].strip()):
        return False
    sentence = f"{before} {after}"
    return _begins_with(mail.sender, before) and bool(_RECALL.search(sentence) and _MESSAGE.search(sentence))


def _begins_with(sender: Address, text: str) -> bool:
    """Whether the sentence begins with the sender's name, in any order ("Lindqvist, Ada"), or with their address."""
    if text.casefold().startswith(sender.address.casefold()):
        return True
    words = [word for word in _words(text) if word not in _USER]
    return bool(words) and words[0] in _words(sender.name or sender.address.rpartition("@")[0])


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
