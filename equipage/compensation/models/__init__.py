"""What is owed: scales, envelopes, claim lines, payment runs and the ledger."""

from equipage.compensation.models.claims import ClaimLine, Envelope, RegionalBudget
from equipage.compensation.models.ledger import Account, LedgerEntry, Posting
from equipage.compensation.models.runs import AssociationAccount, BankDetails, Payment, PaymentRun
from equipage.compensation.models.scales import Scale, ScaleRate

__all__ = [
    "Account",
    "AssociationAccount",
    "BankDetails",
    "ClaimLine",
    "Envelope",
    "LedgerEntry",
    "Payment",
    "PaymentRun",
    "Posting",
    "RegionalBudget",
    "Scale",
    "ScaleRate",
]
