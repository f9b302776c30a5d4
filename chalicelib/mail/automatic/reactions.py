"""Reactions that reach us as mails. Gmail's name their kind in a part of their own, but Outlook's, and Gmail's if a
gateway removed that part, are recognised only by their shape: a picture, the sender's own name, and a phrase that the
program wrote. Whoever adds a word of their own wrote a mail (decision 94)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from chalicelib.mail.inbound import Address, Attachment
from chalicelib.patterns import pattern

_LONGEST = 600
# What programs write behind the name, by language.
_PHRASES = (
    r"(?:has )?reacted (?:to your (?:message|e-?mail)|(?:via|using|with|in|on) gmail)",
    r"hat (?:auf (?:ihre|deine|eure) (?:nachricht|e-?mail|mail)|(?:über|per|via|mit|in) gmail) reagiert",
    r"a réagi (?:à (?:votre|ton) (?:message|e-?mail|courriel)|(?:via|avec|dans|sur|depuis) gmail)",
    r"(?:ha reaccionado|reaccionó) (?:a (?:su|tu|vuestro) (?:mensaje|correo(?: electrónico)?)"
    r"|(?:a través de|mediante|desde|vía|con|por|en) gmail)",
    r"ha reagito (?:al (?:tuo|suo|vostro) messaggio|alla (?:tua|sua|vostra) (?:e-?)?mail"
    r"|(?:tramite|con|via|da|su) gmail)",
    r"heeft (?:op (?:uw|je|jouw) (?:bericht|e-?mail)|via gmail) gereageerd",
    r"(?:heeft gereageerd|reageerde) (?:op (?:uw|je|jouw) (?:bericht|e-?mail)|via gmail)",
    r"reagiu (?:à (?:sua|tua|vossa) mensagem|ao (?:seu|teu|vosso) e-?mail"
    r"|(?:via|no|pelo|com o|através do|por meio do) gmail)",
    r"(?:har reagerat|reagerade) (?:på (?:ditt|ert) (?:meddelande|mejl|e-?postmeddelande)|(?:via|med|i) gmail)",
    r"(?:har reageret|reagerede) (?:på (?:din|deres|jeres) (?:meddelelse|besked|e-?mail|mail)|(?:via|med|i) gmail)",
    r"(?:har reagert|reagerte) (?:på (?:meldingen (?:din|deres)|din melding|e-?posten (?:din|deres))"
    r"|(?:via|med|i) gmail)",
    r"zareagował(?:\(a\)|/a|a)? (?:na (?:twoją|waszą|państwa|pana|pani) wiadomość"
    r"|(?:przez gmail|w gmailu|za pomocą gmaila))",
    r"reagoi (?:viestiisi|viestiinne|sähköpostiisi|gmailissa|gmailin kautta)",
    r"(?:za)?reagoval(?:\(a\)|/a|a)? (?:na (?:vaši|tvou|tvoji) zprávu"
    r"|(?:přes gmail|v gmailu|prostřednictvím gmailu))",
    r"(?:от)?реагировал(?:\(а\)|/а|а)? (?:на ваше (?:сообщение|письмо)|(?:через|в) gmail)",
    r"さんが ?(?:あなたのメッセージに ?|gmail で ?)リアクションしました",
    r"님이 (?:회원님의 메시지에|gmail을 통해) 반응(?:함|했습니다)",
    r"(?:已)?(?:通过 ?gmail ?|对(?:您|你)的(?:邮件|消息))[做作]出了?(?:回应|反应)",
)
_PICTURES = r"(?:[^\w\[]|\[[^\[\]\n]{0,80}\]){0,40}"
_LINK = r"(?:[(<]?https?://(?:www\.)?google\.com/gmail/[^\s()<>]{0,300}[)>]?)?"
_REACTION = pattern(
    rf"\A{_PICTURES}(?:użytkownik )?(?P<name>[\w(][^\n:]{{0,118}}?) ?(?:{'|'.join(_PHRASES)})"
    rf"[\s:：.!…]*{_LINK}{_PICTURES}\Z",
    re.I,
)
_WORD = pattern(r"[^\W_]+")


def is_reaction(sender: Address | None, reply: str, attachments: Iterable[Attachment]) -> bool:
    """Whether the new words of an answer are only the line that a program writes for a reaction of this sender."""
    pictures = all(file.content_type.startswith("image/") for file in attachments)
    if sender is None or len(reply) > _LONGEST or not pictures:
        return False
    found = _REACTION.match(" ".join(reply.split()))
    return bool(found) and _names(sender, str(found["name"] if found else ""))


def _names(sender: Address, name: str) -> bool:
    """Whether the name is the sender's, or one is a part of the other: some programs write the first name only. A From
    without a name is compared by its address."""
    written, named, local = _words(name), _words(sender.name), _words(sender.address.rpartition("@")[0])
    if set(written) <= {*named, *_words(sender.address)}:
        return bool(written)
    begins = written[0] in named and set(named) <= set(written)
    return begins if named else any(word in local for word in written)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
