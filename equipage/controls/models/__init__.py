"""The plan that sets the rates, the draw, the control of one action, and what the team answers."""

from equipage.controls.models.controls import Control, ControlAnswer
from equipage.controls.models.draws import ControlPlan, ControlRate, Draw

__all__ = ["Control", "ControlAnswer", "ControlPlan", "ControlRate", "Draw"]
