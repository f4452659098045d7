"""Pictures drawn again from their points: no place, no device, no date, no thumbnail, nothing appended.

What comes out is a baseline file of the same format with points only. Its colours are those of the file: a colour
profile names the device, and is dropped too.
"""

from __future__ import annotations

import io
import struct
import zlib

from PIL import ExifTags, Image, ImageOps

from equipage.foundation.documents.cleaning.refusing import Unclean

# The largest pictures of common phones; above, a few kilobytes can ask for gigabytes of memory (bomb).
MAX_POINTS = 50_000_000
# An A4 page at 260 points an inch: a sheet is read, and a photo of a phone loses nothing that proves anything.
LONGEST_SIDE = 3000
_QUALITY = 85
_FORMATS = {"JPEG": "JPEG", "MPO": "JPEG", "PNG": "PNG"}
# What Pillow raises on a broken file, besides its own errors (which are OSError).
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error, zlib.error, OverflowError)
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)

_TOO_LARGE = (
    f"est une image de trop grande dimension (plus de {MAX_POINTS // 1_000_000} millions de points) : "
    "réduisez-la, ou reprenez la photo en qualité normale."
)
_CUT = "ne se lit pas jusqu'au bout : l'image est coupée ou abîmée. Reprenez la photo, puis renvoyez-la."


def clean_picture(content: bytes) -> bytes:
    """A JPEG or PNG picture, upright, 3 000 points a side at most, without anything but its points.

    Raises Unclean: cut, damaged, not a picture, or so large that opening it would exhaust the machine.
    """
    try:
        return _drawn_again(content)
    except _BOMBS:
        raise Unclean(_TOO_LARGE) from None
    except Unclean:
        raise
    except _BROKEN:
        raise Unclean(_CUT) from None


def _drawn_again(content: bytes) -> bytes:
    with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as opened:
        wide, high = opened.size
        # Known from the header: nothing is drawn yet.
        if wide * high > MAX_POINTS:
            raise Unclean(_TOO_LARGE)
        kept_as = _FORMATS[opened.format or ""]
        turn = _turn_of(opened)
        if kept_as == "JPEG":
            # A large photo is decoded small at once.
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        picture = _plain(opened, kept_as)
    if turn is not None:
        picture = picture.transpose(turn)
    picture = ImageOps.contain(picture, (LONGEST_SIDE, LONGEST_SIDE)) if max(picture.size) > LONGEST_SIDE else picture
    picture.info.clear()
    out = io.BytesIO()
    if kept_as == "JPEG":
        picture.save(out, "JPEG", quality=_QUALITY, optimize=True, exif=b"")
    else:
        picture.save(out, "PNG", exif=b"")
    return out.getvalue()


_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _turn_of(picture: Image.Image) -> Image.Transpose | None:
    """How the phone was held, which the points alone no longer say. Unreadable: as the points are."""
    try:
        held = picture.getexif().get(ExifTags.Base.Orientation)
    except _BROKEN:
        return None
    return _TURNS.get(held) if isinstance(held, int) else None


def _plain(picture: Image.Image, kept_as: str) -> Image.Image:
    """The points in one of the few ways that both formats keep alike; decodes the whole file."""
    picture.load()
    if picture.mode.startswith("I"):
        # 16 bits a point: brought back to 8, as every screen shows them.
        return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if picture.mode == "1":
        return picture.convert("L")
    if kept_as == "JPEG":
        return picture.copy() if picture.mode == "L" else picture.convert("RGB")
    see_through = picture.mode in ("LA", "PA", "RGBA", "La", "RGBa") or "transparency" in picture.info
    if see_through:
        return picture.convert("RGBA")
    return picture.copy() if picture.mode == "L" else picture.convert("RGB")
