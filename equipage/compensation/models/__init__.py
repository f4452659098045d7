"""What is owed: scales and claim lines; what was decided about a month, what a year paid; what another scale would."""

from equipage.compensation.models.claims import ClaimLine
from equipage.compensation.models.month import HindranceNotice, MonthDecision
from equipage.compensation.models.previews import ScalePreview
from equipage.compensation.models.scales import Scale, ScaleRate
from equipage.compensation.models.yearly import YearStatement

__all__ = ["ClaimLine", "HindranceNotice", "MonthDecision", "Scale", "ScalePreview", "ScaleRate", "YearStatement"]
