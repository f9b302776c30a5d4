"""Where the mail clients' own HTML says that history begins: a MARK line is put there for the text rules.
Known by the class, id or style each client writes; quotations themselves arrive as ">" lines."""

from __future__ import annotations

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from chalicelib.mail.bodies import html_depth, html_text
from chalicelib.mail.quoting import attributions, header_blocks, separators
from chalicelib.mail.quoting.answering import Kind

MAX_MARKS = 50
_BEGINNING = 600
# Written by clients around what they answer or pass on, and nowhere else: Gmail, Outlook (desktop, web, mobile), Yahoo,
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
# These are history only in a mail that answers: people quote, too.
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
# And these only where an attribution or a header block begins them: people have boxes, and ask for quotes.
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
    "bloop_container",
)  # fmt: skip
# Desktop Outlook's own box: its header block is known by it in any language.
_OUTLOOKS = re.compile(r"border\s*:\s*none\s*;\s*border-top\s*:\s*solid[^;]*;\s*padding\s*:\s*3(?:\.0)?pt", re.I)


@dataclass(frozen=True, slots=True)
class Marked:
    """A document's text with a MARK line where a client began its history. `indented`: there are indents in it, which
    a plain alternative shows as quoted."""

    text: str
    indented: bool


def marked(html: str, kind: Kind) -> Marked | None:
    """None if no client left a trace, or if the mail answers none and passes one on."""
    lowered = html.lower()
    if not any(hint in lowered for hint in _HINTS) or html_depth.too_deep(html):
        return None
    document = LexborHTMLParser(html[: html_text.MAX_CHARS])
    found = marks(document, kind)
    if not found or (kind is Kind.UNSAID and _passes_on(document)):
        return None
    return Marked(html_text.render(document, found), html_text.indents(document))


def own_as_indents(document: LexborHTMLParser) -> None:
    """Makes indents of what a person put between quotation lines, in Gmail, beside the history that Gmail quotes."""
    if document.css_first("div.gmail_quote, div.gmail_quote_container") is None:
        return
    history = {node.mem_id for node in document.css(".gmail_quote blockquote")}
    for node in document.css("blockquote.gmail_quote")[:MAX_MARKS]:
        if node.mem_id not in history:
            node.attrs["class"] = ""
            node.attrs["style"] = "margin:0 0 0 40px"


def marks(document: LexborHTMLParser, kind: Kind) -> frozenset[int]:
    """The `mem_id`s of the elements with which a client began its history. Where neither header nor subject says
    that the mail answers, only what clients write in nothing but answers and forwards counts."""
    found = document.css(_REPLIES)[:MAX_MARKS]
    if kind is not Kind.UNSAID or found:
        found += document.css(_QUOTATIONS)[:MAX_MARKS]
        found += filter(_begins_history, document.css(_BOXES)[:MAX_MARKS])
    return frozenset(node.mem_id for node in found)


def _passes_on(document: LexborHTMLParser) -> bool:
    """Whether what a client put below was forwarded, by its own words for it."""
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
    """The first lines of an element."""
    return [line.strip() for line in node.text(deep=True, separator="\n")[:_BEGINNING].split("\n")]
