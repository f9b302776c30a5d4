"""Farewells and greetings, in some forty languages: "Best regards", "Viele Grüße aus Hamburg", "Hi Kim"."""

from __future__ import annotations

import re

from chalicelib.mail.signatures import name_lines, uncased_names
from chalicelib.patterns import pattern

MAX_LENGTH = 160
_ENDS = " \t\u00a0,.!;:*_~–—-。、，！："
_ENGLISH = (
    r"(?:with )?(?:(?:my|our|very) )?(?:(?:best|kind|warm|friend|many|sincere|cordial)(?:est|ly)? (?:personal )?)?"
    r"regards|(?:with )?(?:(?:best|kind|warm|good)(?:est)? )?(?:wishes|greetings)|(?:very )?(?:yours )?"
    r"(?:sincerely|faithfully|truly|respectfully)(?: yours)?|(?:all|my) (?:(?:the|my) )?(?:very )?best|br"
    r"|b?rgds|cheers|thanks|thank you"
)
_GERMAN = (
    r"(?:mit )?(?:ganz )?(?:(?:freundlich|best|lieb|herzlich|schön|schoen|sonnig|nett|warm|viel)\w{0,4} ){0,3}"
    r"gr(?:ü|ue|u)(?:ß|ss)(?:e|en)?|mit besten empfehlungen|m\.?f\.?g|[lvbh]\.?g|glg|vlg|hochachtungsvoll|herzlichst"
)
_NORDIC = (
    r"(?:med )?(?:de )?(?:(?:vän|venn?)lig(?:a|e|ste?)? |(?:bäst|bedst|best|varm|hjärtlig|hjertelig|kærlig|kjærlig|mång"
    r"|mang)\w{0,4} )?(?:hälsning(?:ar)?|hilsen|hilsener|hilsner)|vänligen|mvh|vh|(?:með )?(?:bestu )?kveðj[au]"
    r"|(?:(?:ystävällisin|parhain|lämpimin|terveisin|sydämellisin) ?)?terveisin|(?:parhaat )?terveiset|ystävällisesti"
)
_DUTCH = r"(?:met )?(?:(?:vriendelijke|hartelijke|beste|warme|lieve|vele) )?groet(?:en|jes)?|mvg|hoogachtend"
_ROMANCE = (
    r"(?:bien |très )?(?:cordialement|amicalement|respectueusement)|(?:bien )?à vous"
    r"|(?:(?:mes|nos|avec mes) )?(?:(?:sincères|cordiales|meilleures) )?salutations(?: (?:distinguées|cordiales"
    r"|sincères|respectueuses))?|cdlt|cdt|amitiés|bises"
    r"|(?:veuillez|je vous prie d)[^.\n]{0,80}(?:salutations|sentiments)[^.\n]{0,40}"
    r"|(?:un |muchos |reciba un )?(?:(?:cordial|atento|afectuoso) )?saludos?(?: (?:cordial|atento|afectuoso)(?:e?s)?)?"
    r"|(?:muy )?atentamente|atte|(?:um |un )?abra[zç]os?|(?:muito )?cordial(?:mente|ment)"
    r"|(?:com )?(?:os )?(?:(?:meus|nossos|melhores|mais|cordiais) ){0,3}cumprimentos|atenciosamente|att"
    r"|saudações(?: cordiais)?|(?:(?:un|i|i miei|i nostri|i più|con) )?(?:(?:cordial[ei]|distint[io]|migliori|cari"
    r"|tanti) )?salut[io](?: cordiali)?|cu (?:mult )?(?:stimă|respect|prietenie|drag)|salutări|salutacions"
)
_SLAVIC = (
    r"(?:serdecznie |ciepło )?pozdrawiam(?: (?:serdecznie|ciepło|gorąco))?|(?:serdeczne )?pozdrowienia|pozdr"
    r"|z (?:poważaniem|wyrazami szacunku|pozdrowieniami)|se? (?:[^\W\d_]{4,14} )?pozdrav(?:em|om)|s úctou"
    r"|(?:(?:lep|lijep|srdačan|prijateljski|topel) )?pozdrav|(?:(?:lepe|lijepe|srdačne) )?pozdrav[ie]|lp"
    r"|sa? (?:poštovanjem|spoštovanjem|štovanjem)|(?:(?:с|со|сърдечни|най-добри|срдачан|срдечен) )?поздрав(?:и|ом)?"
    r"|с (?:глубоким )?уважением|с наилучшими пожеланиями|с приветом|искренне ваш[аи]?|всего (?:доброго|хорошего"
    r"|наилучшего)|с уважение|с почит|со почит|с поштовањем|з повагою|з найкращими побажаннями"
)
_OTHER_LATIN = (
    r"(?:su )?pagarba|pagarbiai|(?:geriausi )?linkėjimai|ar cieņu|ar sveicieniem|lugupidamisega|parimate soovidega"
    r"|tervitades|(?:baráti |szívélyes )?üdvözlettel|tisztelettel|üdv"
    r"|(?:en içten )?saygılar(?:ımla|ımızla|ımı sunarım)?|sevgiler(?:imle)?|selamlar(?:ımla)?|iyi çalışmalar"
    r"|me respekt|trân trọng|hormat (?:kami|saya)"
)
# Thanks and requests that end nearly every mail in their language, and words with another meaning. Alone they are an
# answer.
_POLITE = (
    r"감사합니다|감사드립니다|고맙습니다|(?:何卒|どうぞ)?(?:宜しく|よろしく)(?:お願い(?:いた|致|申し上げ)?(?:し)?ます)?"
    r"|köszönettel|yours|best"
)
_OTHER_SCRIPTS = (
    r"φιλικ[άα]|με (?:εκτ[ίι]μηση|φιλικούς χαιρετισμούς|χαιρετισμούς)|μετά τιμής|χαιρετισμούς"
    r"|祝(?:您|你)?(?:好|安|顺利|一切顺利|(?:工作|生活)(?:顺利|愉快))|此致(?: ?敬礼| ?敬禮)?"
    r"|敬礼|敬禮|(?:顺|順)?(?:祝|颂|頌)商祺|敬上|謹啟|谨启|敬具"
    r"|草々|בברכה(?: רבה)?|בכבוד רב|(?:مع )?(?:(?:أطيب|خالص) )?(?:ال)?تحيات(?:ي|نا)?"
    r"|مع (?:فائق )?الاحترام|با احترام|ขอแสดงความนับถือ|सादर"
)
_ONE = "|".join((_ENGLISH, _GERMAN, _NORDIC, _DUTCH, _ROMANCE, _SLAVIC, _OTHER_LATIN, _OTHER_SCRIPTS, _POLITE))
CLOSING = pattern(rf"(?:{_ONE})(?!\w)", re.I)
_POLITE_ALONE = pattern(_POLITE, re.I)
_JOINED = pattern(r" ?[/|&] ?| (?:and|und|et|y|og|och|en) ", re.I)
_THANKS = pattern(r"thank|cheers", re.I)
_FROM = pattern(r"(?:from|aus|von|vom|de|du|des|da|dal|fra|från|van|uit|ze?|iz|из|від|з)", re.I)
# Who is greeted is no name of the writer ("Grüße an Tom").
_TO = pattern(r"(?:to|an|à|a|til|till|aan|al|alla|für|for)", re.I)
# One short word could also be a brand's or an ordinary one ("LG Electronics", "Best Buy").
_SHORT = 4
# "Hello, Tom", "Hello, Kim Lee"; a place or a thing that is named so is taken for a name.
_MAX_GREETED = 2
_GREETING = pattern(
    r"(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day)|hallo|moin|servus|guten (?:tag|morgen|abend)"
    r"|sehr geehrte[rs]?|lieber?|grüß gott|bonjour|bonsoir|salut|ch[eè]r(?:e|s)?|hola|estimad[oa]s?|querid[oa]s?"
    r"|buen(?:o|a)?s? (?:días?|tardes?)|ciao|salve|buon ?(?:giorno|asera)|gentile|egregio|spett(?:abile|\.le)|olá"
    r"|bom dia|boa (?:tarde|noite)|prezad[oa]s?|car[oa]|hoi|beste|goede(?:morgen|middag|ndag)|geachte|dag|hej(?:san)?"
    r"|god (?:dag|morgen|morgon)|kære|kjære|bästa?|hei|hyvä|moi|terve|cześć|dzień dobry|szanown[aiy]\w{0,3}|witam"
    r"|dobrý den|vážen[ýáí]|ahoj|zdravo|pozdravljeni|dobar dan|poštovan[aio]|здравствуйте|добрый (?:день|вечер)"
    r"|доброе утро|привет|уважаем\w{2,3}|добрий день|вітаю|шановн\w{1,3}|здравей(?:те)?|γεια(?: σας)?|καλημέρα(?: σας)?"
    r"|αγαπητ\w{1,4}|merhaba|sayın|iyi günler|bună(?: ziua)?|stimat[ăe]?|szia|jó napot|kedves|tisztelt|laba diena"
    r"|sveiki|tere|שלום|היי|مرحبا|السلام عليكم|您好|你好|尊敬的\w{0,8}|こんにちは|お世話になっております|안녕하세요)"
    r"(?:(?P<apart>[\s,，、]{1,3})(?P<name>[^,;:!?]{1,60}))?",
    re.I,
)
_ADDRESSED = pattern(
    r"(?:herrn?|frau|familie|mrs?|ms|miss|mx|sir|madam|mister|dr|prof|professor|monsieur|madame|mademoiselle|mme|mlle"
    r"|m|señor(?:a|ita)?|sra?|srta|don|doña|signora?|signorina|sig|dott|dottoressa|senhora?|dhr|mevr(?:ouw)?|meneer"
    r"|mijnheer|heer|hr|herra|rouva|fru|pan[ieí]?|панe?|пані|г-н|г-жа|господин|госпожа|domnul|doamna|bay|bayan)"
    r"\.? (?P<name>.{1,60})",
    re.I,
)
# These are also adjectives and comparatives: "rather red", "the best price". Some of them hardly are.
_ADJECTIVE = pattern(r"lieber|beste|bästa?|car[oa]", re.I)
_OFTEN = pattern(r"dear|liebe|gentile|ch[eè]re?s?", re.I)
_GREETS = (",", "，", "、", "!", "！", ":", "：", "–", "—")
_EVERYBODY = pattern(
    r"(?:there|again|all|everyone|everybody|team|sirs?|zusammen|tous|toutes|todos|todas|tutti|allemaal|alla|alle)", re.I
)


