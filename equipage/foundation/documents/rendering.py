"""A template and its data become a PDF: archivable (PDF/A-2a), accessible (PDF/UA-1), the same bytes every time.

A template is `equipage/<package>/documents/<name>.typ`, called "<package>/<name>". What it can import: the base in
`foundation/document_templates/` and the files of its folder whose name starts with "_".
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Any

import typst

from equipage.foundation import french
from equipage.foundation.documents.coverage import displayable_tree

ROOT = Path(__file__).resolve().parents[2]
BASE = ROOT / "foundation" / "document_templates"
FONTS = ROOT / "web" / "static" / "dist" / "fonts"
FONT_FAMILY = "Atkinson Hyperlegible Next"

_STANDARDS: list[typst.PDFStandard] = ["a-2a", "ua-1"]
_NAME = re.compile(r"[a-z_]+/[a-z][a-z0-9_-]*")


class TemplateMissing(LookupError):
    """No package has a document template of that name."""


class DocumentFailed(RuntimeError):
    """A document could not be set: the template or its data are wrong. The message is for developers."""


@dataclass(frozen=True)
class Rendered:
    """A PDF and what it was made from."""

    pdf: bytes
    template_version: str


def canonical(data: Any) -> str:
    """The one text of a JSON value. Raises TypeError on what JSON cannot say exactly, ValueError on NaN."""
    _refuse_inexact(data)
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def data_hash(data: Any) -> str:
    """SHA-256 of the canonical text."""
    return hashlib.sha256(canonical(data).encode("utf-8", "surrogatepass")).hexdigest()


def render(
    template: str,
    data: dict[str, Any],
    *,
    title: str,
    date: date | datetime,
    lang: str = "fr",
    reference: str = "",
    fictitious: bool = False,
) -> bytes:
    """The PDF of `template` with `data`. `date` is the date of the document, never the clock: the bytes depend on it.

    `data` holds texts, whole numbers, booleans, lists and dictionaries; amounts and dates come formatted.
    `fictitious` marks every page. Raises TemplateMissing, DocumentFailed, TypeError.
    """
    return render_with_version(
        template, data, title=title, date=date, lang=lang, reference=reference, fictitious=fictitious
    ).pdf


def render_with_version(
    template: str,
    data: dict[str, Any],
    *,
    title: str,
    date: date | datetime,
    lang: str = "fr",
    reference: str = "",
    fictitious: bool = False,
) -> Rendered:
    """`render`, with the version of the template that made it."""
    day = french.paris_day(date)
    fingerprint = data_hash(data)
    meta = {
        "title": title,
        "reference": reference,
        "date": [day.year, day.month, day.day],
        "date_text": french.day(day),
        "lang": lang,
        "fictitious": fictitious,
        "data_sha256": fingerprint,
        "fingerprint": " ".join(fingerprint[place : place + 4] for place in range(0, 24, 4)),
    }
    press = _press_of(template)
    noon = int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp())
    try:
        pdf = press.set({"meta": displayable_tree(meta), "data": displayable_tree(data)}, noon)
    except typst.TypstError:
        # Some characters are refused only together (a mark on a letter of another script): once more, Latin only.
        narrow = {"meta": displayable_tree(meta, latin_only=True), "data": displayable_tree(data, latin_only=True)}
        try:
            pdf = press.set(narrow, noon)
        except typst.TypstError as refusal:
            raise DocumentFailed(f"{template}: {refusal.message} {' '.join(refusal.hints)}".strip()) from refusal
    return Rendered(pdf, press.version)


def template_version(template: str) -> str:
    """SHA-256 of all that decides the look: the template, the base, the fonts, the typesetter."""
    return _press_of(template).version


def own_fonts() -> list[Path]:
    """The files of our typeface, empty before the front end is built."""
    return sorted(FONTS.glob("*.ttf")) if FONTS.is_dir() else []


class _Press:
    """One template with its compiler, which is reused: a fresh one would read the fonts again."""

    def __init__(self, template: str, sources: tuple[Path, ...]) -> None:
        self._lock = Lock()
        self._compiler = typst.Compiler(
            str(_path_of(template)),
            root=str(ROOT),
            font_paths=_fonts(_stamp(tuple(own_fonts()))),
            sys_inputs={},
        )
        digest = hashlib.sha256(f"typst {version('typst')}".encode())
        for source in sources:
            digest.update(f"\n{source.name} ".encode())
            digest.update(hashlib.sha256(source.read_bytes()).digest())
        self.version = digest.hexdigest()

    def set(self, envelope: dict[str, Any], timestamp: int) -> bytes:
        """Set the envelope. One at a time: the compiler keeps its inputs between calls."""
        text = json.dumps(envelope, ensure_ascii=False, sort_keys=True)
        with self._lock:
            pdf = self._compiler.compile(
                format="pdf", sys_inputs={"envelope": text}, pdf_standards=_STANDARDS, timestamp=timestamp
            )
        if not isinstance(pdf, bytes):
            raise DocumentFailed("The typesetter returned no PDF.")
        return pdf


def _path_of(template: str) -> Path:
    if not _NAME.fullmatch(template):
        raise TemplateMissing(f"A template is called <package>/<name>, not {template!r}.")
    package, name = template.split("/")
    return ROOT / package / "documents" / f"{name}.typ"


def _press_of(template: str) -> _Press:
    path = _path_of(template)
    if not path.is_file():
        raise TemplateMissing(f"{path.relative_to(ROOT)} does not exist.")
    shared = sorted(path.parent.glob("_*.typ"))
    base = sorted(found for found in BASE.iterdir() if found.is_file())
    return _press(template, _stamp((path, *shared, *base, *own_fonts())))


# The stamp changes with any file, so that an edited template never comes out of the memory under its old version.
Stamp = tuple[tuple[Path, int, int], ...]


def _stamp(files: tuple[Path, ...]) -> Stamp:
    return tuple((file, found.st_mtime_ns, found.st_size) for file in files for found in (file.stat(),))


@lru_cache(maxsize=64)
def _press(template: str, stamp: Stamp) -> _Press:
    return _Press(template, tuple(file for file, _, _ in stamp))


@lru_cache(maxsize=2)
def _fonts(stamp: Stamp) -> typst.Fonts:
    folders = sorted({str(file.parent) for file, _, _ in stamp})
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=folders)


def _refuse_inexact(value: Any) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError(f"The key {key!r} of a document's data is not a text.")
            _refuse_inexact(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_inexact(item)
    elif value is not None and not isinstance(value, str | int):
        raise TypeError(f"{value!r} ({type(value).__name__}) is not exact in JSON: format it before.")
