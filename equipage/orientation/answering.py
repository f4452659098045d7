"""The answer of the orientation as a page reads it: the conclusion first, then why, then whom to call."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.text import capfirst

from equipage.foundation.french import enumerate_words, typographic
from equipage.foundation.periods import today
from equipage.orientation.asking import Answers
from equipage.rules import library
from equipage.rules.dated import Dated
from equipage.rules.orientation import Threshold, Verdict, orient
from equipage.rules.shared import PersonKind
from equipage.rules.thresholds import anchor, asked
from equipage.rules.wording import quantity

# What a form brings and asks, in two lines; the longer texts where a pack has no short ones.
BRINGS, ASKS = ("brief.brings", "money.means"), ("brief.asks", "organisation.legal_form")
TONES = {"now": "ok", "soon": "wait", "later": "info", "aside": "quiet"}
BADGES = {
    "now": "Possible maintenant",
    "soon": "Possible bientôt",
    "later": "Il manque du monde",
    "aside": "Autre mode d'exercice",
}


@dataclass(frozen=True)
class Line:
    """One sentence and the rule it comes from."""

    text: str
    rule: Dated

    @property
    def url(self) -> str:
        """The public page of the rule."""
        return reverse("orientation:rule", args=[self.rule.rule_id])


@dataclass(frozen=True)
class Step:
    """One stage of a form and where we stand."""

    label: str
    ok: bool
    sentence: str
    way_out: str
    line: Line


@dataclass(frozen=True)
class Offer:
    """One form as the page shows it; `about` is the end of an address that says where and which form."""

    verdict: Verdict
    headline: str
    composition: Line
    missing: tuple[tuple[str, str], ...]
    stages: tuple[Step, ...]
    brings: Line | None
    asks: Line | None
    answers: tuple[tuple[str, Line], ...]
    situation: Line | None
    url: str
    start_url: str
    about: str

    @property
    def help_url(self) -> str:
        """Where to ask to be called back about this form."""
        return f"{reverse('support:ask')}?sujet=rappel{self.about}"

    @property
    def tone(self) -> str:
        """The colour of its badge."""
        return TONES[self.verdict.fit]

    @property
    def badge(self) -> str:
        """Its place in two words."""
        return BADGES[self.verdict.fit]

    @property
    def aside(self) -> list[str]:
        """The people who are there and do not count in it."""
        return [reason.sentence for _, reason in self.verdict.aside]


def offers(answers: Answers) -> list[Offer]:
    """Every form of the territory, the best first; rules of today."""
    verdicts = orient(library(), answers.situation, today())
    return [_offer(verdict, answers) for verdict in verdicts]


def _offer(verdict: Verdict, answers: Answers) -> Offer:
    form = verdict.form
    place = {} if answers.place.query == {} else answers.place.query
    query = f"?{urlencode(place)}" if place else ""
    return Offer(
        verdict=verdict,
        headline=typographic(_headline(verdict)),
        composition=Line(typographic(_composition(verdict, answers)), _anchor(verdict)),
        missing=tuple((reason.sentence, reason.way_out) for reason in verdict.reasons),
        stages=tuple(_step(step) for step in verdict.thresholds) if len(verdict.thresholds) > 1 else (),
        brings=_first(verdict, BRINGS),
        asks=_first(verdict, ASKS),
        answers=tuple((concern.label, Line(dated.value["how"], dated)) for concern, dated in verdict.concerns),
        situation=_first(verdict, ("organisation.situation",)),
        url=reverse("orientation:form", args=[form.code]) + query,
        start_url=reverse("orientation:start_form", args=[form.code]) + query,
        about=f"&{urlencode({'commune': answers.commune.pk, 'forme': form.code})}",
    )


def _headline(verdict: Verdict) -> str:
    one = verdict.form.card.named
    match verdict.fit:
        case "now":
            return f"{capfirst(one)} vous convient dès maintenant."
        case "soon":
            return f"{capfirst(one)} vous conviendra dès que les personnes pressenties auront dit oui."
        case "later":
            return f"Avec {wanted(verdict)} de plus, {one} vous conviendrait."
        case _:
            return f"{capfirst(one)} supposerait un autre mode d'exercice."


def wanted(verdict: Verdict) -> str:
    """Who is still to be found: « un médecin généraliste et un auxiliaire médical »."""
    people = [reason.wanted for reason in verdict.reasons if reason.wanted]
    return enumerate_words(people) if people else "une personne"


def _anchor(verdict: Verdict) -> Dated:
    """The value of the composition that the page links to: the one that is not met, else the first asked."""
    form, first = verdict.form, verdict.thresholds[0]
    gate = first.stage.key if first.stage else ""
    rule_id = verdict.answer.explanation.rule_id
    found = [item.rule for item in asked(form, gate)]
    return next((rule for rule in found if rule.rule_id == rule_id), None) or anchor(form)


def _composition(verdict: Verdict, answers: Answers) -> str:
    form, first = verdict.form, verdict.thresholds[0]
    gate = first.stage.key if first.stage else ""
    asks = [f"au moins {quantity(item.minimum, item.one, item.many)}" for item in reversed(asked(form, gate))]
    stage = f" pour {first.stage.label[0].lower()}{first.stage.label[1:]}" if first.stage else ""
    initiators = form.find("composition.initiators")
    if asks:
        rule = f"La règle demande {enumerate_words(asks)}{stage}"
        verb = "c'est votre cas" if not verdict.answer.missing else "ce n'est pas encore votre cas"
        sentence = f"Vous êtes {summary(answers.situation.people.certain)}. {rule} : {verb}."
    elif initiators is not None:
        sentence = f"Aucun nombre n'est fixé. {initiators.effective}."
    else:
        sentence = "Les textes ne fixent aucun nombre."
    if verdict.fit == "now" and answers.uncertain:
        sentence += " Les personnes à confirmer ne comptent pas aujourd'hui, et vous n'avez pas besoin d'elles."
    return sentence.replace("..", ".")


def summary(people: dict[PersonKind, int] | Any) -> str:
    """« un médecin généraliste et deux infirmiers »; empty for nobody."""
    words = [kind.counted(count) for kind, count in people.items() if count]
    return enumerate_words(words) if words else ""


def _step(threshold: Threshold) -> Step:
    stage, answer = threshold.stage, threshold.answer
    if stage is None:
        raise ValueError("Un seuil sans stade n'est jamais montré parmi d'autres.")
    return Step(
        stage.label,
        answer.ok,
        " ".join(reason.sentence for reason in answer.reasons) or stage.sentence,
        " ".join(reason.way_out for reason in answer.reasons),
        Line(stage.sentence, stage.rule),
    )


def _first(verdict: Verdict, names: Iterable[str]) -> Line | None:
    found = next((dated for name in names if (dated := verdict.find(name))), None)
    return Line(str(found.effective), found) if found else None