def bare(line: str) -> str:
    """The line without blanks, emphasis and punctuation around it."""
    return " ".join(line.split()).strip(_ENDS)


def formula(line: str) -> bool:
    """Whether the line is a closing formula, perhaps with a place ("Viele Grüße aus Hamburg")."""
    found = _parted(line)
    return found is not None and (not found[1] or _place(found[1].split()))


def farewell(line: str, author: str = "") -> bool:
    """Whether the line is a closing formula, perhaps with a place and a name behind it. `author`: the writer's name."""
    found = _parted(line)
    if found is None:
        return False
    said, rest = found
    if name_lines.answer(rest):
        return False
    if not any(map(str.isalnum, rest)) or _place(rest.split()) or name_lines.of_author(rest, author, initial=True):
        return True
    if _TO.fullmatch(rest.split()[0]):
        return False
    if uncased_names.uncased(rest):
        return uncased_names.honoured(rest)  # "Thank you. We ship it tomorrow."
    return (" " in said or len(said) > _SHORT) and not thanks(said) and name_lines.name(rest)


def thanks(line: str) -> bool:
    """Whether the line begins with thanks. They are words of the writer's, also above a signature."""
    return bool(_THANKS.match(bare(line)))


def polite(line: str) -> bool:
    """Whether the line is a formula that ends most mails in its language, and says something where it stands alone."""
    return bool(_POLITE_ALONE.fullmatch(bare(line)))


