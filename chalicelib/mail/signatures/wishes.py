"""What stands in signatures beside names and addresses, and answers nothing: wishes for the day, offers of help, hours
of opening, whom to ask, how the answer was."""

from __future__ import annotations

import re

from chalicelib.mail.signatures import name_lines
from chalicelib.patterns import pattern

MAX_LENGTH = 160
_WISHES = (
    r"have an? (?:[^\W\d_]+ ){0,3}(?:day|evening|afternoon|morning|night|time|one|week|week-?end"
    r"|rest of (?:the|your) \w+)(?: ahead| too)?|enjoy (?:the rest of )?your (?:day|evening|week|week-?end)|take care",
    r"(?:(?:ich|wir) wünschen? (?:(?:ihnen|dir|euch|allen) )?)?(?:noch )?(?:einen? |ein )?"
    r"(?:(?:recht |wunder)?(?:schön|gut|angenehm|sonnig|erholsam|toll)\w* )(?:rest)?(?:tag|abend|vormittag|nachmittag"
    r"|feierabend|woche|wochenende|start in (?:den tag|die woche|das wochenende))(?: noch)?"
    r"(?: (?:ihnen |dir |euch )?wünsch(?:t|en)(?: (?:ihnen|dir|euch))?(?P<who>(?: [^\W\d_]+){0,4}))?",
    r"(?:(?:je|nous) vous souhait\w+ )?(?:une? )?(?:très )?(?:bon(?:ne)?|belle|excellente?|agréable)"
    r" (?:fin de )?(?:journée|soirée|après-midi|semaine|week-?end|continuation)(?: à vous)?",
    r"(?:(?:le|te|les|os) dese(?:o|amos) )?(?:que (?:tenga|pase)\w* )?(?:una? )?(?:muy )?"
    r"(?:buen\w{0,2}|feliz|lind[oa]|excelente) (?:día|tarde|noche|semana|fin de semana)",
    r"(?:tenha |desej\S+ )?(?:uma? )?(?:bo[am]|ótim[oa]|excelente) (?:resto de )?(?:dia|tarde|noite|semana"
    r"|fim de semana)",
    r"(?:(?:le|ti|vi) augur\w+ )?(?:una? )?(?:buon[ao]?|bella|splendida) (?:giornata|serata|settimana|fine settimana"
    r"|week-?end|lavoro|proseguimento)(?: a lei)?",
    r"(?:(?:ik|wij|we) wens(?:en)? (?:u|je|jullie) )?(?:nog )?(?:een )?(?:hele )?(?:fijne|prettige|goede|mooie|leuke)"
    r" (?:dag|avond|middag|week|weekend)(?: nog| verder| toegewenst)?",
    r"(?:(?:jag |jeg |vi )?(?:ha|hav|önskar|ønsker)(?: (?:du|dig|deg|dere|er|jer))? )?(?:fortsatt? )?(?:en |et |ett )?"
    r"(?:riktig |rigtig )?(?:fin|bra|god|trevlig|trevligt|härlig|dejlig|fortsatt?)"
    r" (?:dag|kväll|kveld|aften|helg|weekend|vecka|uke|uge)(?: videre)?",
    r"(?:hyvää|mukavaa|kivaa|aurinkoista) (?:päivän ?jatkoa|päivää|iltaa|viikonloppua|viikkoa)",
    r"(?:życz(?:ę|ymy) )?(?:(?:pani|panu|państwu) )?(?:miłego|dobrego|udanego|spokojnego)"
    r" (?:dnia|wieczoru|popołudnia|weekendu|tygodnia)",
    r"(?:pře(?:ji|jeme)|praje(?:m|me) )?(?:vám )?(?:hezký|pěkný|krásný|příjemný|pekný|príjemný)"
    r" (?:zbytek dne|zvyšok dňa|den|deň|večer|víkend|týden|týždeň)",
    r"(?:želi(?:m|mo) )?(?:vam )?(?:lep|lijep|ugod[ea]n|prijeten)(?:ega|og)? (?:dan|večer|vikend|teden|tjedan)",
    r"(?:желаю |желаем |бажаю |бажаємо )?(?:вам )?(?:хорошего|приятного|доброго|гарного|удачного|вдалого)"
    r" (?:дня|вечера|вечора|недели|тижня|выходных|вихідних)|(?:хубав|приятен|лек) (?:ден|уикенд)|приятна вечер",
    r"(?:további )?(?:szép|kellemes) (?:napot|estét|hétvégét|hetet)(?: kívánok)?"
    r"|o (?:zi|seară|săptămână) (?:bună|frumoasă|plăcută)|(?:iyi|güzel) (?:günler|akşamlar|haftalar|hafta sonları)"
    r"|καλή (?:ημέρα|συνέχεια|εβδομάδα)|καλό (?:βράδυ|απόγευμα|σαββατοκύριακο)|geros dienos|jauku dieną|ilusat päeva"
    r"|יום (?:טוב|נעים)|祝您?(?:愉快|生活愉快)|良い一日を",
)
_WISH = pattern(rf"\W*+(?:{'|'.join(_WISHES)})\W*\Z", re.I)
_HELP = pattern(
    r"\W*+(?:(?:we|i)(?: are|.re| am|.m) (?:always )?(?:happy|glad|here) to help(?: you)?"
    r"|(?:wir|ich) helfen? (?:ihnen |dir )?(?:immer )?gerne?(?: weiter)?"
    r"|how (?:was|did you like) (?:my|our|this) (?:answer|reply|service|support|help)\b.*|how did (?:i|we) do\b.*"
    r"|wie (?:war|hat ihnen) (?:meine|unsere?|diese) (?:antwort|hilfe|service|support)\b.*"
    r"|rate (?:my|our|this) .*)\W*\Z",
    re.I,
)
_DAY = (
    r"(?:mo|mon|monday|montags?|di|tues?day|dienstags?|lu|lun|lundi|lunes|lunedì|ma|mån|måndag|man|mandag|maandag|pn|pon"
    r"|po|fr|fri|friday|freitags?|sa|sat|saturday|samstags?|su|sun|sunday|so|sonntags?|ve|ven|vendredi|venerdì|vie|viernes"
    r"|vr|vrij|vrijdag|sáb|sam|samedi|fre|fredag|lör|lør|pt|pi|pá|пн|пт|сб)\.?"
)
_DAYS = pattern(rf"(?<!\w){_DAY} ?(?:[-–—]|bis|to|through|till?|au?|à|al?|tot|t/m|do|по) ?{_DAY}(?!\w)", re.I)
_HOUR_RANGE = pattern(
    r"(?<![\d.,])\d{1,2}(?:[:.]\d\d)? ?(?:am|h|uhr)? ?(?:[-–—]|bis|to|till?|à|tot) ?"
    r"\d{1,2}(?:[:.]\d\d)? ?(?:[ap]m|uhr|h)\b",
    re.I,
)
_OPEN = pattern(
    r"\b(?:open(?:ing)?|hours|office|available|reachable|geöffnet|\w*zeiten|erreichbar|hotline|horaires?|ouvert|joignable"
    r"|horario|abierto|disponible|orari[o]?|aperti|disponibil[ei]|bereikbaar|\w*tijden|öppet|öppettider|åbent|åpent"
    r"|telefontid|godziny|otevřeno|otvorené|dostępn\w+)\b",
    re.I,
)
_ONLY_HOURS = pattern(r"(?:\W|\d|\b(?:h|am|pm|uhr|von|from|bis|to|and|und|et|cet|gmt)\b)*\Z", re.I)
_ASK_FOR = pattern(
    r"\W*+(?:(?:your|ihre?|votre|su|uw|din|il suo) )?(?:personal |persönliche[rn]? |direct )?(?:contact|kontakt"
    r"|ansprechpartner\w*|interlocut\w+|contacto|contatto|contactpersoon|kontaktperson|opiekun|advisor|berater(?:in)?)"
    r"(?: person)?\s?[:–-]",
    re.I,
)
_THANKS = r"(?:(?:many )?thanks|thank you|vielen dank|danke|merci|gracias|grazie|obrigad[oa]|bedankt|tack|tak|takk)"
_JOINS = r"(?:and|und|et|y|e|og|och|en|i|&|\+)"
_REGARDS = (
    r"(?:regards|greetings|wishes|gr(?:ü|ue)(?:ß|ss)en?|hilsen|hilsner|hälsningar|groet(?:en|jes)?|saludos|saluti"
    r"|salutations|pozdrowienia|cumprimentos)"
)
# "Sunny regards from the lamp team", "Beste Grüße und einen schönen Tag".
_LEAVE = pattern(
    rf"\W*+(?:{_THANKS} {_JOINS} )?(?:[^\W\d_]+ ){{0,3}}{_REGARDS}"
    r"(?:,? (?:from|aus|vo[mn]|de|du|des|da|dalla?|fra|från|van|uit|ze?) [^,;:.!?\d]{1,60}"
    rf"|,? {_JOINS} (?P<wish>[^,;:.!?\d]{{1,80}}))?\W*\Z",
    re.I,
)
_ALSO = pattern(
    r"(?:have|enjoy|stay|take|see you|all|einen?|ein|schön\w*|bleib\w*|bis|alles|gute[ns]?|(?:que )?pase\w*|una?|une"
    r"|buon\w*|bonne|belle|bon|boa|bom|ha|en|ett|fijne|een|prettige|miłego)(?!\w)",
    re.I,
)


