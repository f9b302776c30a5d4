"""Words that people say to each other and that no program writes into every mail: who speaks, days, goods. A gateway's
paragraph has none of them."""

from __future__ import annotations

import re

from chalicelib.patterns import pattern

_WE = (
    r"we|our|ours|sorry|(?-i:us)|(?-i:I)|my|wir|uns|unser\w{0,2}|ich|mir|leider|nous|notre|nos|je|désolée?s?|nosotros"
    r"|nuestr[oa]s?|lo sentimos|noi|nostr[oaie]|ci scusiamo|wij|we|ons|onze|nós|nossos?|nossas?|vi|vores|vår\w?|våra"
    r"|jeg|beklager|tyvärr|me|meidän|meiltä|nasz\w{0,3}|nam|nas|náš|naš\w{0,3}|nám|nás|мы|нас|нам|наш\w{0,3}|biz|bizim"
)
_DAYS = (
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|today|yesterday|tomorrow|montags?|dienstags?|mittwochs?"
    r"|donnerstags?|freitags?|samstags?|sonntags?|heute|gestern|morgen|lundi|mardi|mercredi|jeudi|vendredi|samedi"
    r"|dimanche|aujourd.hui|hier|demain|lunes|martes|miércoles|jueves|viernes|hoy|ayer|mañana|lunedì|martedì"
    r"|mercoledì|giovedì|venerdì|oggi|ieri|domani|maandag|dinsdag|woensdag|donderdag|vrijdag|vandaag|gisteren"
    r"|\d{1,2}[./]\d{1,2}|\d{1,2}(?:st|nd|rd|th|\.)? (?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec"
    r"|dez)\w*"
)
_GOODS = (
    r"(?:your|the|this|an?) (?:new )?(?:orders?|parcels?|invoices?|refunds?|returns?|vouchers?|codes?|lamps?)"
    r"|(?:another|other|different|wrong|new) customers?|refund\w*|parcels?|passwords?|vouchers?|scam|phishing"
    r"|bestellung\w*|rechnung|paket\w*|sendungsnummer|kunden?|kundin|gutschein\w*|passwort|betrug|commande|colis"
    r"|facture|cliente?s?|remboursement|mot de passe|arnaque|pedido|paquete|factura|contraseña|estafa|ordine|pacco"
    r"|fattura|truffa|bestelling|pakket|factuur|klant|oplichting"
)
# About another mail, or to this reader.
_TOLD = (
    r"you (?:just |also )?(?:got|get|received|forwarded|sent|asked|mean|have from)(?! this)"
    r"|(?:was|were) (?:meant|sent|addressed|delivered) to you|(?<!not )intended for you\b"
    r"|another (?:person|buyer|shop)|haben sie (?:versehentlich|von)"
    r"|(?:did|do|does) not come|kam nicht|kommt nicht|ne vient pas|no viene|non viene|komt niet|bitte löschen sie sie"
    r"|kind regards|best regards|freundliche\w* grü|cordialement|thank you for|danke"
)
_PERSONAL = pattern(rf"(?<!\w)(?:{_WE}|{_DAYS}|{_GOODS}|{_TOLD})(?!\w)", re.I)
# A notice speaks of "us" only in these ways.
_NOTICES_US = pattern(
    r"(?:notify|notifying|inform|informing|contact|contacting|advise|advising|tell|telling) us\b|let us know"
    r"|\bwe (?:do not|cannot|accept|reserve|disclaim|request|ask|recommend|advise|may|believe|have taken|make no)\b"
    r"|\bour (?:systems?|polic(?:y|ies)|privacy|liability|servers?|network|behalf)\b|attorney.client|client privilege"
    r"|(?:bitten|weisen|übernehmen|haften) wir\b|\bwir (?:bitten|weisen|übernehmen|haften)\b"
    r"|(?:informieren|benachrichtigen|verständigen|kontaktieren) sie uns\b"
    r"|nous (?:en |le )?(?:informer|avertir|prévenir|signaler|aviser|contacter)"
    r"|nous (?:déclinons|vous (?:prions|remercions))"
    r"|nos lo (?:comuni|notifi|hag)\w+|verzoeken wij\b|wij verzoeken\b|ons (?:te |hiervan |daarvan )\w+",
    re.I,
)


def personal(text: str) -> bool:
    """Whether a person speaks here to somebody whom they know something about."""
    return bool(_PERSONAL.search(text))


def personal_in_a_notice(text: str) -> bool:
    """The same for a notice, which may ask its reader to inform "us"."""
    return personal(_NOTICES_US.sub(" ", text))
