"""`publish-policies` freezes new versions of the shops' documents; `verify-terms` says which version a text is;
`policy-check` holds policy and documents against a table of rules."""

import codecs
import sys
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from chalicelib.errors import PolicyMistakes
from chalicelib.external.document_files import DocumentFiles
from chalicelib.rules.checking.checking import clean
from chalicelib.rules.checking.rule import Finding
from chalicelib.rules.documents.published import digest
from chalicelib.rules.policy import reading
from chalicelib.rules.policy.model import Shop
from chalicelib.services.documents.checking import findings
from chalicelib.services.documents.said import said
from deploy.documents import publishing
from deploy.documents.front_matter import DocumentMistakes

TEMPLATES = Path(__file__).parents[2] / "templates"
# UTF-32's marks begin like UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip


def publish(policy: Path) -> int:
    """0 if every document is published now, else 1, with the mistakes on standard error."""
    try:
        new = publishing.publish(policy.parent / "policies", reading.read(policy.read_text(encoding="utf-8")))
    except (DocumentMistakes, PolicyMistakes) as mistakes:
        print(mistakes, file=sys.stderr)
        return 1
    for sentence in new:
        print(f"published: {sentence}")
    print("The documents are published. Commit them: what is published must be kept.")
    return 0


def verify(file: Path, policy: Path) -> int:
    """0 if the text is a published version, else 1. Neither line ends, blanks at the ends of lines and empty lines
    around the text count, nor how the file encodes it and its accents."""
    spellings = {digest(text): text for text in read_as_people_save(file.read_bytes())}
    documents = DocumentFiles(policy.parent / "policies")
    shops = tuple(reading.read(policy.read_text(encoding="utf-8")).shops.values())
    found = {sha256: lines for sha256 in spellings if (lines := _matches_of(shops, documents, sha256))}
    print(f"SHA-256 {next(iter(found or spellings))}")
    lines = [line for each in found.values() for line in each]
    print("\n".join(lines) if lines else "No published version has this text.")
    return 0 if found else 1


def read_as_people_save(content: bytes) -> tuple[str, ...]:
    """The text of a file, as it stands there and with its accents composed and decomposed (Unicode NFC, NFD: a Mac's
    file may have them apart). Its encoding is what its byte order mark says, else UTF-8; a text of Windows' editors may
    be UTF-16 without a mark, or of code page 1252."""
    text = _decoded(content)
    return tuple(dict.fromkeys((text, unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text))))


def _decoded(content: bytes) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    if content[1:2] == b"\0" or content[:1] == b"\0":  # nearly every text begins with a sign of ASCII
        return content.decode("utf-16-le" if content[1:2] == b"\0" else "utf-16-be", "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def check(policy: Path, markets: list[str]) -> int:
    """0 if every shop keeps every rule but those at which a person should look, else 1."""
    documents = DocumentFiles(policy.parent / "policies")
    shops = reading.read(policy.read_text(encoding="utf-8")).shops.values()
    found = [(shop.name, findings_of(documents, shop, policy, markets)) for shop in shops]
    for name, each in found:
        print(f"{name}: clean, {len(each)} to look at" if clean(each) else f"{name}: {len(each)} found")
        for one in each:
            print(f"  {one.rule.severity}  {one.sentence}  [{one.rule.id}: {one.rule.source}; as of {one.rule.as_of}]")
    print("This checks facts and gives no legal advice.")
    return 0 if all(clean(each) for _, each in found) else 1


def findings_of(documents: DocumentFiles, shop: Shop, policy: Path, markets: list[str]) -> tuple[Finding, ...]:
    """What the shop breaks, with every text that its customers may read: also the templates themselves, and its help
    articles as they are written beside the policy."""
    files = [*_files(TEMPLATES / "mail"), *_files(TEMPLATES / "pages"), *articles_of(shop, policy)]
    texts = {file.as_posix(): file.read_text(encoding="utf-8", errors="replace") for file in files}
    return findings(documents, shop, datetime.now(shop.hours.zone).date(), markets, {**said(shop), **texts})


def articles_of(shop: Shop, policy: Path) -> list[Path]:
    """The files of the shop's help, as they are written beside the policy."""
    return _files(policy.parent / "help" / shop.id)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix in (".txt", ".html", ".md", ".toml"))


def _matches_of(shops: Iterable[Shop], documents: DocumentFiles, sha256: str) -> list[str]:
    return [line for shop in shops for line in _matches(shop, documents, sha256)]


def _matches(shop: Shop, documents: DocumentFiles, sha256: str) -> list[str]:
    return [
        f"{shop.name}: {version.document} ({language}), version {version.version}, in force from {version.in_force}"
        for version in documents.versions(shop.id)
        for language, edition in version.editions.items()
        if edition.sha256 == sha256
    ]
