"""What is owed: scales and claim lines; what a year paid; what another scale would pay."""

from equipage.compensation.models.claims import ClaimLine
from equipage.compensation.models.previews import ScalePreview
from equipage.compensation.models.scales import Scale, ScaleRate
from equipage.compensation.models.yearly import YearStatement

__all__ = ["ClaimLine", "Scale", "ScalePreview", "ScaleRate", "YearStatement"]
