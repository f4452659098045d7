"""Files as people and attackers send them: photos that say where, PDF that act, bombs, two files in one."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import ExifTags, Image, PngImagePlugin
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

# Written wherever a file can hide something; never left in what is kept.
HIDDEN = b"Cach\xc3\xa9-ici"
_WORD = HIDDEN.decode()


def names(**entries: Any) -> DictionaryObject:
    """A PDF dictionary."""
    return DictionaryObject({NameObject(f"/{key}"): value for key, value in entries.items()})


def points(wide: int = 60, high: int = 40) -> Image.Image:
    """A picture whose four corners tell how it is held."""
    picture = Image.new("RGB", (wide, high), "white")
    picture.paste("red", (0, 0, wide // 2, high // 2))
    picture.paste("blue", (wide // 2, high // 2, wide, high))
    return picture


def exif(turn: int = 6) -> Image.Exif:
    """What a phone writes: who, with what, where, and how it was held."""
    found = Image.Exif()
    found[ExifTags.Base.Orientation] = turn
    found[ExifTags.Base.Make] = _WORD
    found[ExifTags.Base.Artist] = _WORD
    place = found.get_ifd(ExifTags.IFD.GPSInfo)
    place[ExifTags.GPS.GPSLatitudeRef], place[ExifTags.GPS.GPSLatitude] = "N", (47.0, 12.0, 3.0)
    place[ExifTags.GPS.GPSAreaInformation] = HIDDEN
    return found


def photo(wide: int = 60, high: int = 40, turn: int = 6) -> bytes:
    """A JPEG of a phone: EXIF with a place, XMP, comment, colour profile, a thumbnail."""
    out = io.BytesIO()
    points(wide, high).save(
        out,
        "JPEG",
        exif=exif(turn),
        xmp=b"<x:xmpmeta>" + HIDDEN + b"</x:xmpmeta>",
        comment=HIDDEN,
        icc_profile=HIDDEN * 20,
    )
    return out.getvalue()


def capture() -> bytes:
    """A PNG with texts, XMP, a profile and EXIF."""
    said = PngImagePlugin.PngInfo()
    said.add_text("Author", _WORD)
    said.add_itxt("XML:com.adobe.xmp", f"<x>{_WORD}</x>")
    out = io.BytesIO()
    points().save(out, "PNG", pnginfo=said, exif=exif(), icc_profile=HIDDEN * 20, dpi=(72, 72))
    return out.getvalue()


def bomb(wide: int = 30_000, high: int = 30_000) -> bytes:
    """A PNG of a few hundred bytes that announces a picture of gigabytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", wide, high, 8, 2, 0, 0, 0)
    drawn = chunk(b"IDAT", zlib.compress(b"\x00" * 1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + drawn + chunk(b"IEND", b"")


def _action(script: str = _WORD) -> DictionaryObject:
    return names(S=NameObject("/JavaScript"), JS=TextStringObject(script))


def _numbers(*values: int) -> ArrayObject:
    return ArrayObject([NumberObject(value) for value in values])


def acting_pdf() -> bytes:
    """A PDF that does everything that none should: scripts, launch, files attached, author, XMP, a photo with a place.

    It also shows a stamp, which must stay: its drawing holds « Tampon visible ».
    """
    sheet = io.BytesIO()
    points().save(sheet, "PDF", title=_WORD, author=_WORD)
    writer = PdfWriter(clone_from=io.BytesIO(sheet.getvalue()))
    page = writer.pages[0]
    writer.add_attachment("secret.txt", HIDDEN)
    writer.root_object[NameObject("/OpenAction")] = names(S=NameObject("/Launch"), F=TextStringObject(_WORD))
    scripts = ArrayObject([TextStringObject("x"), _action()])
    writer.root_object["/Names"].get_object()[NameObject("/JavaScript")] = names(Names=scripts)  # type: ignore[index]
    page[NameObject("/AA")] = names(O=_action())
    _photo_inside(writer)
    page[NameObject("/Annots")] = ArrayObject([writer._add_object(note) for note in _notes(writer)])
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _photo_inside(writer: PdfWriter) -> None:
    for held in list(writer._objects):
        if isinstance(held, StreamObject) and held.get("/Subtype") == "/Image":
            held._data = photo() + HIDDEN
            held.update(names(Filter=NameObject("/DCTDecode"), ColorSpace=NameObject("/DeviceRGB")))
            held.pop("/DecodeParms", None)
            told = StreamObject()
            told._data = b"<x>" + HIDDEN + b"</x>"
            held[NameObject("/Metadata")] = writer._add_object(told)


def _notes(writer: PdfWriter) -> list[DictionaryObject]:
    drawing = StreamObject()
    drawing._data = b"% Tampon visible\nq 1 0 0 RG 0 0 m 50 50 l S Q"
    drawing.update(names(Type=NameObject("/XObject"), Subtype=NameObject("/Form"), BBox=_numbers(0, 0, 50, 50)))
    place = {"Type": NameObject("/Annot"), "Rect": _numbers(5, 5, 30, 30)}
    looks = names(N=writer._add_object(drawing))
    return [
        names(**place, Subtype=NameObject("/Widget"), AP=looks, T=TextStringObject(_WORD), A=_action()),
        names(**place, Subtype=NameObject("/Link"), A=names(S=NameObject("/URI"), URI=TextStringObject(_WORD))),
        names(**place, Subtype=NameObject("/FileAttachment"), Contents=TextStringObject(_WORD), AP=looks),
    ]


def locked_pdf(password: str = "") -> bytes:
    """A PDF that asks for a password."""
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.encrypt(password, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def paged_pdf(count: int) -> bytes:
    """A PDF of so many blank pages."""
    writer = PdfWriter()
    for _ in range(count):
        writer.add_blank_page(100, 100)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def endless_pdf() -> bytes:
    """A small PDF whose pages are named ten times by each of nine levels: a thousand million pages."""
    levels = [f"<</Type/Pages/Count 1/Kids[{f'{number + 1} 0 R ' * 10}]>>" for number in range(2, 11)]
    out, places = b"%PDF-1.7\n", []
    for number, held in enumerate(["<</Type/Catalog/Pages 2 0 R>>", *levels, "<</Type/Page>>"], start=1):
        places.append(len(out))
        out += f"{number} 0 obj {held} endobj\n".encode()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    end = f"xref\n0 12\n0000000000 65535 f \n{table}trailer <</Root 1 0 R/Size 12>>\nstartxref\n{len(out)}\n%%EOF\n"
    return out + end.encode()


EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
