"""A shop's colour: written as #rrggbb, and dark enough for white words on it."""

import re

from chalicelib.rules.policy.tables import shown

ENOUGH_CONTRAST = 4.5
"""The minimum contrast to white for text: WCAG 2.2, success criterion 1.4.3 (AA). Buttons have white words on this
colour."""


def colour(raw: str) -> str:
    if not re.fullmatch("#[0-9a-fA-F]{6}", raw):
        raise ValueError(f'{shown(raw)} is no colour: write six hexadecimal digits such as "#1f5fa8".')
    shade, ratio = raw, contrast_to_white(raw)
    if ratio >= ENOUGH_CONTRAST:
        return raw.lower()
    while contrast_to_white(shade) < ENOUGH_CONTRAST:
        shade = "#" + "".join(f"{int(shade[i : i + 2], 16) * 97 // 100:02x}" for i in (1, 3, 5))
    raise ValueError(
        f"{shown(raw)} is too light for buttons with white words (contrast {ratio:.1f}, "
        f'{ENOUGH_CONTRAST} is needed): write a darker one such as "{shade}".'
    )


def contrast_to_white(shade: str) -> float:
    """The contrast ratio of WCAG 2.2, from 1 to 21."""
    channels = (int(shade[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)
