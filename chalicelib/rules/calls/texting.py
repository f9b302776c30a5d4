"""How long a text message (SMS) is: in parts of 160 characters of GSM 03.38's alphabet, or of 70 of any other; a
message of several parts has a few less in each, for what joins them (3GPP TS 23.038 and 23.040)."""

_ALPHABET = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Each takes the place of two.
_TWICE = frozenset("^{}\\[~]|€")


def parts(text: str) -> int:
    """How many parts the message is sent in; each is paid for."""
    if _ALPHABET.union(_TWICE).issuperset(text):
        length, one, several = len(text) + sum(sign in _TWICE for sign in text), 160, 153
    else:
        length, one, several = len(text.encode("utf-16-le")) // 2, 70, 67
    return 1 if length <= one else -(-length // several)
