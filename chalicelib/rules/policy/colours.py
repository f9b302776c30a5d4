"""A shop's colour: written as #rrggbb, and dark enough for white words on it."""

import re

from chalicelib.contrast import ENOUGH, contrast
from chalicelib.rules.policy.tables import shown

_WHITE = "#ffffff"  # the words on buttons of this colour


def colour(raw: str) -> str:
    if not re.fullmatch("#[0-9a-fA-F]{6}", raw):
        raise ValueError(f'{shown(raw)} is no colour: write six hexadecimal digits such as "#1f5fa8".')
    shade, ratio = raw, contrast(raw, _WHITE)
    if ratio >= ENOUGH:
        return raw.lower()
    while contrast(shade, _WHITE) < ENOUGH:
        shade = "#" + "".join(f"{int(shade[i : i + 2], 16) * 97 // 100:02x}" for i in (1, 3, 5))
    raise ValueError(
        f"{shown(raw)} is too light for buttons with white words (contrast {ratio:.1f}, "
        f'{ENOUGH} is needed): write a darker one such as "{shade}".'
    )
