"""Documents: a template and frozen data become a PDF that can be made again, byte for byte."""

from equipage.foundation.documents import checks  # noqa: F401  (registers itself)
from equipage.foundation.documents.kinds import (
    KindMissing,
    about_any,
    register_attachment_kind,
    register_kind,
)
from equipage.foundation.documents.rendering import DocumentFailed, TemplateMissing, render, template_version
from equipage.foundation.documents.uploads import Upload, check_upload

__all__ = [
    "DocumentFailed",
    "KindMissing",
    "TemplateMissing",
    "Upload",
    "about_any",
    "check_upload",
    "register_attachment_kind",
    "register_kind",
    "render",
    "template_version",
]
