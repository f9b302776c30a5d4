"""Words that people say to each other and that no program writes into every mail: who speaks, days, goods. A gateway's
paragraph has none of them."""

from __future__ import annotations

import re

from chalicelib.patterns import pattern

_WE = (
    r"we|our|ours|sorry|(?-i:us)|(?-i:I)|my|wir|uns|unser\w{0,2}|ich|mir|leider|nous|notre|nos(?! termos)"
    r"|je (?:vous|ne|suis|regrette|confirme|peux|pense|viens|[nm].)|j.ai|désolée?s?|nosotros"
    r"|nuestr[oa]s?|lo sentimos|noi|nostr[oaie]|ci scusiamo|wij|we|ons|onze|nós|nossos?|nossas?"
    r"|vi (?:har|kan|er|är|ska|skal|vil|sender|skickar|får|beklager|måste|må)|vores|vår\w?|våra"
    r"|jeg|beklager|tyvärr|me|meidän|meiltä|nasz\w{0,3}|nam|nas|náš|naš\w{0,3}|nám|nás|мы|нас|нам|наш\w{0,3}|biz|bizim"
    r"|oss|jag|hos oss|przykro|przepraszam\w{0,2}|omlouváme|извините|к сожалению|desculp\w+"
)
DAYS = (
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|today|yesterday|tomorrow|montags?|dienstags?|mittwochs?"
    r"|donnerstags?|freitags?|samstags?|sonntags?|heute|gestern|morgen|lundi|mardi|mercredi|jeudi|vendredi|samedi"
    r"|dimanche|aujourd.hui|hier|demain|lunes|martes|miércoles|jueves|viernes|hoy|ayer|mañana|lunedì|martedì"
    r"|mercoledì|giovedì|venerdì|oggi|ieri|domani|maandag|dinsdag|woensdag|donderdag|vrijdag|vandaag|gisteren"
    r"|mandag|tirsdag|onsdag|torsdag|fredag|måndag|tisdag|i dag|i går|i morgen|idag|igår|imorgon|poniedziałek|wtorek"
    r"|środ[aęy]|czwartek|piątek|jutro|dzisiaj|dziś|wczoraj|pondělí|úterý|středu|čtvrtek|pátek|zítra|dnes|včera"
    r"|понедельник|вторник|сред[уы]|четверг|пятницу|завтра|сегодня|вчера|hoje|ontem|amanhã"
    r"|\d{1,2}[./]\d{1,2}|\d{1,2}(?:st|nd|rd|th|\.)? (?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec"
    r"|dez)\w*"
)
_GOODS = (
    r"(?:your|the|this|an?) (?:new )?(?:orders?|parcels?|invoices?|refunds?|returns?|vouchers?|codes?|lamps?|prices?"
    r"|offers?)"
    r"|(?:another|other|different|wrong|new) customers?|refund\w*|parcels?|passwords?|vouchers?|scam|phishing|fakes?"
    r"|forged|pretends"
    r"|gefälscht\w?|fälschung|un faux|une fausse|fals[oa]|fałszyw\w+|поддельн\w+|falešn\w+|falsk\w*|förfalsk\w+"
    r"|bestellung\w*|rechnung|paket\w*|sendungsnummer|kunden?|kundin|gutschein\w*|passwort|betrug|commande|colis"
    r"|facture|cliente?s?|remboursement|mot de passe|arnaque|pedido|paquete|factura|contraseña|estafa|ordine|pacco"
    r"|fattura|truffa|bestelling|pakket|factuur|klant|oplichting|beställning\w*|faktur\w*|ordren?|pakken?|zamówieni\w*|paczk\w*|klient\w*"
    r"|objednávk\w*|balík\w*|zákazní\w*|заказ\w*|посылк\w*|клиент\w*|encomenda|fatura"
)
# About another mail, or to this reader.
_TOLD = (
    r"(?<!if )(?<!should )(?<!unless )you (?:just |also )?(?:got|get|received|forwarded|sent|asked|mean|have from)"
    r"(?! this)"
    r"|(?:was|were) (?:meant|sent|addressed|delivered) to you|(?<!not )intended for you\b"
    r"|another (?:person|buyer|shop)|haben sie (?:versehentlich|von)"
    r"|(?:did|do|does) not come|kam nicht|kommt nicht|ne vient pas|no viene|non viene|komt niet|bitte löschen sie sie"
    r"|kind regards|best regards|freundliche\w* grü|cordialement|thank you for|danke"
)
_PERSONAL = pattern(rf"(?<!\w)(?:{_WE}|{DAYS}|{_GOODS}|{_TOLD})(?!\w)", re.I)
# A notice speaks of "us" only in these ways.
_NOTICES_US = pattern(
    r"(?:notify|notifying|inform|informing|contact|contacting|advise|advising|tell|telling) us\b|let us know"
    r"|\bwe (?:do not|cannot|accept|reserve|disclaim|request|ask|recommend|advise|may|believe|have taken|make no)\b"
    r"|\bour (?:systems?|polic(?:y|ies)|privacy|liability|servers?|network|behalf)\b|attorney.client|client privilege"
    r"|(?:bitten|weisen|übernehmen|haften) wir\b|\bwir (?:bitten|weisen|übernehmen|haften)\b"
    r"|(?:informieren|benachrichtigen|verständigen|kontaktieren) sie uns\b"
    r"|nous (?:en |le )?(?:informer|avertir|prévenir|signaler|aviser|contacter)"
    r"|nous (?:déclinons|vous (?:prions|remercions))"
    r"|nos lo (?:comuni|notifi|hag)\w+|verzoeken wij\b|wij verzoeken\b|ons (?:te |hiervan |daarvan )\w+"
    r"|(?:poinformowanie|powiadomienie) nas\b|informujte nás\b|(?:сообщите|сообщить) нам\b|уведомите нас\b"
    r"|(?:informer|kontakt|underrett|meddel)\w{0,2} oss\b",
    re.I,
)


_UNSPACED = pattern(r"我们|我們|您的|订单|訂單|包裹|退款|客户|明天|今天|昨天|弊社|当社|ご注文|お荷物|明日|昨日")


def personal(text: str) -> bool:
    """Whether a person speaks here to somebody whom they know something about."""
    return bool(_PERSONAL.search(text) or _UNSPACED.search(text))


def personal_in_a_notice(text: str) -> bool:
    """The same for a notice, which may ask its reader to inform "us"."""
    return personal(_NOTICES_US.sub(" ", text))
