"""The parts of a JPEG that draw it, without touching a point: for photos inside a PDF."""

from __future__ import annotations

_FIRST, _LAST = b"\xff\xd8", b"\xff\xd9"
_SCAN = 0xDA
_COMMENT = 0xFE
# APP0 says how points are laid, APP14 (Adobe) how colours are coded; the others say who, where, when.
_KEPT_MARKS = frozenset((0xE0, 0xEE))
_APPLICATION = range(0xE0, 0xF0)


def only_the_drawing(content: bytes) -> bytes:
    """The same JPEG without EXIF, XMP, profile, comment, nor what follows its end. Raises ValueError when cut."""
    if content[:2] != _FIRST:
        raise ValueError("Not a JPEG.")
    out, place = bytearray(content[:2]), 2
    while True:
        if place + 4 > len(content) or content[place] != 0xFF:
            raise ValueError("The JPEG is cut between two of its parts.")
        mark = content[place + 1]
        if mark == 0xFF:
            place += 1
            continue
        if mark == _SCAN:
            # Inside a drawing FF is always followed by 00: the first end mark is the true one, and what follows is
            # somebody's luggage. A picture without its end mark is common in PDF, and readers show it.
            end = content.find(_LAST, place)
            return bytes(out + (content[place : end + 2] if end != -1 else content[place:] + _LAST))
        length = int.from_bytes(content[place + 2 : place + 4], "big")
        if length < 2 or place + 2 + length > len(content):
            raise ValueError("A part of the JPEG is cut.")
        if mark in _KEPT_MARKS or (mark != _COMMENT and mark not in _APPLICATION):
            out += content[place : place + 2 + length]
        place += 2 + length
