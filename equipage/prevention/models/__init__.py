"""What they do for the public: prevention actions and their results, education programmes, the sessions of both."""

from equipage.prevention.models.actions import Indicator, PreventionAction
from equipage.prevention.models.programmes import (
    DeclarationStep,
    Evaluation,
    Programme,
    ProgrammeChange,
    ProgrammeMember,
)
from equipage.prevention.models.sessions import Session

__all__ = [
    "DeclarationStep",
    "Evaluation",
    "Indicator",
    "PreventionAction",
    "Programme",
    "ProgrammeChange",
    "ProgrammeMember",
    "Session",
]
