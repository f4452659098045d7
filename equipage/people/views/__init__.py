"""The pages of accounts; `locked_out` answers for django-axes (`AXES_LOCKOUT_CALLABLE`)."""

from equipage.people.views.signing import locked_out

__all__ = ["locked_out"]