def greeting(line: str, author: str = "", closed: bool = False) -> bool:
    """Whether the line only greets somebody. "Hi Tom," and "Hello, Tom" do; "Hello, Friday" and "Lieber Rot"
    say something. `author`: the writer's name; `closed`: a farewell stands below."""
    found = _GREETING.fullmatch(bare(line)) if len(line) <= MAX_LENGTH else None
    if found is None:
        return False
    whom, end = bare(found["name"] or ""), line.rstrip(" \t\u00a0*_~")
    if not whom or _EVERYBODY.fullmatch(whom) or uncased_names.honoured(whom):
        return True
    addressed = _ADDRESSED.fullmatch(whom)
    if addressed:
        return name_lines.name(addressed["name"], chosen=True)
    if end.endswith(_GREETS[:3]):
        return name_lines.name(whom, chosen=True) and not (uncased_names.uncased(whom) and " " in whom)
    if found["apart"].strip():
        named = name_lines.name(whom) and len(whom.split()) <= _MAX_GREETED and not end.endswith(".")
        return name_lines.of_author(whom, author) or (named and not uncased_names.uncased(whom))
    said = bare(line)[: found.start("apart")]
    unsure = _ADJECTIVE.fullmatch(said) or (_OFTEN.fullmatch(said) and not closed)
    if unsure and not end.endswith(_GREETS):
        return False
    return name_lines.name(whom) and not uncased_names.uncased(whom)


def _parted(line: str) -> tuple[str, str] | None:
    """(the formula, what stands behind it) of a line that begins with the longest formula it can."""
    if len(line) > MAX_LENGTH:
        return None
    whole = bare(line)
    if not CLOSING.match(whole):
        return None
    words = whole.split()
    for end in range(len(words), 0, -1):
        said = bare(" ".join(words[:end]))
        if CLOSING.fullmatch(said) or all(map(CLOSING.fullmatch, _JOINED.split(said))):
            return said, bare(" ".join(words[end:]))
    return None


def _place(words: list[str]) -> bool:
    """Whether the words name a place: "aus Hamburg", "from sunny Hamburg", perhaps with a name behind it."""
    if len(words) < 2 or not _FROM.fullmatch(words[0]):
        return False
    rest = words[1:]
    while len(rest) > 1 and len(words) - len(rest) <= 2 and rest[0].isalpha() and rest[0].islower():
        rest = rest[1:]
    return name_lines.name(" ".join(rest))