def leave(line: str) -> bool:
    """Whether the line takes leave in more words than a formula: regards of any kind, from anybody, with a wish."""
    found = _LEAVE.match(line) if len(line) <= MAX_LENGTH else None
    return bool(found and (not found["wish"] or _ALSO.match(found["wish"]) or _LEAVE.match(found["wish"])))


def wish(line: str) -> bool:
    """Whether the line only wishes a good day, perhaps with a name ("Einen schönen Tag wünscht Anna")."""
    return len(line) <= MAX_LENGTH and bool(_WISH.match(line))


def hours(line: str) -> bool:
    """Whether the line says when somebody can be reached: a range of days or of hours, and nothing else or a word like
    "open". "We ship Mon-Fri" says something."""
    if len(line) > MAX_LENGTH or not (_DAYS.search(line) or _HOUR_RANGE.search(line)):
        return False
    return bool(_OPEN.search(line) or _ONLY_HOURS.match(_DAYS.sub(" ", line)))


def offers(line: str, author: str = "") -> bool:
    """Whether the line offers help, asks how the answer was, or says whom to ask: the writer."""
    if len(line) > MAX_LENGTH:
        return False
    found = _ASK_FOR.match(line)
    if found and author:
        return name_lines.of_author(name_lines.without_contact(line[found.end() :]), author)
    return bool(_HELP.match(line))
