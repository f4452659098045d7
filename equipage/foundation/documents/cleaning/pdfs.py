"""PDF made again from the looks of its pages: nothing that acts, nothing that is hidden, nothing that names an author.

The new document is written from a list of what a page may hold, never from the old catalogue: scripts, opening actions,
files attached, forms, links, bookmarks, properties and XMP have no place to come back to. What a form or a stamp shows
is kept as a plain drawing. Left as they are: texts and fonts, layers, and the XMP box of a JPEG 2000 image.
"""

from __future__ import annotations

import io
import logging
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, StreamObject

from equipage.foundation.documents.cleaning.jpegs import only_the_drawing
from equipage.foundation.documents.cleaning.refusing import Unclean

logger = logging.getLogger(__name__)

MAX_PAGES = 300
_BOXES = ("/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox")
_OF_A_PAGE = {"/Type", "/Parent", *_BOXES, "/Rotate", "/UserUnit", "/Resources", "/Contents", "/Group", "/Annots"}
_HIDDEN_IN_OBJECTS = ("/Metadata", "/PieceInfo", "/LastModified", "/OPI", "/AF", "/Alternates")
_HIDDEN, _NO_VIEW, _PRINTED = 2, 32, 4
_WITHOUT_LOOKS = {"/FileAttachment", "/Popup", "/Link", "/Movie", "/Screen", "/RichMedia", "/3D", "/Sound"}

_LOCKED = (
    "est protégé par un mot de passe : nous ne pouvons ni le vérifier ni le garder. "
    "Enregistrez-le sans protection (« Imprimer », puis « Enregistrer au format PDF »), et renvoyez-le."
)
_BROKEN = (
    "ne se lit pas : le PDF est abîmé ou incomplet. Ouvrez-le, enregistrez-le de nouveau (« Imprimer », puis "
    "« Enregistrer au format PDF »), et renvoyez-le."
)
_TOO_LONG = f"a plus de {MAX_PAGES} pages : n'envoyez que celles qui servent."


def clean_pdf(content: bytes) -> bytes:
    """The same pages in a new PDF. The same content gives the same bytes.

    Raises Unclean: protected by a password, unreadable, without a page, longer than 300 pages.
    """
    try:
        return _made_again(content)
    except Unclean:
        raise
    except Exception as broken:
        # A damaged file can break a reader anywhere: whatever the place, the sender reads the same sentence.
        logger.info("A PDF handed in could not be read: %s", type(broken).__name__)
        raise Unclean(_BROKEN) from broken


def _made_again(content: bytes) -> bytes:
    reader = PdfReader(io.BytesIO(content), strict=False)
    if reader.is_encrypted:
        raise Unclean(_LOCKED)
    _refuse_too_long(reader)
    writer = PdfWriter()
    writer.pdf_header = "%PDF-1.7"
    for page in reader.pages:
        _keep_looks(page)
        writer.add_page(page)
    writer.metadata = None
    for held in writer._objects:
        if held is not None:
            _strip(held)
    # What was taken out is no longer named by anything: it goes too.
    writer.compress_identical_objects(remove_duplicates=False, remove_unreferenced=True)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _refuse_too_long(reader: PdfReader) -> None:
    """Counted before they are read: a small file can name one page a million times."""
    waiting: list[Any] = [reader.root_object["/Pages"]]
    pages = steps = 0
    while waiting:
        node = waiting.pop().get_object()
        kids = node.get("/Kids")
        pages += kids is None
        waiting.extend(kids.get_object() if kids is not None else ())
        steps += 1
        if pages > MAX_PAGES or len(waiting) > 10 * MAX_PAGES or steps > 10 * MAX_PAGES:
            raise Unclean(_TOO_LONG)
    if not pages:
        raise Unclean(_BROKEN)


def _keep_looks(page: Any) -> None:
    """What a page draws, and nothing else that it holds."""
    annotations = page.get("/Annots")
    drawn = [looks for note in _each(annotations) if (looks := _looks(note.get_object())) is not None]
    for key in [key for key in page if key not in _OF_A_PAGE or key == "/Annots"]:
        del page[key]
    if drawn:
        page[NameObject("/Annots")] = ArrayObject(drawn)


def _each(held: Any) -> Any:
    found = held.get_object() if held is not None else ()
    return found if isinstance(found, ArrayObject) else ()


def _looks(note: Any) -> DictionaryObject | None:
    """An annotation as a drawing that does nothing; None when it shows nothing."""
    flags = int(note.get("/F", 0))
    drawing = note.get("/AP")
    if drawing is None or note.get("/Subtype") in _WITHOUT_LOOKS or flags & (_HIDDEN | _NO_VIEW):
        return None
    drawing = drawing.get_object()
    if "/N" not in drawing:
        return None
    normal = drawing.raw_get("/N")
    if not isinstance(normal.get_object(), StreamObject):
        # A box that is ticked or not: the drawing of the state it is in.
        states, state = normal.get_object(), note.get("/AS")
        if state not in states:
            return None
        normal = states.raw_get(state)
    if not isinstance(normal.get_object(), StreamObject):
        return None
    return DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/Stamp"),
            NameObject("/Rect"): note["/Rect"],
            NameObject("/F"): NumberObject(_PRINTED),
            NameObject("/AP"): DictionaryObject({NameObject("/N"): normal}),
        }
    )


def _strip(held: Any) -> None:
    """What an object of the new document carries besides its drawing: XMP, private data of editors, GPS of a photo."""
    if not isinstance(held, DictionaryObject) or not (isinstance(held, StreamObject) or "/Type" in held):
        return
    for key in _HIDDEN_IN_OBJECTS:
        if key in held:
            del held[key]
    if isinstance(held, StreamObject) and held.get("/Subtype") == "/Image":
        _strip_photo(held)


def _strip_photo(image: StreamObject) -> None:
    """A photo inside a page keeps what its phone wrote in it, unless it is taken out."""
    filters = image.get("/Filter")
    names = [filters] if isinstance(filters, NameObject) else list(_each(filters))
    if names and names[-1] == "/DCTDecode":
        if len(names) == 1:
            image._data = only_the_drawing(image._data)
        else:
            # Packed again around the JPEG: opened, so that nothing hides inside.
            image._data = only_the_drawing(image.get_data())
            image[NameObject("/Filter")] = NameObject("/DCTDecode")
            if "/DecodeParms" in image:
                del image["/DecodeParms"]
