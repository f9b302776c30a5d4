"""Recognises that somebody says the opposite of a request or a complaint: that they do not want their data, that it
must be kept, or that they do not complain. Words that complain of what was not done ("you have not sent …", "I have
received no …") are no denial: whoever writes them asks for it."""

import re

from chalicelib.patterns import pattern

# Only so many characters before the phrase are searched.
_BEFORE = 160
# Words that may stand between the denial and what is denied.
_BETWEEN = (
    r"(?: (?:to|you|have|be|get|receive|see|know|given|sent|send|give|make|making|request|ask|asking|for|that|which"
    r"|what|a|an|any|the|my|full|complete|me|us|now|yet|currently|at|all|formal"
    r"|um|eine|einen|einer|die|den|das|dass|über|gegen|sie|ihr|jetzt|derzeit|dies|ist|wissen|haben))*"
)
_NOT = r"(?:\bnot|n['’]t|\bnever)"
_WANT = r"(?:want|need|wish|ask|asking|asked|require|requesting|request|looking|making|mean|intend)"
_WILL = (
    r"(?:möchte|möchten|will|wollen|wünsche|wünschen|brauche|brauchen|benötige|benötigen|verlange|verlangen|bitte|bitten"
    r"|fordere|fordern|beantrage|beantragen|stelle|stellen)"
)
_DENIED = pattern(
    rf"(?:\b(?:i|we)\b(?:['’]m|['’]re|['’]d)?(?: \w+){{0,2}}? ?{_NOT} (?:\w+ )?{_WANT}\b{_BETWEEN}"
    r"|(?<!why )(?:\bdo not|\bdon['’]t|\bnever|\bnot to)(?: ever)?"
    r"|\b(?:this|it|that)(?:['’]s| is) (?:not|no)(?: an?| any| my| meant as an?)?|\bnot an?"
    r"|\b(?:this|it|that) isn['’]t an?"
    rf"|\bno need (?:for|to){_BETWEEN}"
    rf"|\b{_WILL}\b(?: (?:ich|wir|mich|uns|aber|doch|jetzt|derzeit|ausdrücklich|hiermit|auch|gar|noch|jedoch)){{0,3}}"
    rf" (?:kein(?:e|en|er|erlei)?|nicht),?{_BETWEEN}"
    r"|\b(?:dies|das|es) ist kein(?:e|en)?)\Z",
    re.IGNORECASE,
)
# German may deny at the end: "Löschen Sie meine Daten bitte noch nicht."
_DENIED_AFTER = pattern(
    r" (?:(?:bitte|noch|aber|auf|jetzt) )*(?:nicht|keinesfalls|keinen fall)\b"
    r"(?! (?:nur|allein|bloß|erst|die|das|den|der)\b)",
    re.IGNORECASE,
)
# Who thanks for it has it, unless they thank beforehand.
_THANKED = pattern(
    r"\b(?:thanks|thank you|danke|dank|bedanken?)(?: \w+){0,3}? (?:for|für)"
    r"(?: (?:the|your|die|der|den|das|ihre|eure|my|a))*\Z",
    re.IGNORECASE,
)
_BEFOREHAND = pattern(
    r"\b(?:in advance|beforehand|voraus|vorab|please|soon|bald\w*|bitte|asap|as possible|schnell\w*|umgehend\w*|prompt"
    r"|within|innerhalb|if you|wenn sie)\b",
    re.IGNORECASE,
)
_ENDS = pattern(r"[.!?](?=\s|$)")


def is_denied(text: str, found: re.Match[str]) -> bool:
    """Whether the sentence around what was found in the text, on one line, denies it."""
    before, end = text[max(0, found.start() - _BEFORE) : found.start()].rstrip(), _ENDS.search(text, found.end())
    if _DENIED.search(before):
        return True
    if thanked := _THANKED.search(before):
        thanks = before[thanked.start() :] + text[found.start() : end.start() if end else None]
        return _BEFOREHAND.search(thanks) is None
    asked = end is not None and end[0] == "?"
    return not asked and found[0].casefold().startswith("lösch") and _DENIED_AFTER.match(text, found.end()) is not None
