"""The forms of disputes."""

from equipage.disputes.forms.disputes import AnswerForm, DoubtForm, WordsForm

__all__ = ["AnswerForm", "DoubtForm", "WordsForm"]
