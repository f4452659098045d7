"""Who counts, what is missing, and the way out. The written cases are in `rulepacks/cases/`."""

from datetime import date
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipage.rules import Activity, FormView, KnowHow, MemberFacts, NoRuleInForce, check_member, check_team, library
from equipage.rules.wording import NARROW

ON = date(2026, 3, 1)
LIBERAL = (Activity("L"),)
GP = MemberFacts("1", "Anne Roux", "TRE_G15", "10", (KnowHow("S", "SM54"),), LIBERAL)
NURSE = MemberFacts("2", "Luc Petit", "TRE_G15", "60", (), LIBERAL)


def form() -> FormView:
    return library().form("esp-clap", "fr-pdl", ON)


def other(member: MemberFacts, **changes: object) -> MemberFacts:
    facts = {name: getattr(member, name) for name in MemberFacts.__slots__}
    return MemberFacts(**{**facts, **changes})


def test_the_refusal_says_what_is_missing_and_how_to_mend_it() -> None:
    answer = check_team(form(), [NURSE], ON)
    assert not answer.ok and answer.counted == 1
    (reason,) = answer.reasons
    assert reason.sentence == f"Il manque un médecin généraliste{NARROW}: l'équipe en compte 0 sur 1."
    assert reason.way_out.startswith("Invitez un médecin généraliste libéral")
    assert reason.rule_id == "esp-clap.composition.min_general_practitioners"
    assert reason.reference.title.startswith("Plaquette")
    assert answer.missing == {"min_general_practitioners": 1, "min_professionals": 1}
    assert answer.explanation.rule_id == reason.rule_id


def test_the_shortest_way_out_names_who_is_already_there() -> None:
    waiting = other(GP, certain=False)
    (reason,) = check_team(form(), [waiting, NURSE], ON).reasons
    assert reason.way_out.startswith("Faites confirmer Anne Roux. Sinon, invitez")
    undecided = other(GP, know_hows=())
    (reason,) = check_team(form(), [undecided, NURSE], ON).reasons
    assert reason.way_out.startswith("Faites confirmer Anne Roux.")


def test_an_uncertain_nurse_is_not_proposed_as_the_general_practitioner() -> None:
    answer = check_team(form(), [other(NURSE, certain=False)], ON)
    by_code = {reason.code: reason for reason in answer.reasons}
    assert "Luc Petit" not in by_code["min_general_practitioners"].way_out
    assert "Luc Petit" in by_code["min_professionals"].way_out


def test_every_reason_of_a_member_is_said_at_once() -> None:
    answer = check_member(form(), other(NURSE, certain=False, activities=(), in_directory=False), ON)
    assert set(answer.codes) == {"uncertain", "practice_unknown", "not_in_directory"}
    assert all(reason.way_out and reason.subject == "2" for reason in answer.reasons)


def test_the_answer_for_each_member_comes_with_that_of_the_team() -> None:
    answer = check_team(form(), [GP, other(NURSE, certain=False)], ON)
    assert [(member.key, member.ok) for member in answer.members] == [("1", True), ("2", False)]
    assert "general_practitioner" in answer.members[0].categories


def test_the_explanation_is_one_sentence_and_survives_json() -> None:
    answer = check_team(form(), [GP, NURSE], ON)
    assert answer.ok
    sentence = answer.sentence()
    assert sentence.startswith("La composition est complète pour ESP CLAP")
    assert sentence.endswith("en vigueur depuis le 1er\u00a0janvier 2018).")
    assert " :" not in sentence and " ;" not in sentence  # ordinary spaces before signs


def test_a_form_that_does_not_say_who_may_be_a_member_gives_no_answer(tmp_path) -> None:
    from tests.rules.packs import parameters, write

    books = library(write(tmp_path, nombres=parameters("value: 2, valid_from: 2020-01-01")))
    with pytest.raises(NoRuleInForce, match="qui peut être membre"):
        check_team(books.form("essai", "fr", ON), [], ON)


def test_distinct_professions_and_thresholds_by_stage_are_data(tmp_path) -> None:
    from equipage.rules.library import RULEPACKS

    (tmp_path / "regle.yaml").write_text(
        """\
kind: parameters
form: esp
territory: fr-cor
group: composition
defaults: {valid_from: 2024-01-01, reference: {source: fiche-esp-occitanie}, confidence: verified}
entries:
  distinct_professions: {label: Deux professions, type: boolean, values: [{value: true}]}
  contract_doctors:
    label: Médecins pour le contrat
    type: integer
    requirement: {of: general_practitioner, one: un médecin généraliste, many: médecins généralistes, gate: contract}
    values: [{value: 2}]
""",
        encoding="utf-8",
    )
    corsica = library(RULEPACKS, tmp_path).form("esp", "fr-cor", ON)
    doctors = [GP, other(GP, key="3", name="Paul Bré")]
    assert check_team(corsica, doctors, ON).codes == ("distinct_professions",)
    assert check_team(corsica, [*doctors, NURSE], ON, gate="contract").ok
    assert check_team(corsica, [GP, NURSE], ON).ok
    assert check_team(corsica, [GP, NURSE], ON, gate="contract").codes == ("contract_doctors",)


know_hows = st.builds(KnowHow, st.sampled_from(["S", "C"]), st.sampled_from(["SM54", "SM18", "SM63"]))
activities = st.builds(Activity, st.sampled_from(["L", "S"]), section=st.sampled_from(["A", "B", ""]))
members = st.builds(
    MemberFacts,
    key=st.sampled_from("abcdef"),
    name=st.just("Quelqu'un"),
    profession_system=st.sampled_from(["TRE_G15", "TRE_R95", "TRE_G16"]),
    profession_code=st.sampled_from(["10", "21", "60", "70", "93"]),
    know_hows=st.lists(know_hows).map(tuple),
    activities=st.lists(activities).map(tuple),
    certain=st.booleans(),
)


@given(st.lists(members, max_size=8), members)
def test_one_more_person_never_makes_a_team_less_complete(team: list[MemberFacts], newcomer: MemberFacts) -> None:
    before, after = check_team(form(), team, ON), check_team(form(), [*team, newcomer], ON)
    assert after.counted >= before.counted
    assert after.ok or not before.ok


@given(st.lists(members, max_size=8))
def test_an_answer_is_coherent(team: list[MemberFacts]) -> None:
    answer = check_team(form(), team, ON)
    assert answer.ok == (not answer.reasons) == (not answer.missing)
    assert answer.counted == sum(member.ok for member in answer.members) <= len({member.key for member in team})
    assert all(member.ok != bool(member.reasons) for member in answer.members)
    assert answer.counted == 0 or any(member.certain for member in team)


def test_a_person_with_two_professions_is_one_person_and_both_professions() -> None:
    answer = check_team(form(), [other(NURSE, key="1"), GP], ON)
    assert answer.counted == 1 and answer.missing == {"min_professionals": 1}


def test_a_hundred_people_and_everyone_twice() -> None:
    people = [other(NURSE, key=f"n{number}") for number in range(100)]
    assert check_team(form(), [*people, *people, GP], ON).counted == 101


def test_thousands_of_answers_with_their_explanation_take_less_than_a_second_of_computing() -> None:
    view, started = form(), process_time()
    for _ in range(3000):
        check_team(view, [GP, NURSE], ON)
    assert process_time() - started < 1


def test_a_look_up_does_not_grow_with_the_number_of_rules() -> None:
    books, started = library(), process_time()
    for _ in range(20_000):
        books.value("esp-clap.composition.min_professionals", territory="fr-pdl", on=ON)
    assert process_time() - started < 1
