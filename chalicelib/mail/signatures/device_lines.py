"""The line that a phone or a mail app adds below a person's words ("Sent from my iPhone"), in some forty languages.
It consists of known words to its end, and names a device or an app. A sentence that only begins in this way is the
person's own."""

from __future__ import annotations

import re

from chalicelib.mail.signatures import device_words as words
from chalicelib.patterns import pattern

MAX_LENGTH = 160
MAX_WORDS = 14
_SHORT = 50
_FEW = 5
_NAMED = rf"{words.DEVICES}|{words.MAKERS}|{words.APPS}|{words.PROVIDERS}"
_LEAD = r"[*_(<\[\s]{0,4}"
_GAP = r"[ '’]"
_BETWEEN = rf"(?:{words.BETWEEN}{_GAP}){{0,5}}?"
_APP = rf"(?<![a-z])(?:{words.APPS}|{words.PROVIDERS})"
# A maker's name alone is a company: "Sent by Nokia".
_THING = (
    rf"(?<![a-z])(?:{words.DEVICES}|(?:{words.MAKERS})(?=[- ](?:{words.THINGS}|{words.DEVICES}|tab|e-?mail|mail))"
    r"|mobiles? (?:phone|device))"
)
_MINE = (
    rf"{words.MY} ?(?:{_BETWEEN}(?<![a-z])(?:{words.DEVICES}|{words.MAKERS})"
    rf"|(?:[^\W\d_]{{1,15}} ){{0,2}}{words.THINGS}(?! number))"
)
# "from" with a device or an app. Scripts without blanks have none here.
_FROM = (
    rf"(?:(?:{words.PLACE}(?:[ '’-]|(?<=[^\x00-\u04ff]))|{words.WITH} ){_BETWEEN}(?:{_APP}|{_MINE})"
    rf"|{words.WITH} (?:{words.DEVICES})(?=\W{{0,3}}\Z)"
    rf"|{words.PLACE}(?:[ '’-]|(?<=[^\x00-\u04ff])){_BETWEEN}{_THING})"
)
# What may stand behind the device: models, platforms, "using an app", whose it is. Anything else makes a sentence.
_MORE = (
    rf"(?:{_NAMED}|{words.WHERE} (?:my |mein\w* |a |an |the |systemu |système )?"
    rf"(?:ios|windows|mac(?:os)?|mobile|мобильн\w*|{words.CARRIERS}|{_NAMED})"
    rf"|using \S{{1,20}}|[a-z+-]{{0,3}}\d[\w.+]{{0,12}}|\d?[a-z]|an|{words.CARRIERS}|network"
    r"|tab|zenfone|blade|surface|app\w{0,8}|secure|encrypted|sicher\w*|e-?mail|mail(?:\.ru)?|smart-?phone|phone|tablet\w*|device|handy|mobil\w*"
    r"|telefon\w*|gerät|pro|max|plus|mini|ultra|lite|note|edge|se|air|one|fold|flip|ios|windows|lte|enterprise"
    r"|herunter|beziehen|laden|мобильн\w*|(?-i:[A-Z][A-Z0-9]{1,11})|akıllı|智慧型手機|智能手机|készülék\w{0,8}|почт[аыу]|unsubscribe|meu|minha|μου|שלי|của|tôi|saya|ของฉัน)"
)
_BEHIND = (
    rf"(?:-{words.SUFFIX}(?![^\W_])|['’.]?[^\W\d_]{{0,8}})"
    rf"(?>[\s,/–|·()-]{{1,3}}(?:{_MORE})(?:['’][^\W\d_]{{1,8}})?(?![^\W_]))*"
)
_EXCUSE = (
    r"(?:excus|forgiv|pardon|sorry|apolog|entschuldig|verzei|désol|disculp|perdon|scus|desculp|excuus|undskyld|ursäkt)"
)
_YOURS = r"(?:your|ihre?[mnrs]?|votre|vos|su|vostr[oa]|our|unser\w*)"
_APOLOGY = (
    rf"(?:(?![^\n]{{0,80}}\b{_YOURS}\b)[^\n]{{0,40}}?\b{_EXCUSE}[^\n]{{0,40}}?"
    r"\b(?:typo|brevity|brief|error|mistake|spelling|autocorrect|auto-correct|thumb|kürze|kurz|tippfehler"
    r"|rechtschreib|faute|brièveté|concision|errores|brevedad|errori|brevità|fouten|beknopt)[^\n]{0,40})"
)
_END = rf"[\s.,;:!*_)\]|–-]{{0,4}}{_APOLOGY}?[\s.!*_)\]]{{0,4}}"
_TAIL = pattern(rf"{_BEHIND}(?P<last>\s?{words.SENT_LAST})?{_END}", re.I)
# Languages whose verb comes last begin with "from": "Von meinem iPhone gesendet".
_SENT_FROM = pattern(
    rf"{_LEAD}(?P<first>(?:diese|this|ce|este|questo|dit|denne|detta) {words.MAIL}"
    rf" (?:wurde|werd|was|has been|a été|ha sido|foi|è stato|is|er) (?:{words.SENT} )?"
    rf"|(?:{words.SURELY} )?{words.SENT}(?:{_GAP}|(?<=[^\x00-\u04ff]))(?:{words.SURELY} )?)?{_FROM}",
    re.I,
)
_BEGUN = pattern(
    rf"{_LEAD}(?:provenance ?: (?=courrier|mail|outlook)|(?:{words.TYPED} )?from my {_BETWEEN}"
    rf"|{words.SENT_ENDING} (?=.{{4,60}}{words.ENDING}[\s.!*_)\]]{{0,4}}\Z){_BETWEEN}"
    rf"|(?:(?:发自|發自|寄自|发送自|發送自|傳送自)\s?(?:我的)?|(?:来自|來自|从|從)\s?我的)\s?(?:{words.MAKERS})?\s?)"
    rf"(?:{_NAMED}|{words.THINGS})",
    re.I,
)
# Languages that say "from" by an ending, with the verb last: what stands before it is named as above.
_ENDS = pattern(
    rf"(?:から| ?에서 | से | ){words.ENDING_SENT}[\s.。!*_)\]]{{0,4}}\Z|\s?(?:传送|傳送|发送|發送|寄出)[。\s]{{0,3}}\Z",
    re.I,
)
_NAME = pattern(rf"{_LEAD}(?:내 ?|나의 ?|मेरे ?|nire |(?:从|從)\s?我的\s?)?{_BETWEEN}(?:{_NAMED}|{words.THINGS})", re.I)
_LINES = tuple(
    pattern(rf"(?:{line})[\s.!*_)\]]{{0,4}}\Z", re.I)
    for line in (
        r"from mobile|sent on the go|dictated,? (?:but|and) not (?:proof)?read",
        # "Yahoo Mail: Search, Organize, Conquer", also translated.
        r"yahoo mail ?[:–-] [^\W\d_]{3,20}, [^\W\d_]{3,20}(?:,|,? [^\W\d_]{1,3}) [^\W\d_]{3,20}",
    )
)
_OFFERED = (
    r"(?:outlook|gmail|(?:blue|yahoo|proton|aqua|edison|canary|fair|k-9 ) ?mail"
    r"|type ?app|spark|thunderbird|airmail|gmx|web\.de)"
)
# What a telephone company puts below a picture message: how it begins, how to answer or learn more, no person's words.
_PROVIDERS = pattern(
    r"(?=this (?:\S{1,20} ){0,2}(?:multi ?media|mms|picture|video) message was sent (?:wirefree|wirelessly"
    r"|from an? (?:\S{1,20} )?(?:mms|mobile|wireless|camera) ?phone\b)"
    r"|this message was sent using (?:the )?(?:pix-flix|picture and video) messaging)"
    r"(?=.{0,600}?\b(?:to reply|to learn|visit|find us)\b)(?!.{0,600}?(?:\b(?:i|my|we)\b|\?(?:\s|\Z))).{40,600}",
    re.I,
)
_MAX_PARAGRAPH = 9
_GET = pattern(rf"(?<![a-z]){_OFFERED}(?:['’]?[a-zü]{{1,3}}(?![a-z]))?", re.I)
_ALONE = pattern(
    rf"get (?:blue ?mail|type ?app)\W{{0,3}}|{words.GET_LABEL} (?:outlook|gmail|(?:blue|yahoo|proton) ?mail)", re.I
)
_PLATFORM = pattern(rf"(?<![a-z]){words.PLATFORMS}(?:[’':-]?[a-z]{{1,3}}(?![a-z]))?", re.I)
# Only a person's own sentence has these: days, order numbers, requests.
_OWN = pattern(
    r"\?|\d{5,}|\d{1,2}[./]\d{1,2}|\b(?:on|am|le|el|il|op|den|dne|em|в)\s\d|#\d"
    r"|\b(?:order|tracking|parcel|yesterday|today|this morning|last week|bestellung|paket|gestern|heute|commande|colis"
    r"|hier matin|pedido|paquete|ayer|ordine|pacco|ieri|pakket|bestelling|gisteren|paczka|wczoraj)\b",
    re.I,
)
_WITHOUT = str.maketrans("", "", "[]™®")
_LINK = pattern(r"(?:[<(\[] ?)?\b(?:https?://|www\.)[^\s<>]{1,300}(?: ?[>)\]])?")
# An app's own address: it names the app, or has a slogan before it.
_SITE = (
    r"(?:https?://)?(?:www\.)?(tuta|proton|zoho|sprh|superhuman|aqua-?mail|mobisystems|getmailspring|canarymail|emclient|bluemail|sparkmailapp)"
    r"\.\w{2,4}(?:/\S*)?"
)
_SITE_NAMED = pattern(rf"\b(with|using|via|from) {_SITE}", re.I)
_SITE_ALONE = pattern(rf"\s{{0,3}}{_SITE}\s{{0,3}}", re.I)
_SLOGAN = pattern(rf"(?<=\w)[.!] (?=[^.?!]{{5,80}}[.!:]? {_SITE}\W{{0,3}}\Z)[^\n]{{5,300}}", re.I)


