"""Finds who wrote a mail's words; that is not always the From address. Form plugins, shop platforms, groups and
marketplaces write in somebody's name, and name that person in Reply-To or X-Original-From."""

import re
from dataclasses import dataclass

from chalicelib.patterns import pattern
from chalicelib.rules.identity.addressing import canonical, domain_of, same
from chalicelib.rules.intake.submission import is_address
from chalicelib.rules.policy.model import Policy, Shop
from chalicelib.rules.tickets.messages import NOBODY, Person

_NO_REPLY = pattern(
    r"(?:^|[-_.+])(?:(?:do[-_.]?)?not?[-_.]?repl(?:y|ies)|never[-_.]?reply|no[-_.]?(?:answer|response|mail)"
    r"|keine?[-_.]?antwort(?:en)?|nicht[-_.]?antworten|ne[-_.]?pas[-_.]?repondre|(?:no|nao)[-_.]?respond(?:a|er)"
    r"|non?[-_.]?rispondere|niet[-_.]?beantwoorden|ikke[-_.]?svare?|svara[-_.]?(?:inte|ej)"
    r"|nie[-_.]?odpowiada[cj])(?:$|[-_.+])"
)
# Of mail systems; people write from the second too.
_SYSTEMS = pattern(r"(?:^|[-_.+])(?:mailer[-_.]?daemon|postmaster)(?:$|[-_.+])")
# Local parts of programs that send filled-in forms or pass on other people's words.
_PROGRAM = pattern(
    r"(?:word|classic)press|www(?:-data|run)?|apache2?|nginx|httpd?|web-?server|nobody|php|cgi|(?:web|auto|form|php)?-?mailer"
    r"|(?:web|contact|kontakt)?-?form(?:s|mail|ular|ulare)?|notif(?:y|ier|ication|ications)|drupal|joomla|typo3|shopware"
    r"|woocommerce|magento|prestashop|oxid|system|robot"
)
# Words that show a program also as a part of a local part. People have some of those above in their names.
_PROGRAM_PART = pattern(
    r"(?:word|classic)press|(?:web|contact|kontakt|order|bestell)?forms?|(?:web|kontakt|bestell)?formular(?:e|es)?|formmail(?:er)?"
    r"|(?:web|auto|php)?mailer|(?:form)?(?:submissions?|responses?)|formsubmit|notif(?:y|ier|ications?)|woocommerce"
)
_VIA = pattern(r"^['\"]?(?P<name>.+?)['\"]?\s*\b(?:via|über)\s+\S", re.IGNORECASE)
# As groups and marketplaces write it: "Via" with a capital is also a surname.
_GROUP = pattern(r".*\S\s+(?:via|über)\s+\S")


@dataclass(frozen=True, slots=True)
class Headers:
    """The people a mail's headers name: From, everybody in Reply-To, and the original author (`original`) if a group or
    relay passed it on. `lists`: the addresses of mailing lists it came through. `of_list`: the From is the list's own
    address. `generated`: the mail says that a program made it, and came through no list."""

    sender: Person
    reply_to: tuple[Person, ...] = ()
    original: Person = NOBODY
    lists: frozenset[str] = frozenset()
    of_list: bool = False
    generated: bool = False


@dataclass(frozen=True, slots=True)
class Meant:
    """`person`: the person who wrote the words and gets the answers. `sender`: the From. `relayed`: the From is a
    program or a list and takes no part; otherwise both take part. `sure`: `person` is known as surely as the From,
    because they are the same, or because the shop's own system names the person. A `person` without an address: the
    From is an address of ours, a group's or one that nobody reads, and nothing says who wrote. `for_another`: an
    agent's, with somebody else's Reply-To: a form of the shop's website may send a customer's words from an agent's
    address."""

    person: Person
    sender: Person
    relayed: bool = False
    sure: bool = True
    for_another: bool = False

    @property
    def reachable(self) -> bool:
        """Whether there is a person to write to although a program sent this."""
        return self.relayed and bool(self.person.address) and not same(self.person.address, self.sender.address)

    @property
    def unnamed(self) -> bool:
        """Whether it comes from an address of ours, a group or an address that nobody reads, and names nobody else."""
        return self.relayed and not self.person.address

    @property
    def addresses(self) -> tuple[str, ...]:
        """The possible senders, to be used if something else proves that the mail belongs to the ticket."""
        both = (self.person.address, "" if self.relayed else self.sender.address)
        return tuple(dict.fromkeys(address for address in both if address))

    @property
    def writer(self) -> Person:
        """The From, if it is a person who wants the answer at another person's address."""
        return NOBODY if self.relayed or same(self.person.address, self.sender.address) else self.sender

    @property
    def surely(self) -> str:
        return self.person.address if self.sure else self.sender.address


