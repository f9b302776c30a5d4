"""The people that a mail names, in the form for the rule on senders: in its headers, and in a mail inside an agent's
mail."""

from collections.abc import Collection
from dataclasses import replace

from chalicelib.mail.inbound import Address, Attachment, Forwarded, InboundMail, MarkCode
from chalicelib.patterns import pattern
from chalicelib.rules.identity.addressing import canonical, same
from chalicelib.rules.intake import mail_senders, submission
from chalicelib.rules.intake.mail_facts import Inner
from chalicelib.rules.intake.mail_senders import Headers, Meant
from chalicelib.rules.policy.model import Policy, Shop
from chalicelib.rules.tickets.messages import NOBODY, Person

UNNAMED = Meant(NOBODY, NOBODY)
_LISTED = pattern(r"[^\s<>,;:]+@[^\s<>,;?]+")
_LIST_HEADERS = ("list-post", "mailing-list", "x-beenthere", "x-mailing-list")
_LIST_ID = pattern(r"<([^<>\s]{1,255})>")
_MANYS = (MarkCode.MAILING_LIST, MarkCode.BULK_MAIL)
# What a group sets when it puts its own address into the From.
_REWRITTEN = ("x-original-from", "original-from", "author", "x-google-original-from")


def headers(mail: InboundMail) -> Headers:
    named = " ".join(value for name in _LIST_HEADERS for value in mail.headers.get(name, ()))[:8000]
    lists = frozenset(map(canonical, _LISTED.findall(named.replace("mailto:", " "))))
    # A list that puts its own address into Reply-To receives its mail there.
    listed = bool(mail.header("list-id") or mail.header("list-post"))
    to = frozenset(canonical(a.address) for a in mail.to) if listed else frozenset()
    return Headers(
        sender=_person(mail.sender),
        reply_to=_people(mail.reply_to, mail.all_reply_to),
        original=_person(mail.original_sender),
        lists=lists | to,
        of_list=mail.sender is not None and _is_list(mail, canonical(mail.sender.address), lists),
        generated=mail.header("auto-submitted").strip().lower().startswith("auto-generated")
        and not any(mark.code in _MANYS for mark in mail.no_auto_reply),
    )


def _is_list(mail: InboundMail, sender: str, lists: frozenset[str]) -> bool:
    """Whether the From is the list's own address: its headers name it, its List-Id is made of it, or another header
    says whose address stood there."""
    if sender in lists:
        return True
    id = _LIST_ID.search(mail.header("list-id"))
    if id is None:
        return False
    original = mail.original_sender
    rewritten = original is not None and any(map(mail.header, _REWRITTEN)) and not same(original.address, sender)
    return rewritten or canonical(id[1]) == sender.replace("@", ".")


def _person(address: Address | None) -> Person:
    """The name reduced to one line, the address as written."""
    return Person(submission.one_line(address.name)[:100], address.address) if address else NOBODY


def _people(first: Address | None, every: tuple[Address, ...]) -> tuple[Person, ...]:
    return tuple(map(_person, dict.fromkeys((*((first,) if first else ()), *every))))


def contained(policy: Policy, shop: Shop, mail: InboundMail, ours: Collection[Attachment] = ()) -> Forwarded | None:
    """The mail inside an agent's mail: a forwarded mail, or the quoted one that it answers. An answered mail has a
    writer only if that is the recipient, and of several mails beside each other none has one: the agent has to say
    whose they are. `ours`: the attached mails of ours, which are nobody's."""
    if mail.forwarded and _beside_others(mail, mail.forwarded, ours):
        return Forwarded(None, mail.forwarded.subject, mail.forwarded.date, "", mail.forwarded.note, certain=True)
    if mail.forwarded or not mail.answered:
        return mail.forwarded
    named = mail.answered.sender
    if named and policy.shop_of(named.address):
        return None
    to = [one for one in mail.to if mail_senders.could_be_customers(policy, shop, one.address)]
    writers = [one for one in to if named is None or same(one.address, named.address)]
    return replace(mail.answered, sender=(named or writers[0]) if len(writers) == 1 else None)


def _beside_others(mail: InboundMail, held: Forwarded, ours: Collection[Attachment]) -> bool:
    """Whether other mails stand beside the one that is forwarded: in the text, or among the files. Its own writer, if
    the agent sent it there, has all of them."""
    has_it = any(
        same(to.address, person.address) for to in mail.to for person in (held.sender, held.reply_to) if person
    )
    others = (file for file in mail.attachments if file.is_mail and file.sha256 != held.attached and file not in ours)
    return not has_it and (held.beside or any(others))


def inner(policy: Policy, shop: Shop, inner: Forwarded | None) -> tuple[Inner, Meant]:
    """Who wrote the mail inside an agent's mail. A mail from the shop itself is only a quote, and a third party is no
    customer."""
    if inner is None:
        return Inner.NONE, UNNAMED
    sender = _person(inner.sender)
    if policy.shop_of(sender.address) and not inner.certain:
        return Inner.NONE, UNNAMED
    replies = _people(inner.reply_to, inner.all_reply_to)
    of = mail_senders.meant(policy, shop, Headers(sender, replies, _person(inner.original_sender)))
    usable = mail_senders.could_be_customers(policy, shop, of.person.address)
    asked = any(same(of.person.address, party.address) for party in shop.third_parties)
    if usable and not asked and not (of.relayed and of.person == sender):
        return Inner.CUSTOMER, of
    return Inner.UNKNOWN, UNNAMED