def device_line(line: str) -> bool:
    """Whether a phone or a mail app added this line."""
    if not 8 <= len(line.strip()) <= MAX_LENGTH + 300:
        return False
    named = _SITE_NAMED.sub(r"\1 \2 mail", _SLOGAN.sub("", line.strip()))
    plain = " ".join(_LINK.sub(" ", named).translate(_WITHOUT).split())
    if not plain or len(plain) > MAX_LENGTH or len(plain.split()) > MAX_WORDS or _OWN.search(plain):
        return False
    plain = plain.lower() if plain.isupper() else plain  # else capitals are a model's name
    return _sent(plain) or any(form.match(plain) for form in _LINES) or _gets(plain, line)


def _sent(plain: str) -> bool:
    """Whether the line says from where a mail was sent, and nothing else."""
    begun = _SENT_FROM.match(plain)
    tail = begun and _TAIL.fullmatch(plain, begun.end())
    if begun and tail and (begun["first"] or tail["last"]):
        return True
    ends = _ENDS.search(plain)
    named = _NAME.match(plain[: ends.start()]) if ends else _BEGUN.match(plain)
    return bool(named and _TAIL.fullmatch(plain, named.end(), ends.start() if ends else len(plain)))


def _gets(plain: str, line: str) -> bool:
    """Whether the line only offers a mail app for a platform ("Get Outlook for iOS"), or is a label that does so in
    few words. Outlook's own link shows it in any language."""
    rest, apps = _GET.subn(" ", plain)
    rest, platforms = _PLATFORM.subn(" ", rest)
    if not platforms and _ALONE.fullmatch(plain):
        return True
    others = {word.strip(".!*_()<>") for word in rest.casefold().split()} - {""}
    offers = bool(others & words.GET) and others <= words.GET | words.GET_FOR
    return apps == 1 and platforms == 1 and (offers or ("https://aka.ms/" in line and len(others) <= _FEW))


def _by_provider(lines: list[str]) -> int | None:
    """The index where a telephone company's paragraph at the end begins."""
    begin = end = len(lines) - next((at for at, line in enumerate(lines[::-1]) if line.strip()), 0)
    while begin and lines[begin - 1].strip(" -_") and end - begin < _MAX_PARAGRAPH:
        begin -= 1
    return begin if _PROVIDERS.fullmatch(" ".join(" ".join(lines[begin:end]).split())[:700]) else None


def below(lines: list[str]) -> int | None:
    """The index where the app's lines at the end begin; None if there are none.
    Such a line is short, or has a blank line above it."""
    found = _by_provider(lines)
    index = len(lines) if found is None else found
    while index:
        line = lines[index - 1]
        if line.strip():
            apart = index < 2 or not lines[index - 2].strip() or len(line.strip()) <= _SHORT
            sites = bool(_SITE_ALONE.fullmatch(line)) and index > 1 and device_line(lines[index - 2])
            if not sites and not (apart and device_line(line)):
                break
            found = index - 1
        index -= 1
    return found
