"""Which form fits: an order that holds together, and never a refusal without what would open the door."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipage.rules import BadInput, NoRuleInForce, PackRefused, library
from equipage.rules.headcount import Headcount
from equipage.rules.library import RULEPACKS
from equipage.rules.orientation import FITS, TIMES, Situation, Verdict, orient
from equipage.rules.shared import PersonKind
from equipage.rules.telling import tell

ON = date(2026, 11, 25)
PACKS = library()
KINDS = PACKS.pack.people
crowds = st.dictionaries(st.sampled_from(list(KINDS.values())), st.integers(0, 5), max_size=5)
situations = st.builds(
    Situation,
    st.builds(Headcount, crowds, crowds, st.sampled_from(["L", "S"])),
    st.sampled_from(sorted(PACKS.pack.territories)),
    st.frozensets(st.sampled_from(sorted(PACKS.pack.concerns)), max_size=4),
    st.sampled_from(TIMES),
)


def counted(**people: int) -> dict[PersonKind, int]:
    return {KINDS[key.replace("_", "-")]: count for key, count in people.items()}


def first(situation: Situation, on: date = ON) -> Verdict:
    return orient(PACKS, situation, on)[0]


@given(situations)
def test_never_closed_without_what_would_open(situation: Situation) -> None:
    verdicts = orient(PACKS, situation, ON)
    assert verdicts
    assert len({verdict.form.code for verdict in verdicts}) == len(verdicts)
    for verdict in verdicts:
        assert verdict.fit in FITS
        assert (verdict.fit == "now") == verdict.answer.ok
        for reason in verdict.reasons:
            assert reason.sentence and reason.way_out
            assert PACKS.rule(reason.rule_id)
        assert verdict.why


@given(situations)
def test_the_answer_does_not_depend_on_the_order_of_what_was_said(situation: Situation) -> None:
    turned = Headcount(
        dict(reversed(list(situation.people.certain.items()))),
        dict(reversed(list(situation.people.uncertain.items()))),
        situation.people.mode,
    )
    again = Situation(turned, situation.territory, situation.concerns, situation.time)
    one, two = orient(PACKS, situation, ON), orient(PACKS, again, ON)
    assert [(v.form.code, v.fit) for v in one] == [(v.form.code, v.fit) for v in two]


@given(situations)
def test_what_fits_comes_before_what_does_not(situation: Situation) -> None:
    """A form open to anybody stands apart: it comes first only where it answers a need."""
    ranks = [
        FITS.index(verdict.fit)
        for verdict in orient(PACKS, situation, ON)
        if verdict.form.composition.requirements or verdict.concerns
    ]
    assert ranks == sorted(ranks)


@given(situations)
def test_a_yes_that_is_awaited_is_said(situation: Situation) -> None:
    """« Soon » means exactly: not now, and now once everybody approached has said yes."""
    confirmed = Situation(situation.people.confirmed(), situation.territory, situation.concerns, situation.time)
    later = {verdict.form.code: verdict.fit for verdict in orient(PACKS, confirmed, ON)}
    for verdict in orient(PACKS, situation, ON):
        if verdict.fit == "soon":
            assert later.get(verdict.form.code, "now") == "now"


def test_every_answer_names_its_rule_and_its_day() -> None:
    verdict = first(Situation(Headcount(counted(medecin_generaliste=1, infirmier=1)), "fr-pdl"))
    assert verdict.form.code == "esp-clap"
    assert verdict.answer.explanation.rule_id == "esp-clap.composition.min_professionals"
    assert verdict.answer.explanation.valid_from == date(2018, 1, 1)


def test_a_need_that_does_not_exist_and_a_place_that_does_not_exist() -> None:
    people = Headcount(counted(infirmier=1))
    with pytest.raises(BadInput, match="besoin"):
        orient(PACKS, Situation(people, "fr-pdl", frozenset({"inconnu"})), ON)
    with pytest.raises(BadInput, match="temps"):
        orient(PACKS, Situation(people, "fr-pdl", frozenset(), "toujours"), ON)  # type: ignore[arg-type]
    with pytest.raises(NoRuleInForce, match="territoire"):
        orient(PACKS, Situation(people, "fr-zz"), ON)


@pytest.mark.parametrize("place", sorted(PACKS.pack.territories))
def test_every_form_is_told_whole_wherever_it_exists(place: str) -> None:
    for card in PACKS.forms(place, ON):
        said = list(tell(PACKS.form(card.code, place, ON)))
        assert card.full_name in said[0] and card.summary == said[1]
        head, after = said.index("Composition"), said.index("Professions qui comptent")
        assert after > head + 1, f"{card.code} ({place}) : la composition ne dit rien"
        assert "Étapes" in said
        assert not [line for line in said if "None" in line.split()]


SEVENTH = {
    "form.yaml": """\
kind: form
code: ess
territory: fr
label: ESS
full_name: "Équipe de soins spécialisés (essai)"
one: "une équipe de soins spécialisés"
summary: "Une septième forme, écrite pour un essai."
valid_from: 2024-01-01
reference: {source: demonstration}
confidence: secondary
""",
    "professions.yaml": """\
