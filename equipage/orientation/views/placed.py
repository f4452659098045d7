"""What every page of the rules begins with: where and when it speaks, and the choice of another place or day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from equipage.foundation.refusals import Refused
from equipage.orientation.place import Place, choices, place_of


@dataclass(frozen=True)
class Asked:
    """The place of an address; `problem` says what is wrong with it, the place then being the usual one."""

    place: Place
    problem: str = ""

    def page(
        self,
        request: HttpRequest,
        template: str,
        context: Mapping[str, Any],
        *,
        keep: Sequence[tuple[str, str]] = (),
        status: int = 200,
    ) -> HttpResponse:
        """The page, with the choice of place; `keep` are the other answers of the address that the choice keeps."""
        frame = {
            "place": self.place,
            "place_problem": self.problem,
            "territories": choices(),
            "keep": keep,
            "here": request.path,
        }
        wrong = 422 if self.problem and status == 200 else status
        return render(request, template, {**context, **frame}, status=wrong)


def asked(request: HttpRequest) -> Asked:
    """Where and when the address asks for the rules."""
    try:
        return Asked(place_of(request.GET))
    except Refused as refusal:
        return Asked(place_of({}), refusal.sentence)
