"""What stands in signatures beside names and addresses, and answers nothing: wishes for the day, offers of help, hours
of opening, whom to ask, how the answer was, what links and banners advertise."""

from __future__ import annotations

import re

from chalicelib.mail.signatures import answer_words, name_lines
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

# A tail that no answer has: no number but a year, no question, no second sentence.
_TAIL = r"(?:[\s,:–-]+(?:20\d\d|[^\d?.!:;])+)?"
_ADVERTS = (
    r"(?:book|schedule|arrange) (?:an?|your) (?:[^\W\d_]+ )?(?:meeting|call|appointment|demo|consultation)"
    r"(?: with (?:me|us))?"
    r"|(?:jetzt |online )?(?:einen )?termin (?:mit (?:mir|uns) )?(?:jetzt |online )?(?:vereinbaren|buchen)"
    r"|(?:prenez|prendre|réserve[rz]) (?:un )?rendez-vous(?: avec (?:moi|nous))?"
    r"|(?:reserva|agenda|reserve|concierta)r? (?:una )?(?:reunión|cita|llamada)(?: (?:conmigo|con nosotros))?"
    r"|(?:prenota|fissa) (?:un |una )?(?:appuntamento|incontro|riunione)(?: con (?:me|noi))?"
    r"|(?:plan|boek) (?:een )?(?:afspraak|gesprek|meeting)(?: met (?:mij|ons))?"
    r"|umów (?:się na )?(?:spotkanie|rozmowę)(?: ze mną| z nami)?|(?:agende|marque) uma reunião(?: comigo| connosco)?",
    rf"(?:(?:follow|find|like|join|visit|connect with) (?:us|me)|(?:folgen|besuchen|finden) sie uns|folge? uns"
    rf"|(?:suivez|retrouvez|rejoignez)[ -]nous|s[ií]gu?[ae](?:nos|n-nos)|visítanos|seguici|visitaci|trovaci|volg ons"
    rf"|(?:śledź|obserwuj|odwiedź|znajdź) nas|visite-nos|följ oss|følg os){_TAIL}",
    rf"(?:[^?]{{5,80}}\? )?(?:(?:rate|review) (?:us|me|our [^\W\d_]+|my [^\W\d_]+)"
    rf"|leave (?:us )?(?:an?|your) (?:review|feedback)|give (?:us )?(?:your )?feedback"
    rf"|(?:jetzt|hier)(?: uns)? bewerten|bewerten sie uns"
    rf"|(?:jetzt )?(?:bewertung|feedback) (?:abgeben|geben|schreiben)|donnez(?:-nous)? votre avis|évaluez[ -]nous"
    rf"|laissez(?:-nous)? un avis|valóranos|(?:déjanos|danos) (?:tu|su) opinión|lascia(?:ci)? una recensione|valutaci"
    rf"|beoordeel ons|laat een (?:review|beoordeling) achter|oceń nas|(?:wystaw|zostaw) (?:nam )?opinię|avalie-nos"
    rf"|deixe a sua opinião){_TAIL}",
    rf"(?:(?:subscribe|sign up) (?:to|for) (?:our|the) newsletter"
    rf"|(?:jetzt )?(?:zum )?newsletter (?:abonnieren|anmelden)|(?:abonnez|inscrivez)-vous à (?:notre|la) newsletter"
    rf"|suscríbete a (?:nuestra|la) newsletter"
    rf"|iscriviti alla (?:nostra )?newsletter|(?:meld je aan|schrijf je in) voor (?:onze|de) nieuwsbrief"
    rf"|zapisz się (?:do|na) (?:nasz\w* )?newsletter\w*|assine a nossa newsletter|download our app|shop (?:now|online)"
    rf"|(?:visit|discover) our|zum (?:online-?)?shop|besuchen sie unseren?|entdecken sie unsere?"
    rf"|(?:découvrez|visitez) (?:notre|nos)|(?:descubre|visita) nuestr[oa]s?"
    rf"|(?:scopri|visita) (?:la|il|le|i) nostr[oaie]|(?:ontdek|bezoek) on(?:ze|s)"
    rf"|(?:odkryj|odwiedź) nasz[ąae]?|(?:descubra|visite) (?:a nossa|o nosso)){_TAIL}",
    r"(?:black (?:friday|week)|cyber (?:monday|week)|(?:summer|winter|spring|christmas|final) sale"
    r"|(?:winter|sommer)schlussverkauf|soldes|rebajas|saldi|saldos|uitverkoop|wyprzedaż)\b[^?.;]{0,80}",
    r"(?:up to |bis zu |jusqu'à |hasta |fino al? |tot |do |até )?-?\d{1,2} ?% (?:off|discount|rabatt"
    r"|de (?:réduction|remise|descuento|desconto)|di sconto|korting|zniżki|taniej|rabatu)\b[^?.;]{0,60}",
)
_ADVERT = pattern(rf"\W*+(?:{'|'.join(_ADVERTS)})\W*\Z", re.I)
# Who is spoken to: "20 % off for you" is an answer.
_SPOKEN_TO = pattern(
    r"\b(?:you|sie|ihnen|ihre[rnms]?|dir|euch|deine[rnms]?|vous|le|te|ti|lei|u|jou|je|ci|tobie|panu|pani|państwu|order\w*"
    r"|bestell\w*|commande\w*|pedido\w*|ordin\w*|zamówien\w*)\b",
    re.I,
)
_SALE = pattern(r"%|\bsale\b|\bblack\b|\bcyber\b", re.I)
_SLOGAN = pattern(r"(?P<firm>(?:[A-ZÀ-Þ]\S*\s){1,4}(?:[A-ZÀ-Þ]\S*)?)\s?[-–—|]\s(?P<motto>[A-ZÀ-Þ][^\d?.:;€$]{5,60})")


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


def advert(line: str) -> bool:
    """Whether the line is a link's or banner's ("Book a meeting with me", "Black Friday: 20 % off"), or a company with
    its slogan. It is one below the writer's name only; elsewhere people say so too."""
    text = line.strip()
    if len(text) > MAX_LENGTH or name_lines.answer(text):
        return False
    slogan = _SLOGAN.fullmatch(text)
    if slogan and name_lines.name(slogan["firm"]):
        return True
    if not _ADVERT.match(text):
        return False
    if _SALE.search(text):
        return not _SPOKEN_TO.search(text)
    return not any(map(answer_words.choice, text.split()))
