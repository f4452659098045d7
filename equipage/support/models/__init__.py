"""Who helps, what is said wrong of them, who asked for help, and what was said."""

from equipage.support.models.desks import Desk, DeskReport
from equipage.support.models.requests import HelpMessage, HelpRequest, Topic

__all__ = ["Desk", "DeskReport", "HelpMessage", "HelpRequest", "Topic"]
