"""The project's settings with the vault switched on, for the type checker: it knows only models that are installed."""

import os

os.environ.setdefault("EQUIPAGE_CLINICAL", "1")
os.environ.setdefault("EQUIPAGE_DEMO", "1")

from equipage.settings import *  # noqa: F403
