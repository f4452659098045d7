"""The form of a repayment."""

from __future__ import annotations

from django import forms


class RepaymentForm(forms.Form):
    """What the bank statement says."""

    received_on = forms.DateField(label="Date lue sur le relevé de la banque")
    reference = forms.CharField(label="Référence lue sur le relevé", max_length=60)
