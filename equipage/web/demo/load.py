"""Making the demo region, in one transaction: all of it or nothing."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time

from django.db import transaction

from equipage.foundation.db import count_again
from equipage.foundation.periods import PARIS
from equipage.foundation.refusals import Refused
from equipage.indicators.services import keep_accounts
from equipage.people.models import Professional, User
from equipage.teams.models import Team
from equipage.territory.models import Commune
from equipage.territory.services import load_territory
from equipage.web.demo.actions import make_actions
from equipage.web.demo.closing import close_past_years, record_subsidies
from equipage.web.demo.controls import make_controls
from equipage.web.demo.conventions import make_conventions
from equipage.web.demo.credits import make_reallotments
from equipage.web.demo.deaths import make_deaths
from equipage.web.demo.disputes import make_disputes
from equipage.web.demo.hours import make_hours
from equipage.web.demo.meetings import make_meetings
from equipage.web.demo.meetings_room import make_held_meetings
from equipage.web.demo.money import make_bank_details, make_estimates, make_lines, make_scales
from equipage.web.demo.month import make_month
from equipage.web.demo.people import backdate_accounts, make_carers, make_staff
from equipage.web.demo.prevention import make_prevention
from equipage.web.demo.projects import make_projects
from equipage.web.demo.proof import make_proof
from equipage.web.demo.protocols import make_protocols
from equipage.web.demo.returns import make_returns
from equipage.web.demo.runs import make_runs
from equipage.web.demo.stories import FEWEST, draw_stories
from equipage.web.demo.support import make_support
from equipage.web.demo.teams import make_teams
from equipage.web.demo.world import REGION, World

MOST = 200_000
Told = Callable[[str], None]


def is_empty() -> bool:
    """Has this database neither people nor teams?"""
    return not (User.objects.exists() or Professional.objects.exists() or Team.objects.exists())


def load_demo(*, teams: int, seed: int, today: date, history: bool = True, tell: Told = lambda text: None) -> World:
    """Make the region. Raises Refused: a database with data, an impossible number of teams."""
    if not FEWEST <= teams <= MOST:
        raise Refused(f"Demandez de {FEWEST} à {MOST} équipes : chaque état du parcours en montre au moins une.")
    world = World(seed, today, teams, history)
    with _uncollected(), transaction.atomic():
        if not is_empty():
            raise Refused(
                "Cette base contient déjà des personnes ou des équipes : la démonstration se charge dans une base vide."
            )
        if not Commune.objects.filter(department__region_id=REGION).exists():
            load_territory()
            tell("communes de France")
        make_staff(world)
        make_carers(world)
        draw_stories(world)
        make_teams(world)
        tell(f"{len(world.stories)} équipes")
        make_scales(world)
        if history:
            _live(world, tell)
        make_support(world)
        tell("contacts et demandes d'aide")
        backdate_accounts(world)
        world.numbers.write()
        tell(f"{world.journal.write()} lignes de journal")
        count_again()
        keep_accounts(at=datetime.combine(today, time(4, 40), PARIS))
        tell("comptes publics")
    return world


@contextmanager
def _uncollected() -> Iterator[None]:
    """Hundreds of thousands of rows that all stay until the end: looking for garbage among them costs a fifth more."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def _live(world: World, tell: Told) -> None:
    """Two years of projects, decisions, conventions, actions and money."""
    make_projects(world)
    tell("projets et dossiers")
    make_conventions(world)
    tell("conventions")
    make_actions(world)
    make_proof(world)
    make_hours(world)
    tell("actions et présences")
    make_meetings(world)
    tell("réunions à venir")
    make_held_meetings(world)
    tell("comptes rendus et tâches")
    make_prevention(world)
    tell("prévention et éducation thérapeutique")
    make_protocols(world)
    tell("protocoles")
    make_bank_details(world)
    lines = make_lines(world)
    tell(f"{len(lines)} lignes d'indemnisation")
    record_subsidies(world)
    make_runs(world, lines)
    make_reallotments(world)
    make_disputes(world)
    make_returns(world)
    make_controls(world)
    make_deaths(world)
    make_month(world)
    close_past_years(world)
    make_estimates()
    tell("campagnes de paiement et écritures")
