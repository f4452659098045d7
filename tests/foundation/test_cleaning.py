"""What a file loses before it is kept: where, who, with what, and whatever acts. What it shows stays."""

from __future__ import annotations

import contextlib
import io
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from equipage.foundation.documents.cleaning import Unclean, clean
from equipage.foundation.documents.cleaning.pictures import LONGEST_SIDE, MAX_POINTS
from tests.foundation import specimens
from tests.foundation.specimens import HIDDEN

RED, BLUE, WHITE = (254, 0, 0), (0, 0, 254), (255, 255, 255)


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def colour(picture: Image.Image, place: tuple[int, int]) -> tuple[int, ...]:
    found = picture.getpixel(place)
    assert isinstance(found, tuple)
    return found


def near(found: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    return all(abs(one - other) < 12 for one, other in zip(found, wanted, strict=True))


def test_a_photo_of_a_phone_keeps_its_points_and_nothing_else():
    sent = specimens.photo()
    assert HIDDEN in sent and opened(sent).getexif()
    kept = clean(sent, "jpg")
    picture = opened(kept)
    assert HIDDEN not in kept and b"Exif" not in kept and b"xmp" not in kept and b"ICC_PROFILE" not in kept
    assert not picture.getexif() and picture.format == "JPEG"


@pytest.mark.parametrize(
    ("turn", "size", "red", "blue"),
    [
        (1, (60, 40), (5, 5), (55, 35)),
        (3, (60, 40), (55, 35), (5, 5)),
        (6, (40, 60), (35, 5), (5, 55)),
        (8, (40, 60), (5, 55), (35, 5)),
    ],
)
def test_a_photo_stands_as_it_was_held(turn, size, red, blue):
    """The orientation is written beside the points: once it is gone, the points must be turned."""
    picture = opened(clean(specimens.photo(turn=turn), "jpg"))
    assert picture.size == size
    assert near(colour(picture, red), RED) and near(colour(picture, blue), BLUE)


def test_a_capture_keeps_its_points_and_nothing_else():
    kept = clean(specimens.capture(), "png")
    assert HIDDEN not in kept
    for chunk in (b"tEXt", b"iTXt", b"eXIf", b"iCCP", b"pHYs"):
        assert chunk in specimens.capture() and chunk not in kept
    assert opened(kept).size == (40, 60)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_is_drawn_again(mode):
    out = io.BytesIO()
    Image.new(mode, (8, 4)).save(out, "PNG")
    assert opened(clean(out.getvalue(), "png")).size == (8, 4)


def test_sixteen_bits_a_point_become_eight_without_turning_white():
    out = io.BytesIO()
    Image.new("I;16", (4, 4), 32_768).save(out, "PNG")
    assert opened(clean(out.getvalue(), "png")).getpixel((0, 0)) == 128


def test_a_photo_for_printers_is_readable():
    out = io.BytesIO()
    Image.new("CMYK", (8, 8)).save(out, "JPEG")
    assert opened(clean(out.getvalue(), "jpg")).mode == "RGB"


@pytest.mark.parametrize("tail", [b"PK\x03\x04" + HIDDEN, b"<script>" + HIDDEN, b"%PDF-1.7 " + HIDDEN])
@pytest.mark.parametrize("kind", ["jpg", "png", "pdf"])
def test_two_files_in_one_leave_only_the_one_that_is_seen(kind, tail):
    sent = {"jpg": specimens.photo, "png": specimens.capture, "pdf": specimens.acting_pdf}[kind]() + tail
    assert HIDDEN not in clean(sent, kind)


def test_a_large_photo_is_brought_back_to_a_readable_size():
    picture = opened(clean(specimens.photo(6000, 100, turn=1), "jpg"))
    assert max(picture.size) == LONGEST_SIDE


def test_a_bomb_is_refused_before_it_is_drawn():
    sent = specimens.bomb()
    assert len(sent) < 1000
    begun = time.monotonic()
    with pytest.raises(Unclean, match="trop grande dimension"):
        clean(sent, "png")
    assert time.monotonic() - begun < 1
    side = int(MAX_POINTS**0.5) + 1
    with pytest.raises(Unclean, match="trop grande dimension"):
        clean(specimens.bomb(side, side), "png")


@pytest.mark.parametrize("kind", ["jpg", "png"])
def test_a_cut_picture_is_refused(kind):
    sent = {"jpg": specimens.photo(300, 200), "png": specimens.capture()}[kind]
    with pytest.raises(Unclean, match="ne se lit pas jusqu"):
        clean(sent[: len(sent) * 2 // 3], kind)


def test_a_pdf_keeps_its_pages_and_nothing_that_acts():
    sent = specimens.acting_pdf()
    before = PdfReader(io.BytesIO(sent))
    assert before.attachments and before.metadata and "/OpenAction" in before.root_object
    kept = clean(sent, "pdf")
    after = PdfReader(io.BytesIO(kept))
    assert HIDDEN not in kept and not after.metadata and not after.attachments
    assert set(after.root_object) == {"/Type", "/Pages"}
    for held in (b"JavaScript", b"/JS", b"/Launch", b"/AA", b"/EmbeddedFile", b"/URI", b"/Metadata", b"Exif"):
        assert held not in kept, held
    (picture,) = after.pages[0].images
    assert picture.image and picture.image.size == (60, 40)


def test_what_a_stamp_or_a_filled_field_shows_is_kept():
    kept = clean(specimens.acting_pdf(), "pdf")
    (note,) = list(PdfReader(io.BytesIO(kept)).pages[0].annotations or [])
    looks: Any = note.get_object()
    assert looks["/Subtype"] == "/Stamp" and b"Tampon visible" in looks["/AP"]["/N"].get_data()


def test_the_same_file_gives_the_same_bytes():
    for kind, sent in (("pdf", specimens.acting_pdf()), ("jpg", specimens.photo()), ("png", specimens.capture())):
        assert clean(sent, kind) == clean(sent, kind)


@pytest.mark.parametrize("password", ["secret", ""])
def test_a_protected_pdf_is_refused_with_the_way_out(password):
    with pytest.raises(Unclean, match=r"mot de passe.*sans protection"):
        clean(specimens.locked_pdf(password), "pdf")


def test_a_pdf_that_cannot_be_read_is_refused_with_the_way_out():
    for sent in (b"%PDF-1.7 rien\n%%EOF", specimens.acting_pdf()[:400] + b"%%EOF"):
        with pytest.raises(Unclean, match=r"ne se lit pas.*enregistrez-le de nouveau"):
            clean(sent, "pdf")


def test_too_many_pages_are_refused_before_they_are_read():
    assert len(PdfReader(io.BytesIO(clean(specimens.paged_pdf(300), "pdf"))).pages) == 300
    with pytest.raises(Unclean, match="plus de 300 pages"):
        clean(specimens.paged_pdf(301), "pdf")
    begun = time.monotonic()
    with pytest.raises(Unclean, match="plus de 300 pages"):
        clean(specimens.endless_pdf(), "pdf")
    assert time.monotonic() - begun < 2


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@pytest.mark.parametrize("kind", ["jpg", "png", "pdf"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_file_is_cleaned_or_refused_and_never_breaks(kind, data):
    sent = bytearray({"jpg": specimens.photo, "png": specimens.capture, "pdf": specimens.acting_pdf}[kind]())
    for place in data.draw(st.lists(st.integers(0, len(sent) - 1), min_size=1, max_size=8)):
        sent[place] = data.draw(st.integers(0, 255))
    kept = b""
    with contextlib.suppress(Unclean):  # anything else would be a page that breaks
        kept = clean(bytes(sent), kind)
        assert kept.startswith((b"%PDF", b"\xff\xd8\xff", b"\x89PNG"))
