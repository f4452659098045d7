"""A team is created, described, met, given themes, closed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from equipage.foundation import audit
from equipage.foundation.french import day, typographic
from equipage.foundation.identifiers import check_rna, check_siret
from equipage.foundation.periods import today
from equipage.foundation.policies import can
from equipage.foundation.refusals import Refused
from equipage.foundation.workflow import run
from equipage.people.models import Professional
from equipage.teams.models import Membership, Team, TeamTheme
from equipage.teams.rules import form_of, forms_open_in
from equipage.teams.states import MEMBERSHIP, TEAM
from equipage.territory.models import Commune
from equipage.territory.names import normalise

FREE_THEME = "libre"
_MOST_THEMES = 8


def allowed(actor: Any, action: str, obj: Any = None) -> None:
    """Raise Refused with the reasons where the policy says no."""
    decision = can(actor, action, obj)
    if not decision.allowed:
        raise Refused(" ".join(decision.reasons))


def locked(team: Team) -> Team:
    """The row of the team, read again and held until the end of the transaction."""
    row: Team = Team.objects.select_for_update(of=("self",)).select_related("commune").get(pk=team.pk)
    return row


@transaction.atomic
def create_team(*, actor: Any, name: str, commune: Commune, form: str = "esp-clap") -> Team:
    """A professional creates a team and leads it. The same team asked twice is created once.

    Raises Refused where the form does not exist in the region of the commune.
    """
    allowed(actor, "teams.create_team")
    name = " ".join(name.split())
    if not name:
        raise Refused("Donnez un nom à votre équipe. Vous pourrez le changer.", field="name")
    region = commune.department.region
    _refuse_unknown_form(form, region)
    # The creator's row is the lock: a second click waits here, then finds the team of the first.
    person = Professional.objects.select_for_update().get(pk=actor.professional_or_none.pk)
    for known in Team.objects.filter(created_by=actor, commune=commune, form=form, state="forming").order_by("id"):
        if normalise(known.name) == normalise(name):
            return known
    team = Team.objects.create(
        name=name,
        form=form,
        commune=commune,
        department=commune.department,
        region=region,
        created_by=actor,
        created_at=timezone.now(),
    )
    audit.record(
        action="teams.team.create",
        obj=team,
        actor=actor,
        after={"name": name, "form": form, "commune": commune.pk, "region": region.pk},
    )
    lead = Membership.objects.create(
        team=team, professional=person, role=Membership.Role.LEAD, valid_from=today(), added_by=actor
    )
    run(MEMBERSHIP, lead, "accept", actor=actor)
    return team


def _refuse_unknown_form(form: str, region: Any) -> None:
    cards = forms_open_in(region.pk, today())
    if form in {card.code for card in cards}:
        return
    if cards:
        there = ", ".join(card.label for card in cards)
        sentence = f"Cette forme n'existe pas dans la région {region.name} aujourd'hui. Vous pouvez y créer : {there}."
    else:
        sentence = (
            f"Les règles de la région {region.name} ne sont pas encore dans Équipage : une équipe ne peut pas y être "
            "créée. Choisissez une commune d'une région décrite, comme les Pays de la Loire."
        )
    raise Refused(typographic(sentence), field="commune")


@transaction.atomic
def edit_team(*, actor: Any, team: Team, name: str, commune: Commune) -> Team:
    """Change the name or the commune. Another region would mean other rules: refused."""
    row = locked(team)
    allowed(actor, "teams.edit_team", row)
    name = " ".join(name.split())
    if not name:
        raise Refused("Donnez un nom à votre équipe.", field="name")
    if commune.department.region_id != row.region_id:
        raise Refused(
            "Une équipe reste dans sa région : d'autres règles s'y appliquent. Choisissez une commune de la région.",
            field="commune",
        )
    before = {"name": row.name, "commune": row.commune_id}
    after = {"name": name, "commune": commune.pk}
    if before != after:
        row.name, row.commune, row.department = name, commune, commune.department
        row.save(update_fields=["name", "commune", "department"])
        audit.record(action="teams.team.edit", obj=row, actor=actor, before=before, after=after)
    return row


def move(*, actor: Any, team: Team, name: str) -> Team:
    """Run a transition that needs nothing but the click. Raises Blocked with every reason."""
    row: Team = run(TEAM, team, name, actor=actor)
    return row


def record_meeting(*, actor: Any, team: Team, met_on: date, place: str, notes: str) -> Team:
    """The officer says when and where the team was met, and what was agreed."""
    if met_on < date(2018, 1, 1):
        raise Refused(f"Vérifiez la date : le {day(met_on)} précède le dispositif.", field="met_on")
    data = {"met_on": met_on, "meeting_place": place.strip(), "meeting_notes": notes.strip()}
    row: Team = run(TEAM, team, "record_meeting", actor=actor, data=data)
    return row


def close_team(*, actor: Any, team: Team, reason: str) -> Team:
    """Close a team, with a reason that everybody concerned reads."""
    row: Team = run(TEAM, team, "close", actor=actor, comment=reason, data={"closing_reason": reason.strip()})
    return row


@transaction.atomic
def choose_themes(*, actor: Any, team: Team, codes: Iterable[str], free: str = "") -> list[TeamTheme]:
    """The themes of the team: of the catalogue of its form, and one of its own. At least one. Raises Refused."""
    row = locked(team)
    allowed(actor, "teams.choose_themes", row)
    form = form_of(row, today())
    catalogue = {theme.key: theme.label for theme in form.themes}
    wanted = {(code, catalogue[code]) for code in codes if code in catalogue}
    own = " ".join(free.split())
    if own and not form.themes_are_free:
        raise Refused("Cette forme ne prévoit que les thèmes de la liste.", field="free")
    kept = {(theme.code, theme.label): theme for theme in row.themes.order_by("id")}
    if own:
        wanted.add((FREE_THEME, own[:160]))
    if not wanted:
        raise Refused("Choisissez au moins un thème, ou écrivez le vôtre.", field="codes")
    if len(wanted) > _MOST_THEMES:
        raise Refused(
            f"Gardez {_MOST_THEMES} thèmes au plus : une équipe avance mieux sur peu de sujets.", field="codes"
        )
    if wanted != set(kept):
        TeamTheme.objects.filter(pk__in=[theme.pk for key, theme in kept.items() if key not in wanted]).delete()
        now = timezone.now()
        for code, label in sorted(wanted - set(kept)):
            TeamTheme.objects.create(team=row, code=code, label=label, chosen_at=now)
        audit.record(
            action="teams.team.themes",
            obj=row,
            actor=actor,
            before={"themes": sorted(label for _, label in kept)},
            after={"themes": sorted(label for _, label in wanted)},
        )
    return list(row.themes.order_by("label", "id"))


@transaction.atomic
def set_association(*, actor: Any, team: Team, name: str, since: date, rna: str = "", siret: str = "") -> Team:
    """The members formed an association (loi 1901): prevention and therapeutic education then open.

    One of its two numbers is enough: RNA, or SIRET.
    """
    row = locked(team)
    allowed(actor, "teams.edit_team", row)
    if not name.strip():
        raise Refused("Écrivez le nom de l'association.", field="name")
    if since > today():
        raise Refused(f"Le {day(since)} est à venir : déclarez l'association quand elle existe.", field="since")
    if since < date(1901, 7, 2):
        raise Refused("Vérifiez l'année : la loi sur les associations date du 1er juillet 1901.", field="since")
    if not rna.strip() and not siret.strip():
        raise Refused("Indiquez le numéro RNA de l'association ou, à défaut, son SIRET.", field="rna")
    before = _association(row)
    row.association_name, row.association_since = name.strip(), since
    row.association_rna = check_rna(rna).value if rna.strip() else ""
    row.association_siret = check_siret(siret).value if siret.strip() else ""
    row.association_until = None
    if _association(row) != before:
        row.save(update_fields=[f"association_{column}" for column in before])
        audit.record(action="teams.team.association", obj=row, actor=actor, before=before, after=_association(row))
    return row


@transaction.atomic
def end_association(*, actor: Any, team: Team, reason: str) -> Team:
    """The association is no more: what needed it closes from today on; what was done before stays what it was."""
    row = locked(team)
    allowed(actor, "teams.edit_team", row)
    if not row.is_association:
        raise Refused("Cette équipe n'a pas d'association déclarée.")
    if not reason.strip():
        raise Refused("Écrivez en une phrase pourquoi elle prend fin.", field="comment")
    before = _association(row)
    row.association_until = max(today(), row.association_since or today())
    row.save(update_fields=["association_until"])
    audit.record(
        action="teams.team.association_end",
        obj=row,
        actor=actor,
        comment=reason.strip(),
        before=before,
        after=_association(row),
    )
    return row


def _association(team: Team) -> dict[str, Any]:
    return {
        "name": team.association_name,
        "rna": team.association_rna,
        "siret": team.association_siret,
        "since": team.association_since.isoformat() if team.association_since else None,
        "until": team.association_until.isoformat() if team.association_until else None,
    }


@transaction.atomic
def show_publicly(*, actor: Any, team: Team, shown: bool) -> Team:
    """The team agrees, or no longer agrees, to be shown to the public."""
    row = locked(team)
    allowed(actor, "teams.edit_team", row)
    if row.shown_publicly != shown:
        row.shown_publicly = shown
        row.save(update_fields=["shown_publicly"])
        audit.record(
            action="teams.team.public",
            obj=row,
            actor=actor,
            before={"shown_publicly": not shown},
            after={"shown_publicly": shown},
        )
    return row
