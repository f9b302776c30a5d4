"""Whose words a mail is: not always its From's. Form plugins, shop platforms, groups and marketplaces write in
somebody's name, and say in Reply-To or X-Original-From in whose."""

import re
from dataclasses import dataclass

from chalicelib.rules.identity.addressing import canonical, domain_of, same
from chalicelib.rules.intake.submission import is_address
from chalicelib.rules.policy.model import Policy, Shop
from chalicelib.rules.tickets.messages import NOBODY, Person

_NO_REPLY = re.compile(
    r"(?:^|[-_.+])(?:(?:do[-_.]?)?not?[-_.]?repl(?:y|ies)|never[-_.]?reply|no[-_.]?(?:answer|response|mail)"
    r"|keine?[-_.]?antwort(?:en)?|nicht[-_.]?antworten|ne[-_.]?pas[-_.]?repondre|no[-_.]?responder|non[-_.]?rispondere"
    r"|mailer[-_.]?daemon|postmaster)(?:$|[-_.+])"
)
# What programs call themselves that send what was filled into a form, or what somebody else has written.
_PROGRAM = re.compile(
    r"(?:word|classic)press|www(?:-data|run)?|apache2?|nginx|httpd?|web-?server|nobody|php|cgi|(?:web|auto|form|php)?-?mailer"
    r"|(?:web|contact|kontakt)?-?form(?:s|mail|ular|ulare)?|notif(?:y|ier|ication|ications)|drupal|joomla|typo3|shopware"
    r"|woocommerce|magento|prestashop|oxid|system|robot"
)
_VIA = re.compile(r"^['\"]?(?P<name>.+?)['\"]?\s*\b(?:via|über)\s+\S", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Headers:
    """What a mail's headers name: From, Reply-To, and who wrote to the group or relay that passed it on; `lists`: the
    addresses of lists it came by."""

    sender: Person
    reply_to: Person = NOBODY
    original: Person = NOBODY
    lists: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Meant:
    """`person`: whose words they are, and to whom answers go. `sender`: the From. `relayed`: that is a program's or a
    list's, and takes no part; else both do. `sure`: that the person is meant is known as surely as the From is, because
    it is the From, or our own system says so."""

    person: Person
    sender: Person
    relayed: bool = False
    sure: bool = True

    @property
    def reachable(self) -> bool:
        """Whether there is a person to write to although a program sent this."""
        return self.relayed and not same(self.person.address, self.sender.address)

    @property
    def addresses(self) -> tuple[str, ...]:
        """Whose it may be, where something else proves that it belongs to the ticket."""
        return tuple(dict.fromkeys((self.person.address, *(() if self.relayed else (self.sender.address,)))))

    @property
    def writer(self) -> Person:
        """The From, where that is a person's who wants to be answered at another's address."""
        return NOBODY if self.relayed or same(self.person.address, self.sender.address) else self.sender

    @property
    def surely(self) -> str:
        return self.person.address if self.sure else self.sender.address


def meant(policy: Policy, shop: Shop, headers: Headers) -> Meant:
    """Whom a mail to this shop is from. A Reply-To of ours, an agent's or a list's counts for nothing."""
    sender = headers.sender
    if shop.agent(sender.address):
        return Meant(sender, sender)
    relayed = _relays(shop, sender)
    others = (headers.reply_to, headers.original) if relayed else (headers.reply_to,)
    usable = (one for one in others if could_be_customers(policy, shop, one.address))
    other = next((one for one in usable if canonical(one.address) not in headers.lists), None)
    if other is None or same(other.address, sender.address):
        return Meant(sender, sender, relayed)
    name = other.name or (_passed_on_name(sender.name) if relayed else _own_name(sender, other.address))
    return Meant(Person(name, other.address), sender, relayed, sure=relayed and _is_own(shop, sender.address))


def could_be_customers(policy: Policy, shop: Shop, address: str) -> bool:
    """Whether a customer could have this address: not ours, no agent's, and somebody reads what is sent there."""
    ours = policy.shop_of(address) or shop.agent(address)
    return is_address(address) and not ours and not _NO_REPLY.search(_local(address))


def _relays(shop: Shop, sender: Person) -> bool:
    local = _local(sender.address)
    named = bool(_VIA.match(sender.name)) or sender.name.casefold() == shop.name.casefold()
    return _is_own(shop, sender.address) or named or bool(_NO_REPLY.search(local) or _PROGRAM.fullmatch(local))


def _is_own(shop: Shop, address: str) -> bool:
    """Whether it is of the shop's own domains, or a system it trusts."""
    domain = domain_of(address)
    own = (domain == one or domain.endswith(f".{one}") for one in _domains(shop))
    return bool(domain) and (any(own) or any(same(address, trusted) for trusted in shop.trusted_senders))


def _domains(shop: Shop) -> tuple[str, ...]:
    """Of its mail and of its website. Those of agents and aliases may be anybody's: a small shop's are at a public
    mail service."""
    host = re.sub(r"^https?://(?:www\.)?|[/:?#].*$", "", shop.url.lower())
    return (domain_of(shop.support), host)


def _passed_on_name(name: str) -> str:
    found = _VIA.match(name)
    return found["name"].strip() if found else ""


def _own_name(sender: Person, address: str) -> str:
    """The From's name, where the other address is to be seen to be theirs, too: by the same letters before the @, or by
    a part of the name among them. Else it may be anybody's, who would go by another's name."""
    local = _local(address)
    parts = re.findall(r"[^\W\d_]{3,}", sender.name.casefold())
    return sender.name if local == _local(sender.address) or any(part in local for part in parts) else ""


def _local(address: str) -> str:
    return canonical(address).rpartition("@")[0]
