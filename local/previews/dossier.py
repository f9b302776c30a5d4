"""`policy-check --dossier FILE`: one HTML file for a shop's legal adviser, with every text, period and mail, what the
check found, and what changed since the last review."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from html import escape
from pathlib import Path

from chalicelib.external.document_files import DocumentFiles
from chalicelib.external.holidays_calendar import holidays_of
from chalicelib.rendering import pages, replies
from chalicelib.rules.documents.differences import Change, differences
from chalicelib.rules.documents.published import DOCUMENTS, Version, in_force, of
from chalicelib.rules.policy import reading
from chalicelib.rules.policy.model import Shop
from chalicelib.services.customer import policy_page
from deploy.documents import commands
from local.previews import procedure
from local.previews.examples import mail_samples

_TAGS = {Change.KEPT: ("", ""), Change.ADDED: ("<ins>", "</ins>"), Change.REMOVED: ("<del>", "</del>")}
_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Policies for review</title>
<style>body { max-width: 50rem; margin: auto; font: 1rem/1.5 sans-serif } pre { white-space: pre-wrap }
article, pre { border: 1px solid #999; padding: 1rem }</style></head><body>
<h1>Policies for review</h1>
<p>Written by a program that checks facts. It gives no legal advice. It holds every policy document in force, every
period that the shop promises, every mail that Aftercare can send, with sample data, every ready reply of agents, and
every help article.</p>
"""


def write(file: Path, policy: Path, markets: Iterable[str]) -> None:
    """Write the dossier of all shops of this policy."""
    documents, markets = DocumentFiles(policy.parent / "policies"), list(markets)
    shops = reading.read(policy.read_text(encoding="utf-8")).shops.values()
    parts = [part for shop in shops for part in _of(shop, documents, policy, markets)]
    file.write_text(f"{_HEAD}{''.join(parts)}</body></html>\n", encoding="utf-8")


def _of(shop: Shop, documents: DocumentFiles, policy: Path, markets: list[str]) -> Iterator[str]:
    today = datetime.now(shop.hours.zone).date()
    yield f"<h2>{escape(shop.name)}, {today}</h2>\n<h3>What the check found</h3>\n<ul>\n"
    for found in commands.findings_of(documents, shop, policy, markets):
        rule = found.rule
        source = escape(f"{rule.source}, as of {rule.as_of}")
        yield f"<li>{rule.severity}: {escape(found.sentence)} <small>{source}</small></li>\n"
    yield "</ul>\n"
    for document in DOCUMENTS:
        if version := in_force(documents.versions(shop.id), document, today):
            for language in version.editions:
                yield from _document(shop, documents, version, language)
    for language in shop.languages:
        yield f"<h3>Every period ({language})</h3>\n<article>{_periods(shop, language)}</article>\n"
        yield from _mails(shop, language)
        yield from _replies(language)
    yield from _articles(shop, policy)


def _replies(language: str) -> Iterator[str]:
    yield f"<h3>Every ready reply of agents ({language})</h3>\n"
    for reply in replies.replies(language) if language in replies.languages() else ():
        yield f"<h4>{escape(reply.title)}</h4>\n<pre>{escape(reply.text)}</pre>\n"


def _articles(shop: Shop, policy: Path) -> Iterator[str]:
    for file in commands.articles_of(shop, policy):
        yield f"<h4>Help: {escape(file.stem)} ({escape(file.parent.name)})</h4>\n"
        yield f"<pre>{escape(file.read_text(encoding='utf-8'))}</pre>\n"


def _document(shop: Shop, documents: DocumentFiles, version: Version, language: str) -> Iterator[str]:
    edition = version.editions[language]
    yield f"<h3>{escape(edition.title)} ({language}), version {version.version}</h3>\n"
    yield f"<p>In force from {version.in_force}. SHA-256 {edition.sha256}</p>\n"
    reviewed = _reviewed(documents.versions(shop.id), version, language)
    if edition.reviewed:
        yield f"<p>Reviewed by {escape(edition.reviewed.by)} on {edition.reviewed.on}.</p>\n"
    elif reviewed is None:
        yield "<p>No version of this text was ever reviewed.</p>\n"
    else:
        yield f"<p>Not reviewed. What changed since version {reviewed.version}, which was:</p>\n"
        before, after = (documents.text(shop.id, each, language) for each in (reviewed, version))
        for paragraph in differences(before, after):
            marked = (f"{_TAGS[w.change][0]}{escape(w.text)}{_TAGS[w.change][1]}" for w in paragraph)
            yield f"<p>{''.join(marked)}</p>\n"
    yield f"<article>{documents.html(shop.id, version, language)}</article>\n"


def _reviewed(versions: tuple[Version, ...], version: Version, language: str) -> Version | None:
    """The newest version before this one whose text in this language was reviewed."""
    earlier = [each for each in of(versions, version.document) if each.version < version.version]
    return next(
        (each for each in reversed(earlier) if language in each.editions and each.editions[language].reviewed), None
    )


def _periods(shop: Shop, language: str) -> str:
    """What the policy page shows, pictures by their words: the file loads nothing from elsewhere."""
    view = policy_page.view(shop, datetime.now(shop.hours.zone), holidays_of(shop))
    page = pages.page("policy", language, shop=shop, view=view)
    found = re.search(r"<main[^>]*>(.*)</main>", page, re.DOTALL)
    return re.sub(r'<img [^>]*alt="([^"]*)"[^>]*>', r"\1", found[1]) if found else ""


def _mails(shop: Shop, language: str) -> Iterator[str]:
    yield f"<h3>Every mail ({language})</h3>\n"
    for title, template, context in (*mail_samples(shop), *procedure.mail_samples(shop)):
        mail = pages.mail(template, language, **context)
        yield f"<h4>{escape(title)}</h4>\n<pre>{escape(f'Subject: {mail.subject}')}\n\n{escape(mail.text)}</pre>\n"
