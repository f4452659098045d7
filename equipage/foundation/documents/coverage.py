"""Characters the fonts of documents can show, and what becomes of the others.

PDF/A forbids a missing glyph: one emoji in a name would stop a payment statement. Texts are therefore reduced to what
the pinned fonts hold before they are set; the frozen data keep what was typed.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

# Measured with the fonts inside typst 0.15.2 (Libertinus Serif, DejaVu Sans Mono, New Computer Modern);
# `tests/foundation/test_documents.py` sets every one of them in a PDF/A.
RANGES = (
    "0020-007e 00a0-00ac 00ae-0377 037a-037f 0384-038a 038c 038e-03a1 03a3-04ff 0510-0513 051a-051d "
    "0531-0556 0559-058a 058d-058f 0591-05c7 05d0-05ea 05ef-05f4 0606-060c 0615 061b 061f 0621-063a "
    "0640-0655 065a 0660-066d 0674 0679-067b 067e-0680 0683-0684 0686-0687 0691 0698 06a4 06a9 06af 06be "
    "06cc 06f0-06f9 1d00-1f15 1f18-1f1d 1f20-1f45 1f48-1f4d 1f50-1f57 1f59 1f5b 1f5d 1f5f-1f7d 1f80-1fb4 "
    "1fb6-1fc4 1fc6-1fd3 1fd6-1fdb 1fdd-1fef 1ff2-1ff4 1ff6-1ffe 2000-200a 2010-2029 202f-2040 2042 "
    "2044-2052 2054-205f 2070-2071 2074-208e 2090-209c 20a0-20c0 20d0-20f0 2100-211e 2120 2122 2124 "
    "2126-2151 2153-2184 2189 2190-23ff 2422-2423 2460-262f 2638-268b 2690-269c 26a0-26a7 26aa-26b2 "
    "2701-2704 2706-2709 270c-2727 2729-274b 274d 274f-2752 2756 2758-275e 2761-277f 2794 2798-27af "
    "27b1-2b73 2b76-2b95 2b97-2bff 2c60-2c7f a720-a727 a72d a730 a735 a765 a789-a78e a790-a791 a793 a7aa "
    "a7f8-a7f9 ab52 ab66 fb00-fb06 fb13-fb17 fb1d-fb36 fb38-fb3c fb3e fb40-fb41 fb43-fb44 fb46-fb4f "
    "fe20-fe2f fb52-fb81 fb8a-fb95 fb9e-fb9f fbaa-fbad fbe8-fbe9 fbfc-fbff fe70-fe74 fe76-fefc fffc-fffd"
)

SHOWN_INSTEAD = "□"
LONGEST_RUN = 64
_BREAK_EVERY = 32
_ZERO_WIDTH = "\u200b"


def _character_class() -> str:
    pairs = (found.partition("-") for found in RANGES.split())
    return "".join(f"{_escaped(first)}-{_escaped(last or first)}" for first, _, last in pairs)


def _escaped(code: str) -> str:
    return f"\\U{int(code, 16):08x}"


_CLASS = _character_class()
# Invisible on purpose or by accident: controls, joiners, variation selectors, bidirectional overrides that would
# let a typed text rewrite the order of what surrounds it, private use, halves of characters.
_DROPPED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ue000-\uf8ff\U0001f3fb-\U0001f3ff\U000e0000-\U0010ffff]"
)
_NOT_SHOWN = re.compile(f"[^\t\n{_CLASS}]")
_LONG_RUN = re.compile(rf"\S{{{LONGEST_RUN + 1},}}")
_LATIN_ONLY = re.compile(r"[^\t\n\u0020-\u007e\u00a0-\u017f\u2010-\u2027\u202f\u20ac□" + _ZERO_WIDTH + "]")


def displayable(text: str, *, latin_only: bool = False) -> str:
    """The text as a document can show it: other characters become "□", a run without space may break.

    `latin_only` is the narrow second attempt, for a combination of characters that the fonts refuse together.
    """
    if text.isascii() and text.isprintable() and len(text) <= LONGEST_RUN:
        return text
    shown = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    shown = _NOT_SHOWN.sub(SHOWN_INSTEAD, _DROPPED.sub("", shown))
    if latin_only:
        shown = _LATIN_ONLY.sub(SHOWN_INSTEAD, shown)
    return _LONG_RUN.sub(lambda run: _breakable(run[0]), shown)


def displayable_tree(value: Any, *, latin_only: bool = False) -> Any:
    """`displayable` on every text of a JSON value, keys left as they are."""
    if isinstance(value, str):
        return displayable(value, latin_only=latin_only)
    if isinstance(value, dict):
        return {key: displayable_tree(item, latin_only=latin_only) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [displayable_tree(item, latin_only=latin_only) for item in value]
    return value


def _breakable(run: str) -> str:
    return _ZERO_WIDTH.join(run[place : place + _BREAK_EVERY] for place in range(0, len(run), _BREAK_EVERY))
