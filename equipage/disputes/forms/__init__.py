"""The forms of disputes."""

from equipage.disputes.forms.disputes import AnswerForm, DoubtForm, WordsForm, given_times

__all__ = ["AnswerForm", "DoubtForm", "WordsForm", "given_times"]
