"""Sorts the parts of a mail into its words and its attachments. Text, HTML and files keep the order of the mail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from chalicelib.mail.attachments import attachment_names, filenames, invitations, parts, smime, text_kinds, tnef
from chalicelib.mail.attachments.parts import Part
from chalicelib.mail.bodies import alternatives, body_text, html_text, word_parts
from chalicelib.mail.charsets import charsets, encodings
from chalicelib.mail.inbound import Attachment, Protection

MAX_TEXT = 2 * 1024 * 1024
MAX_SIGNED_DEPTH = 5
_SIGNATURES = ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature")


@dataclass(slots=True)
class Bodies:
    """The words and files of a mail while they are collected."""

    texts: list[str] = field(default_factory=list)
    htmls: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    summaries: list[str] = field(default_factory=list)
    footers: list[str] = field(default_factory=list)
    """Text that a server on the way added below the words."""
    plain: bool = False
    """True if some of the words came as plain text; False if all were made from the HTML."""
    embedded: list[bytes] = field(default_factory=list)
    """The content of attached messages (message/rfc822)."""
    protection: Protection | None = None


def collect(root: Part, defects: list[str], new: Callable[[str], str]) -> Bodies:
    """Sort every part below `root` into words and files. `new` gives the new words of an HTML document."""
    bodies = Bodies()
    _Collector(bodies, defects, new, word_parts.has_shown(root)).part(root, None, 0, False)
    bodies.attachments = attachment_names.shown(bodies.attachments, "".join(bodies.htmls))
    return bodies


@dataclass(slots=True)
class _Collector:
    bodies: Bodies
    defects: list[str]
    new: Callable[[str], str]
    shown: bool
    """See `word_parts.has_shown`."""
    read: dict[str, int] = field(default_factory=dict)
    """Bytes of plain text and of HTML collected so far."""
    signed_depth: int = 0
    """How many signed mails enclose the current part."""

    def part(self, part: Part, parent: Part | None, index: int, has_plain: bool) -> None:
        """`has_plain`: there is a plain text alternative, so HTML need not be turned into text."""
        if part.children:
            self._multipart(part, has_plain)
        elif parent and parent.content_type == "multipart/alternative" and text_kinds.said_beside(part, parent):
            pass  # the same words again in a special format
        elif word_parts.is_words(part, parent, index, shown=self.shown):
            self._words(part, has_plain)
        else:
            self._file(part)

    def _multipart(self, part: Part, has_plain: bool) -> None:
        if part.content_type == "multipart/signed":
            self.bodies.protection = self.bodies.protection or "signed"
        elif part.content_type == "multipart/encrypted":
            self.bodies.protection = "encrypted"
            self.defects.append("encrypted: cannot be read here")
        is_inner, is_choice = has_plain, part.content_type == "multipart/alternative"
        has_plain = has_plain or (is_choice and word_parts.has_plain(part, shown=self.shown))
        texts, htmls, plain_above = len(self.bodies.texts), len(self.bodies.htmls), self.bodies.plain
        for index, child in enumerate(part.children):
            if part.content_type == "multipart/signed" and child.content_type in _SIGNATURES:
                continue  # the signature only names the signer; verifying it needs the raw mail anyway
            self.part(child, part, index, has_plain)
        if is_choice and has_plain:
            self._compare(texts, htmls, plain_above)
        if is_choice and is_inner and self._repeats(texts):
            del self.bodies.texts[texts:]

    def _repeats(self, texts: int) -> bool:
        """Whether the texts from this one on only repeat an earlier one."""
        repeated = " ".join(self.bodies.texts[texts:]).split()
        return any(text.split() == repeated for text in self.bodies.texts[:texts])

    def _compare(self, texts: int, htmls: int, plain_above: bool) -> None:
        """Compare the plain texts of an alternative, which begin at `texts`, with its HTML. `plain_above`: there was
        plain text before."""
        found, plain = self.bodies, "\n".join(self.bodies.texts[texts:])
        if len(found.htmls) > htmls + 1:
            found.htmls[htmls:], footers = body_text.footers_apart(found.htmls[htmls:], plain)
            found.footers += footers
        if len(found.htmls) == htmls or len(found.texts) == texts:
            return
        if told := alternatives.said(plain, "\n".join(found.htmls[htmls:]), self.new):
            found.texts[texts:] = told
            found.plain = plain_above or len(told) > 1 or bool(found.summaries)
        if told and plain.strip():
            self.defects.append("plain alternative says something else than the HTML: the HTML read")

    def _words(self, part: Part, has_plain: bool) -> None:
        content = part.content(self.defects)
        kind = "html" if part.content_type in text_kinds.HTML else "plain"
        room = MAX_TEXT - self.read.get(kind, 0)
        if len(content) > room:
            self.defects.append("text larger than 2 MB: shown in part, kept whole as an attachment")
            self._keep(part, content)
            content = content[:room]
        self.read[kind] = MAX_TEXT - room + len(content)
        below = part.footer()
        footer = "\n" + charsets.decode(below, None, self.defects) if below else ""
        label = part.parameters.get("charset")
        if kind == "html":
            html = charsets.decode(content, label or html_text.declared_charset(content), self.defects)
            self.bodies.htmls.append(html)
            if not has_plain:
                self.bodies.texts.append(html_text.to_text(html) + footer)
            elif footer:
                self.bodies.footers.append(footer.strip())
            return
        files: list[tuple[bytes, bytes]] = []
        if b"begin " in content:
            content, files = encodings.without_uuencoded(content, self.defects)
        text = charsets.decode(content, label, self.defects)
        if part.content_type in text_kinds.RICH:
            text = body_text.unenriched(text)
        elif part.parameters.get("format", "").lower() == "flowed":
            text = body_text.unflowed(text, part.parameters.get("delsp", "").lower() == "yes")
        self.bodies.texts.append((text + footer).replace("\r\n", "\n").replace("\r", "\n"))
        self.bodies.plain = self.bodies.plain or bool(text.strip())
        for name, file in files:
            self._add(charsets.decode(name, None, self.defects), "application/octet-stream", None, file)

    def _file(self, part: Part) -> None:
        content = part.content(self.defects)
        kind = part.content_type
        if kind == "message/rfc822":
            self.bodies.embedded.append(content)
        elif kind == "text/calendar":
            line = invitations.summary(
                charsets.decode(content, part.parameters.get("charset") or "utf-8", self.defects)
            )
            if line and line not in self.bodies.summaries:
                self.bodies.summaries.append(line)
                self.bodies.plain = True
        elif kind in smime.TYPES:
            self._smime(content)
        if kind in tnef.TYPES or part.name.lower() == "winmail.dat":
            unpacked = tnef.unpack(content, self.defects)
            if unpacked is not None:
                self._unpacked(unpacked)
                return
        self._keep(part, content)

    def _smime(self, content: bytes) -> None:
        """Read the content of a signed part; note it if the part is encrypted. The part itself stays an attachment."""
        signed = smime.signed_content(content)
        if signed is None:
            self.bodies.protection = "encrypted"
            self.defects.append("encrypted: cannot be read here")
        else:
            self.bodies.protection = self.bodies.protection or "signed"
            self.signed_depth += 1
            if self.signed_depth <= MAX_SIGNED_DEPTH:
                self.part(parts.parse(signed, self.defects), None, 0, False)
            self.signed_depth -= 1

    def _unpacked(self, unpacked: tnef.Unpacked) -> None:
        if unpacked.text and not any(text.strip() for text in self.bodies.texts):
            self.bodies.texts.append(unpacked.text)
            self.bodies.plain = True
        if unpacked.html and not self.bodies.htmls:
            self.bodies.htmls.append(unpacked.html)
            if not any(text.strip() for text in self.bodies.texts):
                self.bodies.texts.append(html_text.to_text(unpacked.html))
        for file in unpacked.files:
            self._add(file.name, file.content_type, file.content_id, file.content)

    def _keep(self, part: Part, content: bytes) -> None:
        identity = part.headers.get("content-id").strip().strip("<>").strip() or None
        self._add(attachment_names.name_of(part, content), part.content_type, identity, content)

    def _add(self, name: str, kind: str, identity: str | None, content: bytes) -> None:
        safe = filenames.safe(name, kind, len(self.bodies.attachments) + 1)
        self.bodies.attachments.append(Attachment(safe, kind, identity, False, content))


def whole_text(bodies: Bodies) -> str:
    """All the words of a mail as text; the calendar summaries come last."""
    pictures = [one.filename for one in bodies.attachments if one.content_id]
    texts = [body_text.without_pictures(text, pictures) for text in bodies.texts if text.strip()]
    if not texts and bodies.htmls:
        # Some programs send an empty plain alternative.
        texts = [text for text in map(html_text.to_text, bodies.htmls) if text.strip()]
    # A few bytes of HTML can become many lines of text.
    return "\n".join([*texts, *bodies.summaries])[:MAX_TEXT]
