"""What is disputed."""

from equipage.disputes.models.disputes import Dispute, Reason

__all__ = ["Dispute", "Reason"]
