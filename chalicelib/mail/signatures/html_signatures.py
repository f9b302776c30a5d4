"""Signatures and app lines in HTML, by the class or id each mail client gives them."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser

MAX_REMOVED = 50
# Gmail, Outlook (web and mobile), Apple Mail, Thunderbird, Yahoo, Proton, Tuta, Samsung, Zoho, Zimbra and others.
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


def remove(document: LexborHTMLParser) -> None:
    """Remove the signature elements from a document; elements below them stay."""
    for node in document.css(_SELECTOR)[:MAX_REMOVED]:
        node.decompose()
