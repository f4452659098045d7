"""Files handed in are known by their bytes; a refusal says what came and what is wanted."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from equipage.foundation.documents.uploads import check_upload, clean_name
from equipage.foundation.refusals import Refused


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


PNG = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    + _chunk(b"IDAT", zlib.compress(b"\x00\x00"))
    + _chunk(b"IEND", b"")
)
PDF = b"%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 40 + b"\xff\xd9"


def sent(name: str, content: bytes, declared: str = "application/pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type=declared)


@pytest.mark.parametrize(
    ("name", "content", "media_type", "kept"),
    [
        ("statuts.pdf", PDF, "application/pdf", "statuts.pdf"),
        ("photo.PDF", JPEG, "image/jpeg", "photo.jpg"),
        ("capture", PNG, "image/png", "capture.png"),
    ],
)
def test_the_content_decides_the_type_and_the_extension(name, content, media_type, kept):
    file = sent(name, content, "text/html")
    upload = check_upload(file)
    assert (upload.media_type, upload.name, upload.size) == (media_type, kept, len(content))
    assert upload.sha256 == hashlib.sha256(content).hexdigest()
    assert file.read() == content


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"PK\x03\x04 word/document.xml", "document bureautique"),
        (b"\x00\x00\x00\x18ftypheic", "HEIC"),
        (b"GIF89a", "GIF"),
        (b"RIFF\x00\x00\x00\x00WEBP", "WebP"),
        (b"MZ\x90", "programme"),
        (b"  <!DOCTYPE html><script>", "page web"),
        (b"<svg onload=alert(1)>", "SVG"),
        (b"bonjour", "type inconnu"),
        (b"x%PDF-1.4 %%EOF", "type inconnu"),
    ],
)
def test_another_type_is_named_with_what_is_wanted(content, found):
    with pytest.raises(Refused, match=found) as refusal:
        check_upload(sent("statuts.pdf", content), field="statutes")
    assert "JPEG, PDF ou PNG" in refusal.value.sentence and "5\u00a0Mo" in refusal.value.sentence
    assert refusal.value.field == "statutes"


def test_a_type_that_is_not_wanted_here_is_named():
    with pytest.raises(Refused, match=r"un fichier PNG\u202f: envoyez un fichier PDF de"):
        check_upload(sent("x.pdf", PNG), allowed={"pdf"})


def test_the_limit_is_the_last_size_accepted():
    padded = PDF[:9] + b"%" * (1000 - len(PDF)) + PDF[9:]
    assert check_upload(sent("a.pdf", padded), max_bytes=1000).size == 1000
    with pytest.raises(Refused, match=r"pèse 1\u00a0ko\u202f: la limite est de 999\u00a0octets"):
        check_upload(sent("a.pdf", padded), max_bytes=999)


def test_a_huge_file_is_not_read_whole():
    class Endless(io.RawIOBase):
        asked = 0

        def seek(self, *args):
            return 0

        def read(self, size=-1):
            assert size > 0
            self.asked += size
            return b"%PDF-" + b"x" * (size - 5)

    file = Endless()
    with pytest.raises(Refused, match="trop lourd"):
        check_upload(file, max_bytes=10_000)
    assert file.asked == 10_001


@pytest.mark.parametrize("content", [PDF[:-7], JPEG[:-2], PNG[:-12]])
def test_a_cut_file_is_refused(content):
    with pytest.raises(Refused, match="incomplet"):
        check_upload(sent("a.pdf", content))


def test_an_empty_file_is_refused():
    with pytest.raises(Refused, match="vide"):
        check_upload(sent("a.pdf", b""))


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\Anne\\relevé.pdf", "relevé.pdf"),
        ("facture\u202efdp.exe", "facturefdp.pdf"),
        ("a\x00b\r\nc.pdf", "abc.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("", "document.pdf"),
        ("   .pdf", "pdf.pdf"),
        ("<b>&\"'.pdf", "b & '.pdf"),
        ("x" * 300 + ".pdf", "x" * 120 + ".pdf"),
    ],
)
def test_names_are_made_safe(raw, kept):
    assert clean_name(raw, "pdf") == kept


@given(st.text())
def test_any_name_becomes_one_that_fits_and_hides_nothing(raw):
    kept = clean_name(raw, "pdf")
    assert kept.endswith(".pdf") and 5 <= len(kept) <= 124
    assert not set(kept) & set('/\\<>:"|?*\r\n\x00\u202e')
