"""What is owed: scales and claim lines."""

from equipage.compensation.models.claims import ClaimLine
from equipage.compensation.models.scales import Scale, ScaleRate

__all__ = ["ClaimLine", "Scale", "ScaleRate"]
