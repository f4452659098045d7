"""The lists of files: the queue of the agency, and every file that one may see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Q
from django.urls import reverse

from equipage.foundation.french import since
from equipage.foundation.listing import Badge, ChoiceFilter, Column, Empty, Listing, RowFilter, SearchFilter
from equipage.foundation.listing.declaration import Link
from equipage.people.models import User
from equipage.people.roles import AGENCY_ROLES, ASSOCIATION_ROLES, Role
from equipage.recognition.models import OPEN_STATES, RecognitionFile
from equipage.recognition.states import FILE
from equipage.territory.models import Department

QUEUE_ROLES = AGENCY_ROLES
LIST_ROLES = (*ASSOCIATION_ROLES, *AGENCY_ROLES)


def _state(file: RecognitionFile) -> Badge:
    state = FILE.states[file.state]
    return Badge(state.label, state.tone)


def _departments(user: Any) -> Any:
    regions = user.regions_for(*ASSOCIATION_ROLES, Role.ARS_REGION)
    departments = user.departments_for(Role.ARS_DEPARTMENT)
    rows = Department.objects.filter(Q(region_id__in=sorted(regions)) | Q(code__in=sorted(departments)))
    return rows.order_by("code")


def _officers(user: Any) -> Any:
    """The people who follow a file that this person sees."""
    followed = RecognitionFile.objects.visible_to(user).filter(assigned_to__isnull=False)
    rows = User.objects.filter(pk__in=followed.order_by().values("assigned_to_id"))
    return rows.order_by("last_name", "first_name", "id")


def _address(file: RecognitionFile) -> str:
    return reverse("recognition:file", args=[file.pk])


_COLUMNS = (
    Column("team", "Équipe", value="team.name", link=_address, heads=True),
    Column("number", "Dossier"),
    Column("commune", "Commune", value="team.commune.label"),
    Column("state", "État", value=_state),
)
_WHAT_COMES = "Les projets déposés par les équipes de votre territoire seront ici."
_DEPARTMENT = RowFilter("departement", "Département", field="team__department", rows=_departments)
_FOLLOWED = RowFilter("suivi", "Suivi par", field="assigned_to", rows=_officers)


class _Files(Listing):
    """What both lists share."""

    model = RecognitionFile
    title = "Dossiers"
    noun = ("dossier", "dossiers")
    columns: ClassVar[Sequence[Column]] = _COLUMNS
    default_order = ("waiting_since",)

    def queryset(self, user: Any) -> Any:
        rows = super().queryset(user)
        return rows.select_related("team__commune", "assigned_to")


class QueueListing(_Files):
    """The files that are open, who waits longest first."""

    title = "Dossiers à instruire"
    lede = "Le plus ancien d'abord."
    file_name = "dossiers-a-instruire"
    columns = (
        *_COLUMNS,
        Column("waiting", "Attend", value=lambda file: since(file.waiting_since), export=False),
        Column("waiting_since", "Attend depuis le", kind="day", screen=False),
        Column("assigned", "Suivi par", value=lambda file: file.assigned_to.full_name if file.assigned_to else ""),
        Column("submitted_at", "Déposé le", kind="day", sort="submitted_at", phone=False),
    )
    filters = (
        SearchFilter(label="Équipe ou commune", field="team__search"),
        ChoiceFilter(
            "etat", "État", field="state", choices=[(key, FILE.states[key].label) for key in OPEN_STATES], counted=True
        ),
        _DEPARTMENT,
        _FOLLOWED,
    )

    def queryset(self, user: Any) -> Any:
        return super().queryset(user).filter(state__in=OPEN_STATES)

    def actions(self, user: Any) -> Sequence[Link]:
        here = reverse("recognition:queue")
        return (
            Link("Ceux que je suis", f"{here}?suivi={user.pk}"),
            Link("Tous les dossiers", reverse("recognition:list")),
        )

    def empty(self, user: Any) -> Empty:
        return Empty("Aucun dossier n'attend", _WHAT_COMES)


class FileListing(_Files):
    """Every file, decided ones included, the last deposited first."""

    title = "Tous les dossiers"
    file_name = "dossiers"
    columns = (
        *_COLUMNS,
        Column("submitted_at", "Déposé le", kind="day", sort="submitted_at"),
        Column("decided_on", "Décidé le", kind="day", phone=False),
        Column("registration_number", "Enregistrement", phone=False),
    )
    filters = (
        SearchFilter(label="Équipe ou commune", field="team__search"),
        ChoiceFilter("etat", "État", field="state", choices=FILE.choices(), counted=True),
        _DEPARTMENT,
    )
    default_order = ("-submitted_at",)

    def empty(self, user: Any) -> Empty:
        return Empty("Aucun dossier pour l'instant", _WHAT_COMES)