def meant(policy: Policy, shop: Shop, headers: Headers) -> Meant:
    """The person a mail to this shop is from. A Reply-To to us, an agent or a list is ignored. A group's address is
    nobody's: what is sent there goes to all its members. So is one that nobody reads."""
    sender = headers.sender
    if shop.agent(sender.address):
        return Meant(sender, sender, for_another=_for_another(policy, shop, headers))
    group = headers.of_list or bool(_GROUP.match(sender.name))
    relayed = group or _relays(shop, sender)
    others = (*headers.reply_to, headers.original) if relayed else headers.reply_to
    usable = (one for one in others if could_be_customers(policy, shop, one.address))
    ours = policy.shop_of(sender.address) is not None
    lists = headers.lists | {canonical(sender.address)} if group else headers.lists
    other = next((one for one in usable if canonical(one.address) not in lists), None)
    if other is None and (group or ours or _is_unread(sender.address)):
        name = _passed_on_name(sender.name) or (headers.original.name if group else "")
        return Meant(Person(name, ""), sender, relayed=True, sure=ours)
    if other is None or same(other.address, sender.address):
        return Meant(sender, sender, relayed)
    # A program's, whatever its name. A person's mail that a server redirects says the same, but is answered at home.
    relayed = relayed or (headers.generated and domain_of(other.address) != domain_of(sender.address))
    name = other.name or (_passed_on_name(sender.name) if relayed else _own_name(sender, other.address))
    return Meant(Person(name, other.address), sender, relayed, sure=relayed and _is_own(shop, sender.address))


def is_own_program(shop: Shop, meant: Meant) -> bool:
    """Whether a program of the shop's own wrote it, and names nobody: a confirmation would go to the program."""
    program = in_own_domain(shop, meant.sender.address) and _is_program(meant.sender.address)
    return program and same(meant.person.address, meant.sender.address)


def could_be_customers(policy: Policy, shop: Shop, address: str) -> bool:
    """Whether a customer could have this address: it is not ours and not an agent's, and somebody reads mail sent to
    it."""
    ours = policy.shop_of(address) or shop.agent(address)
    unread = _NO_REPLY.search(_local(address)) or _SYSTEMS.search(_local(address))
    return is_address(address) and not ours and not unread


def _is_unread(address: str) -> bool:
    """Whether nobody reads mail to this From. Behind a plus stands what a person has added to their own address."""
    return bool(_NO_REPLY.search(_local(address).partition("+")[0]))


def _relays(shop: Shop, sender: Person) -> bool:
    named = bool(_VIA.match(sender.name)) or sender.name.casefold() == shop.name.casefold()
    return _is_own(shop, sender.address) or named or _is_program(sender.address)


def _is_program(address: str) -> bool:
    local = _local(address)
    parts = re.split(r"[-_.+]", local)
    named = _PROGRAM.fullmatch(local) or any(map(_PROGRAM_PART.fullmatch, parts))
    return bool(named or _NO_REPLY.search(local) or _SYSTEMS.search(local))


def _for_another(policy: Policy, shop: Shop, headers: Headers) -> bool:
    """Whether answers to an agent's mail go to a person who could be a customer, and is neither the agent at another
    address nor a third party."""
    parties = [party.address for party in shop.third_parties]
    return any(
        could_be_customers(policy, shop, one.address)
        and canonical(one.address) not in headers.lists
        and not _is_same_person(headers.sender, one.address)
        and not any(same(one.address, party) for party in parties)
        for one in headers.reply_to
    )


def _is_own(shop: Shop, address: str) -> bool:
    """Whether the address is in the shop's own domains or one of its trusted senders."""
    return in_own_domain(shop, address) or any(same(address, trusted) for trusted in shop.trusted_senders)


def in_own_domain(shop: Shop, address: str) -> bool:
    """Whether the address is in a domain of the shop's mail or website. Those of agents and aliases count only if the
    shop's mail or website is below them: a small shop may have them at a public mail service."""
    host = re.sub(r"^https?://(?:www\.)?|[/:?#].*$", "", shop.url.lower())
    named = [_domain(shop.support), _domain(f"@{host}")]
    others = map(_domain, (*shop.aliases, *(agent.address for agent in shop.agents)))
    domains = {*named, *(one for one in others if any(each.endswith(f".{one}") for each in named))}
    domain = _domain(address)
    return bool(domain) and any(domain == one or domain.endswith(f".{one}") for one in domains if one)


def _domain(address: str) -> str:
    return domain_of(address).rstrip(".")


def _passed_on_name(name: str) -> str:
    found = _VIA.match(name)
    return found["name"].strip() if found else ""


def _own_name(sender: Person, address: str) -> str:
    """The From's name, if the other address visibly belongs to the same person. Otherwise it may be somebody else's,
    and the name would be wrong."""
    return sender.name if _is_same_person(sender, address) else ""


def _is_same_person(sender: Person, address: str) -> bool:
    """Whether the address has the same local part as the From, or contains a part of its name."""
    local = _local(address)
    parts = re.findall(r"[^\W\d_]{3,}", sender.name.casefold())
    return local == _local(sender.address) or any(part in local for part in parts)


def _local(address: str) -> str:
    return canonical(address).rpartition("@")[0]
