"""Finds in the HTML where a mail client began its history, and puts a MARK line there for the text rules.
Each client's classes, ids and styles are known. The quotations themselves become ">" lines."""

from __future__ import annotations

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from chalicelib.mail.bodies import html_depth, html_text
from chalicelib.mail.quoting import attributions, header_blocks, separators
from chalicelib.mail.quoting.answering import Kind
from chalicelib.patterns import pattern

MAX_MARKS = 50
_BEGINNING = 600
# Clients write these only around what they answer or forward: Gmail, Outlook (desktop, web, mobile), Yahoo,
# Thunderbird, Proton, Tutanota, Zimbra, Zoho, GMX, mail.ru, QQ, NetEase, FastMail, Spark, Front, Superhuman, Missive,
# Roundcube and others.
_REPLIES = ", ".join(
    (
        "div.gmail_quote",
        "div.gmail_quote_container",
        "div.gmail_attr",
        "div#divRplyFwdMsg",
        "div#x_divRplyFwdMsg",
        "div#appendonsend + hr + div",
        "div#mail-editor-reference-message-container",
        "div#OLK_SRC_BODY_SECTION",
        "span#OLK_SRC_BODY_SECTION",
        "div#ms-outlook-mobile-body-separator-line",
        "div.ms-outlook-mobile-reference-message",
        "div.yahoo_quoted",
        "div#yahoo_quoted",
        "div.yahoo-quoted-begin",
        "div.moz-cite-prefix",
        "div.moz-forward-container",
        "div.moz-email-headers-table",
        "table.moz-email-headers-table",
        "div.protonmail_quote",
        "blockquote.protonmail_quote",
        "div.tutanota_quote",
        "blockquote.tutanota_quote",
        "div.zmail_extra",
        "div.zmail_extra_hr",
        "hr#zwchr",
        "hr[data-marker='__DIVIDER__']",
        "div#zimbraReply",
        "div[name='quote']",
        "blockquote#mail-app-auto-quote",
        "div#mailcontent-quote",
        "div[class*='reply-intro']",
        "div#reply-intro",
        "p#reply-intro",
        "div#isReplyContent",
        "blockquote#isReplyContent",
        "includetail",
        "div[class*='mail_oringinal']",
        "div.ntes-mailmaster-quote",
        "div.front-blockquote",
        "blockquote.front-blockquote",
        "div.sh-quoted-content",
        "blockquote.fastmail-quote",
        "div.fastmail-quote",
        "div#spark-quote",
        "div[name='messageReplySection']",
        "blockquote.spark_quote",
        "div.edo-reply-quote",
        "div.missive_quote",
        "blockquote.iosymail",
    )
)
# History only in a mail that answers: people use quotations too.
_QUOTATIONS = ", ".join(
    (
        "blockquote[type='cite']",
        "blockquote.gmail_quote",
        "blockquote[cite^='mid:']",
        "blockquote[cite^='cid:']",
        "div[name='messageBodySection'] + blockquote",
        "div.bloop_container + div",
        "div.AppleMailSignature + blockquote",
    )
)
# History only if an attribution or a header block begins it: people draw boxes, and ask for quotes (prices).
_BOXES = ", ".join(
    (
        "div[style*='border-top']",
        "div[style*='BORDER-TOP']",
        "div#quote",
        "div.quote",
        "blockquote.quote",
        "div.mail_quote",
        "div.cm_quote",
        "div.mb_quote",
        "div.trix-quote",
        "div.quote_header",
        "div.qmbox",
        "div#previousMessage",
        "div#appendonsend",
        "div.gmail_extra",
        "div.forwarded-message",
        "div.gmail_forwarded",
    )
)
_HINTS = (
    "quote", "cite", "divrplyfwdmsg", "appendonsend", "reference-message", "olk_src", "border-top",
    "body-separator", "moz-forward", "moz-email", "zwchr", "__divider__", "zmail_extra", "gmail_", "messagereply",
    "reply-intro", "isreplycontent", "qmbox", "includetail", "previousmessage", "forwarded-message", "iosymail",
    "bloop_container", "oringinal",
)  # fmt: skip
# The box of desktop Outlook: shows its header block in any language.
_OUTLOOKS = pattern(r"border\s*:\s*none\s*;\s*border-top\s*:\s*solid[^;]*;\s*padding\s*:\s*3(?:\.0)?pt", re.I)


@dataclass(frozen=True, slots=True)
class Marked:
    """A document's text with a MARK line where a client began its history. `indented`: it has indents, which a plain
    alternative shows as quoted."""

    text: str
    indented: bool


def marked(html: str, kind: Kind) -> Marked | None:
    """The text with MARK lines. None if no client left a mark, or if the mail does not answer but forwards."""
    lowered = html.lower()
    if not any(hint in lowered for hint in _HINTS) or html_depth.too_deep(html):
        return None
    document = LexborHTMLParser(html[: html_text.MAX_CHARS])
    found = marks(document, kind)
    if not found or (kind is Kind.UNSAID and _passes_on(document)):
        return None
    return Marked(html_text.render(document, found), html_text.indents(document))


def own_as_indents(document: LexborHTMLParser) -> None:
    """Turn what a person put between Gmail's quotation lines into indents, if the mail also has Gmail's quoted
    history."""
    if document.css_first("div.gmail_quote, div.gmail_quote_container") is None:
        return
    history = {node.mem_id for node in document.css(".gmail_quote blockquote")}
    for node in document.css("blockquote.gmail_quote")[:MAX_MARKS]:
        if node.mem_id not in history:
            node.attrs["class"] = ""
            node.attrs["style"] = "margin:0 0 0 40px"


def marks(document: LexborHTMLParser, kind: Kind) -> frozenset[int]:
    """The `mem_id`s of the elements with which a client began its history. If neither headers nor subject say that the
    mail answers, only elements count that clients use in nothing but answers and forwards."""
    found = document.css(_REPLIES)[:MAX_MARKS]
    if kind is not Kind.UNSAID or found:
        found += document.css(_QUOTATIONS)[:MAX_MARKS]
        found += filter(_begins_history, document.css(_BOXES)[:MAX_MARKS])
    return frozenset(node.mem_id for node in found)


def _passes_on(document: LexborHTMLParser) -> bool:
    """Whether the client's own words say that its history was forwarded."""
    node = document.css_first(_REPLIES)
    if node is None:
        return False
    return "forward" in (node.attributes.get("class") or "") or any(map(separators.forward_marker, _beginning(node)))


def _begins_history(node: LexborNode) -> bool:
    lines = _beginning(node)
    if _OUTLOOKS.search(node.attributes.get("style") or "") and "".join(lines).count(":") >= 3:
        return True
    blocks = header_blocks.find(lines, 1)
    if blocks and not any(map(str.strip, lines[: blocks[0].start])):
        return True
    return any(separators.separator(lines[at]) or attributions.length(lines, at) for at in range(min(6, len(lines))))


def _beginning(node: LexborNode) -> list[str]:
    """The first lines of an element's text."""
    return [line.strip() for line in node.text(deep=True, separator="\n")[:_BEGINNING].split("\n")]
