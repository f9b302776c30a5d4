"""Where the mail clients' own HTML says that history begins: a MARK line is put there for the text rules.
Known by the class, id or style each client writes; quotations themselves arrive as ">" lines."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from chalicelib.mail import html_depth, html_text

MAX_MARKS = 50
# Gmail, Outlook (desktop, web, mobile), Apple Mail, Yahoo, Thunderbird, Proton, Tutanota, Zimbra, Zoho, GMX, mail.ru,
# QQ, FastMail, Spark, Front, Superhuman, Missive, Roundcube and others.
_SELECTOR = ", ".join(
    (
        "div.gmail_quote",
        "div.gmail_quote_container",
        "blockquote.gmail_quote",
        "div.gmail_extra",
        "div.gmail_attr",
        "div#appendonsend",
        "div#divRplyFwdMsg",
        "div#mail-editor-reference-message-container",
        "div#OLK_SRC_BODY_SECTION",
        "span#OLK_SRC_BODY_SECTION",
        "div#ms-outlook-mobile-body-separator-line",
        "div.ms-outlook-mobile-reference-message",
        "div#x_divRplyFwdMsg",
        "div#x_appendonsend",
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
        "div#quote",
        "blockquote[type='cite']",
        "blockquote.quote",
        "div.mail_quote",
        "blockquote#mail-app-auto-quote",
        "div#mailcontent-quote",
        "div[class*='reply-intro']",
        "div#reply-intro",
        "p#reply-intro",
        "div#isReplyContent",
        "blockquote#isReplyContent",
        "div.qmbox",
        "includetail",
        "div.ntes-mailmaster-quote",
        "div.cm_quote",
        "div.WordSection1 div[style*='border-top:solid']",
        "div[style*='border-top:solid']",
        "div[style*='border-top: solid']",
        "div[style*='BORDER-TOP:']",
        "div[style*='border:none;border-top']",
        "div.front-blockquote",
        "blockquote.front-blockquote",
        "div.sh-quoted-content",
        "blockquote.fastmail-quote",
        "div.fastmail-quote",
        "div#spark-quote",
        "div[name='messageReplySection']",
        "div[name='messageBodySection'] + blockquote",
        "blockquote.spark_quote",
        "div.edo-reply-quote",
        "div.missive_quote",
        "div.quote_header",
        "div.bloop_container + div",
        "div.trix-quote",
        "div#previousMessage",
        "blockquote.iosymail",
        "div.mb_quote",
        "div.forwarded-message",
        "div.gmail_forwarded",
        "div.AppleMailSignature + blockquote",
        "blockquote[cite]",
    )
)
_HINTS = (
    "quote", "cite", "divrplyfwdmsg", "appendonsend", "reference-message", "olk_src", "border-top",
    "body-separator", "moz-forward", "moz-email", "zwchr", "__divider__", "zmail_extra", "gmail_", "messagereply",
    "reply-intro", "isreplycontent", "qmbox", "includetail", "previousmessage", "forwarded-message", "iosymail",
    "bloop_container",
)  # fmt: skip
_LINE_STYLE = re.compile(r"border-top\s*:\s*[^;]*solid|border\s*:\s*none\s*;\s*border-top", re.I)


def marked_text(html: str) -> str | None:
    """The document's text with a MARK line where a client began its history; None if no client left a trace."""
    lowered = html.lower()
    if not any(hint in lowered for hint in _HINTS) or html_depth.too_deep(html):
        return None
    parser = LexborHTMLParser(html[: html_text.MAX_CHARS])
    found = marks(parser)
    return html_text.render(parser, found) if found else None


def marks(document: LexborHTMLParser) -> frozenset[int]:
    """The `mem_id`s of the elements with which a client began its history."""
    return frozenset(node.mem_id for node in document.css(_SELECTOR)[:MAX_MARKS] if _is_history(node))


def _is_history(node: LexborNode) -> bool:
    """A ruled box counts only where a header block follows in it, as desktop Outlook writes it."""
    style = node.attributes.get("style") or ""
    known = (
        (node.attributes.get("class") or "") + (node.attributes.get("id") or "") + (node.attributes.get("name") or "")
    )
    if _LINE_STYLE.search(style) and not known.strip():
        text = node.text(deep=True)[:400]
        return text.count(":") >= 3
    return True
