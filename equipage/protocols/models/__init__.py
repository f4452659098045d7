"""Protocols of the teams: their text while it is written, their frozen versions, and their life in other teams."""

from equipage.protocols.models.sharing import Adoption, ProtocolAction, Publication
from equipage.protocols.models.writing import Agreement, Edition, Opinion, Part, PartRevision, Protocol, ProtocolVersion

__all__ = [
    "Adoption",
    "Agreement",
    "Edition",
    "Opinion",
    "Part",
    "PartRevision",
    "Protocol",
    "ProtocolAction",
    "ProtocolVersion",
    "Publication",
]
