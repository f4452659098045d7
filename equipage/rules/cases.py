"""Plays the golden cases (cas de référence): inputs and an expected result that a lawyer can read, with the source."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from equipage.rules import schemas
from equipage.rules.actions import TeamFacts, check_action_allowed, check_payment_conditions
from equipage.rules.ceiling import apply_ceiling
from equipage.rules.completeness import check_section
from equipage.rules.composition import Activity, KnowHow, MemberFacts, check_team
from equipage.rules.errors import BadInput, NoRuleInForce, PackRefused, Problem
from equipage.rules.form import FormView
from equipage.rules.headcount import Headcount, check_headcount
from equipage.rules.library import Library
from equipage.rules.loading import pages_of
from equipage.rules.orientation import FITS, Situation, orient
from equipage.rules.reading import Page
from equipage.rules.scale import price

Case = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Played:
    """The result of playing the cases: how many, and every difference with what was expected."""

    files: int
    cases: int
    problems: tuple[Problem, ...]


def _cents(text: str) -> int:
    return int(Decimal(text) * 100)


def _euros(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def _day(case: Case, key: str = "on") -> date | None:
    return date.fromisoformat(case[key]) if case.get(key) else None


def member_of(form: FormView, data: Mapping[str, Any], number: int) -> MemberFacts:
    """A member written in the words of a case: a profession by its key, or "system/code"."""
    system, code, known = "", "", [KnowHow(*text.split()) for text in data.get("know_hows", ())]
    if "code" in data:
        system, code = data["code"].split("/")
    else:
        profession = form.composition.by_key(data["profession"])
        if profession is None:
            raise NoRuleInForce(f"la profession « {data['profession']} » n'est pas dans le paquet")
        system, code = profession.system, profession.code
        for item in profession.qualifications:
            if item.key == data.get("qualification"):
                known.append(KnowHow(item.know_how_type, sorted(item.codes)[0]))
    section = data.get("section", "A" if data.get("profession") == "pharmacien" else "")
    activity = Activity(
        data.get("mode", "L"),
        data.get("activity", "GENR01"),
        section,
        _day(data, "practice_from"),
        _day(data, "practice_to"),
    )
    return MemberFacts(
        key=data.get("key", str(number)),
        name=data.get("name", f"Personne {number}"),
        profession_system=system,
        profession_code=code,
        know_hows=tuple(known),
        activities=() if data.get("no_practice") else (activity,),
        certain=data.get("certain", True),
        member_from=_day(data, "from"),
        member_to=_day(data, "to"),
        in_directory=data.get("in_directory", True),
        overrides=frozenset(data.get("overrides", ())),
    )


def _facts(case: Case) -> TeamFacts:
    days = {key: date.fromisoformat(text) if text else None for key, text in case.get("facts", {}).items()}
    return TeamFacts(association_since=days.pop("association", None), since=days)


def _composition(library: Library, form: FormView, case: Case, on: date) -> dict[str, Any]:
    members = [member_of(form, data, number) for number, data in enumerate(case.get("members", ()), start=1)]
    answer = check_team(form, members, on, case.get("gate", ""))
    return {
        "ok": answer.ok,
        "counted": answer.counted,
        "missing": dict(answer.missing),
        "reasons": list(answer.codes),
        "members": {member.key: list(member.codes) for member in answer.members if member.reasons},
    }


def _action(library: Library, form: FormView, case: Case, on: date) -> dict[str, Any]:
    answer = check_action_allowed(form, case["action"], _facts(case), on, case.get("participants"))
    return {"ok": answer.ok, "reasons": list(answer.codes)}


def _payment(library: Library, form: FormView, case: Case, on: date) -> dict[str, Any]:
    answer = check_payment_conditions(form, _facts(case), on)
    return {"ok": answer.ok, "reasons": list(answer.codes)}


def _price(library: Library, form: FormView, case: Case, on: date) -> dict[str, Any]:
    names = ("minutes", "patients", "documents", "person_year_cents")
    facts = {name: case[name] for name in names if name in case}
    rates = form.scale.rates
    priced = price(rates, case["action"], case.get("group", ""), participants=case.get("participants"), on=on, **facts)
    return {"amount": _euros(priced.amount_cents)}


def _section(library: Library, form: FormView, case: Case, on: date) -> dict[str, Any]:
    section = form.project_template.section(case["section"])
    if section is None:
        raise NoRuleInForce(f"la section « {case['section']} » n'existe pas")
    state = check_section(section, case.get("data", {}))
    return {"ok": state.ok, "fields": [reason.subject for reason in state.reasons]}


def headcount_of(library: Library, data: Mapping[str, Any]) -> Headcount:
    """People written in the words of a case: `people: {medecin-generaliste: 1}`, `uncertain`, `mode`."""
    kinds = library.pack.people
    for key in {*data.get("people", {}), *data.get("uncertain", {})} - kinds.keys():
        raise BadInput(f"la sorte de personne « {key} » n'est pas dans people.yaml")
    certain, uncertain = (
        {kinds[key]: count for key, count in data.get(name, {}).items()} for name in ("people", "uncertain")
    )
    return Headcount(certain, uncertain, data.get("mode", "L"))


def _headcount(library: Library, form: FormView, case: Case, on: date) -> dict[str, Any]:
    answer = check_headcount(form, headcount_of(library, case), on, case.get("gate", ""))
    return {
        "ok": answer.ok,
        "counted": answer.counted,
        "missing": dict(answer.missing),
        "reasons": list(answer.codes),
        "lacking": answer.lacking,
    }


def _orientation(library: Library, case: Case, on: date) -> dict[str, Any]:
    situation = Situation(
        headcount_of(library, case), case["territory"], frozenset(case.get("needs", ())), case.get("time", "")
    )
    verdicts = orient(library, situation, on)
    return {
        "first": verdicts[0].form.code if verdicts else "",
        "order": [verdict.form.code for verdict in verdicts],
        **{fit: [verdict.form.code for verdict in verdicts if verdict.fit == fit] for fit in FITS},
        "missing_by_form": {
            verdict.form.code: dict(verdict.answer.missing) for verdict in verdicts if verdict.answer.missing
        },
        "stages": {
            verdict.form.code: [step.stage.key for step in verdict.thresholds if step.stage and step.answer.ok]
            for verdict in verdicts
            if verdict.form.stages
        },
        "rules": {verdict.form.code: verdict.answer.explanation.rule_id for verdict in verdicts},
    }


def _scale(library: Library, form: FormView, case: Case, on: date) -> dict[str, Any]:
    return {"code": form.scale.code}


_QUESTIONS: dict[str, Callable[[Library, FormView, Case, date], dict[str, Any]]] = {
    "composition": _composition,
    "action": _action,
    "payment": _payment,
    "price": _price,
    "section": _section,
    "scale": _scale,
    "headcount": _headcount,
}


def ask(library: Library, case: Case) -> dict[str, Any]:
    """What the rules answer to a case; {"refused": True} when no rule stands or the facts cannot be."""
    question, on = case["question"], _day(case)
    try:
        if question == "ceiling":
            capped = apply_ceiling(_cents(case["amount"]), _cents(case["committed"]), _cents(case["ceiling"]))
            return {"paid": _euros(capped.paid_cents), "cut": _euros(capped.cut_cents)}
        if on is None:
            raise BadInput("il manque le jour « on »")
        if question == "value":
            found = library.value(case["rule"], territory=case["territory"], on=on, known_on=_day(case, "known_on"))
            return {"value": found.effective, "version": found.version}
        if question == "orientation":
            return _orientation(library, case, on)
        form = library.form(case["form"], case["territory"], on, _day(case, "known_on"))
        return _QUESTIONS[question](library, form, case, on)
    except (NoRuleInForce, BadInput):
        return {"refused": True}


_BY_FORM = ("missing_by_form", "stages", "rules")


def _agrees(key: str, given: Any, wanted: Any) -> bool:
    """The same; of an answer by form, only the forms that the case names are compared."""
    if key in _BY_FORM and given:
        given = {form: given.get(form) for form in wanted}
    return bool(given == wanted)


def _play(library: Library, page: Page) -> int:
    shared = {key: page.data[key] for key in ("form", "territory") if key in page.data}
    for index, raw in enumerate(page.data["cases"]):
        at = ("cases", index)
        try:
            given = ask(library, shared | raw)
        except (KeyError, ValueError, TypeError) as error:
            page.refuse(
                at, f"« {raw['title']} » ne peut pas être posé ({error!r})", "toutes les données de la question"
            )
            continue
        for key, wanted in raw["expected"].items():
            if not _agrees(key, given.get(key), wanted):
                what = f"« {raw['title']} » donne {key} = {given.get(key, given)}"
                page.refuse((*at, "expected", key), what, str(wanted))
    return len(page.data["cases"])


def play(library: Library, roots: Iterable[Any] | None = None) -> Played:
    """Play every golden case of the library's folders."""
    files = cases = 0
    problems: list[Problem] = []
    try:
        pages = list(pages_of(roots or library.roots, cases=True))
    except PackRefused as refusal:
        return Played(0, 0, refusal.problems)
    for page in pages:
        files += 1
        if not page.problems and schemas.check(page, page.data, "cases"):
            source = page.data["reference"]["source"]
            if source not in library.pack.sources:
                page.refuse(("reference",), f"la source « {source} » est inconnue", "un nom de sources.yaml")
            cases += _play(library, page)
        problems.extend(page.problems)
    return Played(files, cases, tuple(sorted(problems)))
