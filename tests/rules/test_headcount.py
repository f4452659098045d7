"""People counted without being named: the same verdict as named members, with the way out of every refusal."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipage.rules import BadInput, library
from equipage.rules.composition import Activity, KnowHow, MemberFacts, check_team
from equipage.rules.form import FormView
from equipage.rules.headcount import Headcount, check_headcount, fitting_mode, set_aside
from equipage.rules.shared import PersonKind

ON = date(2026, 11, 25)
KINDS = library().pack.people
GP, NURSE, PHARMACIST = KINDS["medecin-generaliste"], KINDS["infirmier"], KINDS["pharmacien"]
FORMS = [
    library().form(card.code, place, ON)
    for place in ("fr", "fr-pdl", "fr-bre", "fr-ara")
    for card in library().forms(place, ON)
]
forms = st.sampled_from(FORMS)
crowds = st.dictionaries(st.sampled_from(list(KINDS.values())), st.integers(0, 6), max_size=6)
modes = st.sampled_from(["L", "S"])


def members_of(people: Headcount, mode: str) -> list[MemberFacts]:
    found: list[MemberFacts] = []
    for kind, count in people.certain.items():
        for _ in range(count):
            known = tuple(KnowHow(*pair) for pair in kind.know_hows)
            key = str(len(found))
            activity = Activity(mode, "GENR01", kind.section)
            found.append(MemberFacts(key, "Une personne", kind.system, kind.code, known, (activity,)))
    return found


def gates(form: FormView) -> list[str]:
    return ["", *form.stages]


@given(forms, crowds, modes)
def test_numbers_and_names_agree(form: FormView, crowd: dict[PersonKind, int], mode: str) -> None:
    """The same people, counted or named, make the same team at every stage."""
    people = Headcount(crowd, {}, mode)
    for gate in gates(form):
        counted = check_headcount(form, people, ON, gate)
        named = check_team(form, members_of(people, fitting_mode(form, mode)), ON, gate)
        missing = {key: count for key, count in named.missing.items() if key != "distinct_professions"}
        assert dict(counted.missing) == missing
        assert counted.counted == named.counted


@given(forms, crowds, crowds, modes)
def test_no_refusal_without_its_way_out(
    form: FormView, sure: dict[PersonKind, int], maybe: dict[PersonKind, int], mode: str
) -> None:
    for gate in gates(form):
        answer = check_headcount(form, Headcount(sure, maybe, mode), ON, gate)
        assert answer.ok == (not answer.reasons)
        for reason in answer.reasons:
            assert reason.sentence.endswith(".")
            assert reason.way_out.endswith(".")
            assert reason.rule_id.startswith((form.code, form.card.parent or form.code))
            assert reason.reference.title


@given(forms, crowds, modes)
def test_following_the_way_out_makes_the_team(form: FormView, crowd: dict[PersonKind, int], mode: str) -> None:
    """Add, for each requirement that is not met, as many people as it lacks: the answer becomes yes."""
    fitted = fitting_mode(form, mode)
    for gate in gates(form):
        people = dict(crowd)
        for _ in range(4):
            answer = check_headcount(form, Headcount(people, {}, fitted), ON, gate)
            if answer.ok:
                break
            for key, count in answer.missing.items():
                requirement = form.composition.requirement(key)
                wanted = requirement.of if requirement else "professionals"
                kind = next(one for one in KINDS.values() if counts_as(form, one, wanted, fitted))
                people[kind] = people.get(kind, 0) + count
        assert answer.ok, (form.code, gate, answer.reasons)


def counts_as(form: FormView, kind: PersonKind, category: str, mode: str) -> bool:
    answer = check_team(form, members_of(Headcount({kind: 1}), mode), ON)
    member = answer.members[0]
    return member.ok and (category == "professionals" or category in member.categories)


@given(crowds)
def test_more_people_never_make_a_team_less_complete(crowd: dict[PersonKind, int]) -> None:
    form = library().form("esp-clap", "fr-pdl", ON)
    if check_headcount(form, Headcount(crowd), ON).ok:
        more = crowd | {NURSE: crowd.get(NURSE, 0) + 1}
        assert check_headcount(form, Headcount(more), ON).ok


def test_uncertain_people_do_not_count_and_are_the_shortest_way_out() -> None:
    form = library().form("esp-clap", "fr-pdl", ON)
    people = Headcount({NURSE: 1}, {GP: 1})
    answer = check_headcount(form, people, ON)
    assert not answer.ok
    assert answer.lacking == 1
    assert answer.reasons[0].way_out.startswith("Faites confirmer un médecin généraliste. Sinon, ")
    assert check_headcount(form, people.confirmed(), ON).ok


def test_salaried_people_are_told_who_it_is_for_and_how() -> None:
    form = library().form("esp-clap", "fr-pdl", ON)
    answer = check_headcount(form, Headcount({GP: 1, NURSE: 1}, {}, "S"), ON)
    assert answer.codes == ("practice_not_liberal",)
    assert answer.missing == {}
    assert answer.reasons[0].rule_id == "esp-clap.practice.modes"


def test_people_who_do_not_count_are_said_to_be_partners() -> None:
    form = library().form("esp-clap", "fr-pdl", ON)
    found = set_aside(form, Headcount({GP: 1, NURSE: 1, KINDS["psychologue"]: 1}), ON)
    assert [kind.key for kind, _ in found] == ["psychologue"]
    assert "partenaire" in found[0][1].sentence


@pytest.mark.parametrize("count", [-1, 100, 10**9])
def test_impossible_numbers_are_refused(count: int) -> None:
    with pytest.raises(BadInput, match="0 à 99"):
        Headcount({GP: count})


def test_forty_people_are_a_team_like_any_other() -> None:
    form = library().form("esp-clap", "fr-pdl", ON)
    answer = check_headcount(form, Headcount({GP: 12, NURSE: 20, PHARMACIST: 8}), ON)
    assert answer.ok
    assert answer.counted == 40
