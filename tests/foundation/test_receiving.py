"""A file that is too heavy is not stored while it arrives, and the rest of the form is there."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.handlers.wsgi import WSGIRequest
from django.test.client import BOUNDARY, MULTIPART_CONTENT

from equipage.foundation.documents.receiving import MOST_BYTES, MOST_SENT_BYTES, TooHeavy
from equipage.foundation.documents.uploads import check_upload
from equipage.foundation.refusals import Refused


class Endless(io.RawIOBase):
    """A body made as it is read, so that the test itself holds nothing: fields, a file of `weight` bytes, a field."""

    def __init__(self, weight: int, begins: bytes = b"\xff\xd8\xff") -> None:
        edge = f"--{BOUNDARY}\r\n".encode()
        before = edge + b'Content-Disposition: form-data; name="note"\r\n\r\nA garder\r\n' + edge
        before += (
            b'Content-Disposition: form-data; name="file"; filename="photo.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
        )
        after = b"\r\n" + edge + b'Content-Disposition: form-data; name="apres"\r\n\r\nAussi\r\n'
        self.parts: list[Any] = [before + begins, weight - len(begins), after + f"--{BOUNDARY}--\r\n".encode()]
        self.length = len(self.parts[0]) + self.parts[1] + len(self.parts[2])

    def read(self, size: int = -1) -> bytes:
        part = self.parts[0]
        if isinstance(part, int):
            given = b"\x00" * min(part, size)
            self.parts[0] = part - len(given)
            if not self.parts[0]:
                self.parts.pop(0)
            return given
        given, rest = part[:size], part[size:]
        self.parts[0] = rest
        if not rest and len(self.parts) > 1:
            self.parts.pop(0)
        return given


@pytest.fixture
def request_with() -> Iterator[Any]:
    """A function that makes a request; each is closed at the end, as the server does."""
    made: list[WSGIRequest] = []

    def make(*args: Any, **kwargs: Any) -> WSGIRequest:
        made.append(_request(*args, **kwargs))
        return made[-1]

    yield make
    for request in made:
        request.close()


def _request(weight: int, begins: bytes = b"\xff\xd8\xff", length: int = 0) -> Any:
    body = Endless(weight, begins)
    return WSGIRequest(
        {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/",
            "CONTENT_TYPE": MULTIPART_CONTENT,
            "CONTENT_LENGTH": str(length or body.length),
            "wsgi.input": body,
        }
    )


@pytest.mark.parametrize("weight", [1000, 3_000_000, MOST_BYTES])
def test_a_file_within_the_limit_arrives_whole(request_with, weight):
    request = request_with(weight)
    file = request.FILES["file"]
    assert file.size == weight and not isinstance(file, TooHeavy) and len(file.read()) == weight
    assert (request.POST["note"], request.POST["apres"]) == ("A garder", "Aussi")


def test_two_hundred_megabytes_are_not_kept_and_the_form_is(request_with, tmp_path, settings):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    tracemalloc.start()
    request = request_with(200_000_000)
    file: UploadedFile = request.FILES["file"]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000, f"{peak} octets en mémoire"
    assert not list(tmp_path.iterdir()), "nor on the disk"
    assert isinstance(file, TooHeavy) and file.size == 200_000_000
    assert (request.POST["note"], request.POST["apres"]) == ("A garder", "Aussi")
    with pytest.raises(Refused, match=r"photo.jpg.*pèse 200\s?Mo.*la limite est de 15\s?Mo") as refused:
        check_upload(file, picture_bytes=MOST_BYTES, field="file")
    assert refused.value.field == "file"


def test_the_limit_said_is_that_of_what_was_sent(request_with):
    file = request_with(20_000_000, begins=b"%PDF-1.7").FILES["file"]
    with pytest.raises(Refused, match=r"la limite est de 5\s?Mo"):
        check_upload(file, picture_bytes=MOST_BYTES)


def test_what_no_photo_weighs_is_refused_before_it_is_read(request_with):
    with pytest.raises(RequestDataTooBig):
        _ = request_with(10, length=MOST_SENT_BYTES + 1).POST


def test_pictures_may_be_heavier_than_documents():
    heavy = b"\x00" * 6_000_000
    photo, paper = io.BytesIO(b"\xff\xd8\xff" + heavy + b"\xff\xd9"), io.BytesIO(b"%PDF-" + heavy + b"%%EOF")
    assert check_upload(photo, picture_bytes=MOST_BYTES).extension == "jpg"
    for file in (photo, paper):
        with pytest.raises(Refused, match="la limite est de 5"):
            check_upload(file, picture_bytes=MOST_BYTES if file is paper else None)


@pytest.mark.django_db
def test_the_page_says_that_the_sending_is_too_heavy(client):
    body = f"--{BOUNDARY}--\r\n"
    page = client.generic(
        "POST", "/compte/connexion/", body, MULTIPART_CONTENT, CONTENT_LENGTH=str(MOST_SENT_BYTES + 1)
    )
    assert page.status_code == 400 and "trop lourd" in page.content.decode()
    assert "trop lourd" not in client.get("/", headers={"host": "ailleurs.example"}).content.decode()