kind: professions
form: ess
territory: fr
defaults: {valid_from: 2024-01-01, reference: {source: demonstration}, confidence: secondary}
entries:
  medecin:
    values:
      - value:
          system: TRE_G15
          code: "10"
          label: "Médecin"
          plural: "Médecins"
          pay_group: medical
          eligible_for_pay: false
          categories: [medical]
          qualifications:
            - {key: specialist, label: "spécialiste", know_how_type: S, codes: [SM04], categories: [specialist]}
""",
    "composition.yaml": """\
kind: parameters
form: ess
territory: fr
group: composition
defaults: {valid_from: 2024-01-01, reference: {source: demonstration}, confidence: secondary}
entries:
  min_specialists:
    label: "Médecins spécialistes"
    type: integer
    requirement: {of: specialist, one: "un médecin spécialiste", many: "médecins spécialistes"}
    values: [{value: 2}]
""",
    "answers.yaml": """\
kind: answers
form: ess
territory: fr
defaults: {valid_from: 2024-01-01, reference: {source: demonstration}, confidence: secondary}
entries:
  sorties-hopital: {values: [{value: {how: "Réponse d'essai."}}]}
""",
}


def test_a_seventh_form_is_files_only(tmp_path: Path) -> None:
    for name, text in SEVENTH.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    packs = library(RULEPACKS, tmp_path)
    two = Situation(Headcount(counted(autre_medecin=2)), "fr-cor", frozenset({"sorties-hopital"}))
    found = orient(packs, two, ON)[0]
    assert (found.form.code, found.fit) == ("ess", "now")
    assert found.answer.explanation.rule_id == "ess.composition.min_specialists"
    one = next(
        v for v in orient(packs, Situation(Headcount(counted(autre_medecin=1)), "fr-cor"), ON) if v.form.code == "ess"
    )
    assert one.reasons[0].way_out == "Invitez un médecin spécialiste."
    day_before = date(2024, 1, 1) - timedelta(days=1)
    assert "ess" not in {verdict.form.code for verdict in orient(packs, two, day_before)}


CONTACTS = """\
kind: contacts
territory: fr-cor
contacts:
  essai:
    name: "Contact d'essai"
    role: "Aide"
    kind: other
    phone: "04 00 00 00 00"
    reference: {source: demonstration}
"""


def test_a_contact_is_data_and_a_wrong_one_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "contacts.yaml"
    place.write_text(CONTACTS, encoding="utf-8")
    found = library(RULEPACKS, tmp_path).contacts("fr-cor", "msp")
    assert [one.key for one in found if one.territory == "fr-cor"] == ["essai"]
    assert "essai" not in {one.key for one in library(RULEPACKS, tmp_path).contacts("fr-pdl")}
    for number, (before, after, complaint) in enumerate(
        [
            ("kind: other", "kind: guichet", "n'est pas prévu"),
            ("    kind: other", "    kind: other\n    forms: [esp-xx]", "la forme « esp-xx » est inconnue"),
            ('    phone: "04 00 00 00 00"\n', "", "forme"),
            ("04 00 00 00 00", "04", "n'a pas la bonne forme"),
            ("role:", "fax:", "clé inconnue"),
            ("territory: fr-cor", "territory: fr-zz", "territoire inconnu"),
            ("  essai:", "  apmsl:", "existe déjà"),
        ]
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "contacts.yaml").write_text(CONTACTS.replace(before, after), encoding="utf-8")
        with pytest.raises(PackRefused) as refused:
            library(RULEPACKS, folder)
        assert complaint in refused.value.sentence.replace("\u202f", " ")


@pytest.mark.parametrize(
    ("name", "before", "after", "complaint"),
    [
        ("answers.yaml", "sorties-hopital", "inconnu", "le besoin « inconnu » est inconnu"),
        ("answers.yaml", "how:", "comment:", "clé inconnue"),
        ("composition.yaml", "valid_from: 2024-01-01, ", "", "valid_from"),
        ("composition.yaml", "{value: 2}", "{value: 2}, {value: 3, valid_from: 2025-01-01}", "recouvre"),
        ("composition.yaml", "{value: 2}", "{value: -2}", "négatif"),
        ("form.yaml", "valid_from: 2024-01-01", "valid_from: 2024-13-01", "n'existe pas au calendrier"),
        ("form.yaml", "reference: {source: demonstration}", "reference: {source: nulle-part}", "source"),
    ],
)  # fmt: skip
def test_a_pack_that_is_wrong_is_refused_with_its_place(
    tmp_path: Path, name: str, before: str, after: str, complaint: str
) -> None:
    for file, text in SEVENTH.items():
        assert before in text or file != name
        (tmp_path / file).write_text(text.replace(before, after) if file == name else text, encoding="utf-8")
    with pytest.raises(PackRefused) as refused:
        library(RULEPACKS, tmp_path)
    said = refused.value.sentence.replace("\u202f", " ")
    assert complaint in said
    assert f"{name}:" in said
