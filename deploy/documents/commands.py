"""`publish-policies` freezes new versions of the shops' documents; `verify-terms` says which version a text is;
`policy-check` holds policy and documents against a table of rules."""

import sys
from datetime import datetime
from pathlib import Path

from chalicelib.errors import PolicyMistakes
from chalicelib.external.document_files import DocumentFiles
from chalicelib.rules.checking.checking import clean
from chalicelib.rules.documents.published import digest
from chalicelib.rules.policy import reading
from chalicelib.rules.policy.model import Shop
from chalicelib.services.documents.checking import findings
from deploy.documents import publishing
from deploy.documents.front_matter import DocumentMistakes


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
    """0 if the text is a published version, else 1. Line ends, blanks at the ends of lines and empty lines around the
    text do not count."""
    sha256 = digest(file.read_bytes().decode("utf-8", "replace"))
    documents = DocumentFiles(policy.parent / "policies")
    shops = reading.read(policy.read_text(encoding="utf-8")).shops.values()
    found = [line for shop in shops for line in _matches(shop, documents, sha256)]
    print(f"SHA-256 {sha256}")
    print("\n".join(found) if found else "No published version has this text.")
    return 0 if found else 1


def check(policy: Path, markets: list[str]) -> int:
    """0 if every shop keeps every rule but those at which a person should look, else 1."""
    documents = DocumentFiles(policy.parent / "policies")
    shops = reading.read(policy.read_text(encoding="utf-8")).shops.values()
    found = [(shop.name, findings(documents, shop, datetime.now(shop.hours.zone).date(), markets)) for shop in shops]
    for name, each in found:
        print(f"{name}: clean, {len(each)} to look at" if clean(each) else f"{name}: {len(each)} found")
        for one in each:
            print(f"  {one.rule.severity}  {one.sentence}  [{one.rule.id}: {one.rule.source}; as of {one.rule.as_of}]")
    print("This checks facts and gives no legal advice.")
    return 0 if all(clean(each) for _, each in found) else 1


def _matches(shop: Shop, documents: DocumentFiles, sha256: str) -> list[str]:
    return [
        f"{shop.name}: {version.document} ({language}), version {version.version}, in force from {version.in_force}"
        for version in documents.versions(shop.id)
        for language, edition in version.editions.items()
        if edition.sha256 == sha256
    ]
