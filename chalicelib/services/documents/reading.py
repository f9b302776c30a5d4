"""What the pages of a shop's policy documents show."""

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from chalicelib.errors import UnknownDocument
from chalicelib.patterns import pattern
from chalicelib.rules.documents.differences import Paragraph, differences
from chalicelib.rules.documents.published import DOCUMENTS, Edition, Version, before, in_force, of
from chalicelib.rules.policy.model import Shop
from chalicelib.rules.timing.worktime import local_date
from chalicelib.services.ports.deps import Deps

_OWN_PAGE = pattern(r'href="page:([a-z0-9/-]+)"')


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A version of a document. `language`: that of its text. `html`: the text with links to our pages. `current`: the
    version in force, if there is one. `replaced` and `changes`: the version before, and what this one changed in it.
    `others`: all other versions, the newest first."""

    version: Version
    language: str
    text: str
    html: Markup
    current: Version | None
    replaced: Version | None
    changes: tuple[Paragraph, ...]
    others: tuple[Version, ...]

    @property
    def edition(self) -> Edition:
        return self.version.editions[self.language]


def published(deps: Deps, shop: Shop) -> tuple[Version, ...]:
    """The shop's documents that are in force, each in its version, in the order of lists."""
    return tuple(_in_force(deps, shop))


def view(deps: Deps, shop: Shop, document: str, version: str, language: str, root: str) -> DocumentView:
    """A version of a document; with "" as version, the one in force. `root`: what comes before /shops in links. Raises
    UnknownDocument."""
    versions = deps.documents.versions(shop.id)
    current = in_force(versions, document, local_date(deps.now(), shop.hours))
    wanted = next((each for each in of(versions, document) if str(each.version) == version), None)
    shown = wanted if version else current
    if shown is None:
        raise UnknownDocument(document)
    language = shown.language(language)
    text, replaced = deps.documents.text(shop.id, shown, language), before(versions, shown)
    return DocumentView(
        version=shown,
        language=language,
        text=text,
        html=linked(deps.documents.html(shop.id, shown, language), f"{root}/shops/{shop.id}", language),
        current=current,
        replaced=replaced,
        changes=_changes(deps, shop, replaced, text, language),
        others=tuple(each for each in reversed(of(versions, document)) if each != shown),
    )


def _in_force(deps: Deps, shop: Shop) -> Iterator[Version]:
    versions, today = deps.documents.versions(shop.id), local_date(deps.now(), shop.hours)
    for document in DOCUMENTS:
        if version := in_force(versions, document, today):
            yield version


def _changes(deps: Deps, shop: Shop, replaced: Version | None, text: str, language: str) -> tuple[Paragraph, ...]:
    if replaced is None or language not in replaced.editions:
        return ()
    return differences(deps.documents.text(shop.id, replaced, language), text)


def linked(html: str, base: str, language: str) -> Markup:
    """The HTML with the addresses of our own pages, which begin with `base`. It must be safe, as rendering.html in
    deploy/documents makes it."""
    linked = _OWN_PAGE.sub(lambda found: f'href="{base}/{found[1]}?lang={language}"', html)
    return Markup(linked)  # noqa: S704
