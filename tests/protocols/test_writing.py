"""Writing a protocol: nothing is lost, nothing is written over, what remains is said."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError
from django.db.transaction import atomic
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from equipage.foundation.audit.models import AuditEntry
from equipage.foundation.refusals import Refused
from equipage.protocols import method, rules, services
from equipage.protocols.models import Edition, Part, PartRevision, Protocol
from equipage.protocols.services import PartConflict
from tests import factories
from tests.protocols.factories import ANSWERS, answers_of, begun, in_force, proposed, team_of_two, written
from tests.together import together

pytestmark = pytest.mark.django_db


def test_a_protocol_begins_with_its_title_and_is_in_the_journal() -> None:
    team = team_of_two()
    made = services.create(
        actor=factories.lead_of(team), team=team, title="  Plaies   à domicile ", theme="Plaies", kind="outside_fees"
    )
    edition = made.editions.get()
    assert (edition.title, edition.theme, edition.kind, edition.state) == (
        "Plaies à domicile",
        "Plaies",
        "outside_fees",
        "draft",
    )
    assert PartRevision.objects.get().data["title"] == "Plaies à domicile"
    assert AuditEntry.objects.filter(stream=team.audit_stream, action="protocols.protocol.begin").count() == 1


def test_the_same_form_sent_twice_begins_one_protocol() -> None:
    team = team_of_two()
    first, second = begun(team), begun(team)
    assert first == second
    assert Protocol.objects.count() == 1


@pytest.mark.parametrize("title", ["", "   "])
def test_a_protocol_without_title_is_refused(title: str) -> None:
    team = team_of_two()
    with pytest.raises(Refused, match="titre") as refused:
        services.create(actor=factories.lead_of(team), team=team, title=title)
    assert refused.value.field == "title"
    assert not Protocol.objects.exists()


def test_only_members_of_an_open_team_begin_one() -> None:
    team = team_of_two()
    stranger = factories.nurse().user
    gone = factories.physiotherapist()
    factories.join(team, gone, state="left")
    for person in (stranger, gone.user, factories.officer()):
        with pytest.raises(Refused, match="membres confirmés"):
            services.create(actor=factories.fresh(person), team=team, title="Essai")
    closed = factories.complete_team(state="closed")
    with pytest.raises(Refused, match="fermée"):
        services.create(actor=factories.lead_of(closed), team=closed, title="Essai")
    assert not Protocol.objects.exists()


def test_every_save_keeps_its_text_and_the_same_text_adds_none() -> None:
    edition = begun()
    lead = factories.lead_of(edition.protocol.team)
    for base, aim in ((0, "Un"), (1, "Deux"), (2, "Deux")):
        services.save_part(edition, "need", {"aim": aim}, based_on=base, actor=lead)
    assert list(
        PartRevision.objects.filter(part__key="need").order_by("version").values_list("data__aim", flat=True)
    ) == [
        "Un",
        "Deux",
    ]


def test_an_empty_save_writes_nothing() -> None:
    edition = begun()
    assert services.save_part(edition, "need", {}, based_on=0, actor=factories.lead_of(edition.protocol.team)) is None
    assert not Part.objects.filter(key="need").exists()


def test_two_people_on_one_section_lose_nothing() -> None:
    edition = begun()
    lead, other = factories.lead_of(edition.protocol.team), factories.member_of(edition.protocol.team)
    services.save_part(edition, "need", {"aim": "Le leur"}, based_on=0, actor=other)
    with pytest.raises(PartConflict) as conflict:
        services.save_part(edition, "need", {"aim": "Le mien"}, based_on=0, actor=lead)
    assert (conflict.value.theirs.data, conflict.value.mine) == ({"aim": "Le leur"}, {"aim": "Le mien"})
    assert other.full_name in conflict.value.sentence
    assert Part.objects.get(key="need").data == {"aim": "Le leur"}
    # The echo of one's own autosave is not somebody else.
    services.save_part(edition, "alerts", {"alerts": "Un"}, based_on=0, actor=lead)
    services.save_part(edition, "alerts", {"alerts": "Deux"}, based_on=0, actor=lead)
    assert Part.objects.get(key="alerts").version == 2


@pytest.mark.django_db(transaction=True)
def test_two_first_saves_at_the_same_moment_keep_one_text_and_tell_the_other() -> None:
    edition = begun()
    people = [factories.lead_of(edition.protocol.team), factories.member_of(edition.protocol.team)]

    def save(person: Any, text: str) -> str:
        try:
            services.save_part(edition, "need", {"aim": text}, based_on=0, actor=person)
        except PartConflict:
            return "conflict"
        return "saved"

    found = together([lambda: save(people[0], "Un"), lambda: save(people[1], "Deux")])
    assert sorted(found) == ["conflict", "saved"]
    assert PartRevision.objects.filter(part__key="need").count() == 1


def test_the_text_of_a_proposed_or_frozen_protocol_is_closed() -> None:
    edition = proposed()
    lead = factories.lead_of(edition.protocol.team)
    with pytest.raises(Refused, match="reprenez-le"):
        services.save_part(edition, "need", {"aim": "Autre"}, based_on=1, actor=lead)
    frozen = in_force()
    with pytest.raises(Refused, match="figée"):
        services.save_part(frozen, "need", {"aim": "Autre"}, based_on=1, actor=factories.lead_of(frozen.protocol.team))


def test_a_private_number_never_enters_a_protocol() -> None:
    edition = begun()
    for data in (
        {"aim": "Mme X, 2 84 05 49 007 123 45"},
        {"phases": [{"phase": "act", "how": "FR7630001007941234567890185"}]},
    ):
        with pytest.raises(Refused, match="Retirez-le"):
            services.save_part(edition, "need", data, based_on=0, actor=factories.lead_of(edition.protocol.team))
    assert not Part.objects.filter(key="need").exists()


def test_the_database_keeps_every_text_as_it_was() -> None:
    begun()
    revision = PartRevision.objects.get()
    for change in (lambda: PartRevision.objects.filter(pk=revision.pk).update(data={}), revision.delete):
        with pytest.raises(DatabaseError, match="ne se change pas"), atomic():
            change()


def test_a_protocol_has_one_open_text_at_a_time() -> None:
    edition = begun()
    with pytest.raises(IntegrityError), atomic():
        Edition.objects.create(
            protocol=edition.protocol, created_by=edition.created_by, created_at=timezone.now(), title="Double"
        )


def test_the_next_version_takes_the_text_and_asks_for_a_new_review() -> None:
    edition = in_force()
    lead = factories.lead_of(edition.protocol.team)
    draft = services.revise(edition.protocol, actor=lead)
    assert draft.state == "draft" and factories.fresh(edition).state == "in_force"
    assert draft.sections()["need"] == ANSWERS["need"]
    assert [section.key for section in draft.remaining()] == ["follow_up"]
    assert services.revise(edition.protocol, actor=lead) == draft


# --- completeness -----------------------------------------------------------------------------------------------------


def test_what_remains_is_said_section_by_section() -> None:
    edition = begun()
    assert len(edition.remaining()) == len(method.SECTIONS)
    edition = written(without=("alerts", "sources"))
    assert [section.key for section in edition.remaining()] == ["alerts", "sources"]
    assert written().remaining() == []


@given(st.sets(st.sampled_from([section.key for section in method.SECTIONS])))
def test_the_gauge_counts_the_sections_that_lack_something(keys: set[str]) -> None:
    full = {
        **ANSWERS,
        "identity": {"title": "Essai", "theme": "Essai", "kind": "organisational"},
        "group": {"professions": ["60"], "authors": [1]},
        "follow_up": {"indicators": "Un", "review_on": "2030-01-01"},
    }
    left = rules.remaining({key: data for key, data in full.items() if key not in keys})
    assert {section.key for section in left} == keys


def test_a_row_that_does_not_say_who_is_not_a_row() -> None:
    conduct = method.section_named("conduct")
    assert conduct is not None
    half = {"phases": [{"phase": "act", "who": "", "when": "", "how": "Passe"}]}
    assert "ne dit pas qui fait" in rules.missing_in(conduct, half)[0]
    assert rules.missing_in(conduct, {"phases": "n'importe quoi"}) == ("Remplissez au moins une ligne du tableau.",)


@given(
    st.dictionaries(st.sampled_from([s.key for s in method.SECTIONS]), st.dictionaries(st.text(max_size=5), st.text()))
)
def test_any_text_has_a_hash_that_depends_on_it_alone(sections: dict[str, dict[str, str]]) -> None:
    again = {key: dict(reversed(list(data.items()))) for key, data in reversed(list(sections.items()))}
    assert rules.text_hash(sections) == rules.text_hash(again)
    changed = {**sections, "need": {"aim": rules.text_hash(sections)}}
    assert rules.text_hash(changed) != rules.text_hash(sections)


def test_answers_of_the_tests_are_complete_for_their_own_team() -> None:
    team = team_of_two()
    assert rules.remaining(answers_of(team)) == []
