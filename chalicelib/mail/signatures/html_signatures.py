"""Signatures and app lines in HTML, by the class or id each mail client gives them."""

from __future__ import annotations

from collections.abc import Sequence

from selectolax.lexbor import LexborHTMLParser, LexborNode

from chalicelib.mail.signatures import element_lines, html_words

MAX_REMOVED = 50
# Gmail, Outlook (web and mobile), Apple Mail, Thunderbird, Yahoo, Proton, Tuta, Samsung, Zoho, Zimbra, OX,
# eM Client, HubSpot and others.
_SELECTOR = ", ".join(
    (
        ".gmail_signature_prefix",
        ".gmail_signature",
        "[data-smartmail='gmail_signature']",
        "div#Signature",
        "div#x_Signature",
        "div#signature",
        "div#ms-outlook-mobile-signature",
        "div#x_ms-outlook-mobile-signature",
        "div[id^='AppleMailSignature']",
        "div.AppleMailSignature",
        "br#lineBreakAtBeginningOfSignature + div",
        "div.moz-signature",
        "pre.moz-signature",
        "[class*='protonmail_signature_block']",
        "div.tutanota_signature",
        "div#composer_signature",
        "div[class*='yahoo-signature']",
        "div.ymail_android_signature",
        "a.ymail_android_signature",
        "div#ymail_android_signature",
        "div#Zm-_Id_-Sgn",
        "div.zmail_signature",
        "div[data-marker='__SIG_PRE__']",
        "div[data-marker='__SIG_POST__']",
        "div#zimbraSignature",
        "div.front-signature",
        "div.io-ox-signature",
        "div#signature_old",
        "div.hs_signature",
        "div[name='messageSignatureSection']",
        "div.edo-signature",
        "div.bloop_sign",
        "div.sh-signature",
        "div.missive_signature",
        "div.wp_signature",
        "div[name='signature']",
        "span[name='x-signature']",
        "signature",
    )
)


def remove(document: LexborHTMLParser, author: str = "") -> None:
    """Remove the signature elements from a document. Elements below them stay, and so do words that were written into
    them. `author`: the writer's name."""
    for node in _outermost(document.css(_SELECTOR)[:MAX_REMOVED]):
        lines = element_lines.find(node)
        if lines is None:
            continue
        kept = html_words.kept(lines, author)
        if kept:
            element_lines.remove(node, lines, kept)
        else:
            node.decompose()


def _outermost(nodes: Sequence[LexborNode]) -> list[LexborNode]:
    """The nodes that are within none of the others: what is within a removed one is gone with it."""
    known = {node.mem_id for node in nodes}
    found = []
    for node in nodes:
        around = node.parent
        while around is not None and around.mem_id not in known:
            around = around.parent
        if around is None:
            found.append(node)
    return found
