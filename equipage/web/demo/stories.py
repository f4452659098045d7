"""The story of each team before anything is written: where, how far it has come, and on which days."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from equipage.foundation.money import allocate
from equipage.people.models import Professional, User
from equipage.teams.models import Membership, Team
from equipage.territory.models import Commune
from equipage.web.demo.names import TEAM_NAMES
from equipage.web.demo.world import REGION, World

# How many teams out of 150 stand where: every state of every workflow has its teams.
STAGES = {
    "recognised": 88,
    "forming": 9,
    "meeting_requested": 7,
    "accompanied": 14,
    "submitted": 6,
    "in_review": 5,
    "complement": 4,
    "refused": 3,
    "withdrawn": 2,
    "amending": 4,
    "amended": 2,
    "closed": 6,
}
FEWEST = len(STAGES)
RECOGNISED = ("recognised", "amending", "amended", "closed")
# Days between a step and the one before it.
_GAPS = {
    "requested": (8, 45),
    "met": (6, 25),
    "submitted": (30, 120),
    "taken": (1, 9),
    "asked": (3, 14),
    "answered": (4, 25),
    "decided": (5, 30),
}
_PATH = ("created", "requested", "met", "submitted", "taken", "asked", "answered", "decided")
# Last step reached by each stage, and how long ago it was (days).
_REACHED = {
    "forming": ("created", 5, 120),
    "meeting_requested": ("requested", 2, 20),
    "accompanied": ("met", 12, 110),
    "submitted": ("submitted", 2, 16),
    "in_review": ("taken", 2, 14),
    "complement": ("asked", 2, 18),
    "refused": ("decided", 20, 200),
    "withdrawn": ("decided", 20, 200),
    "recognised": ("decided", 45, 1000),
    "amending": ("decided", 300, 900),
    "amended": ("decided", 300, 900),
    "closed": ("decided", 400, 900),
}


@dataclass
class Story:
    """One team: what is drawn first, then the rows as they are made."""

    stage: str
    commune: Commune
    name: str
    days: dict[str, date]
    size: int
    liveliness: float
    scene: str = ""
    themes: list[tuple[str, str]] = field(default_factory=list)
    team: Team = field(default=None)  # type: ignore[assignment]
    members: list[Membership] = field(default_factory=list)
    lead: Professional = field(default=None)  # type: ignore[assignment]
    project: Any = None
    file: Any = None
    versions: list[Any] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)

    @property
    def head(self) -> User:
        """The account of the person who leads."""
        if self.lead.user is None:
            raise LookupError(f"{self.name}: the lead has no account.")
        return self.lead.user

    @property
    def recognised(self) -> bool:
        return self.stage in RECOGNISED

    def present_on(self, day: date) -> list[Membership]:
        """The confirmed members of a day."""
        return [m for m in self.members if m.state in ("confirmed", "left") and _holds(m, day)]


def _holds(membership: Membership, day: date) -> bool:
    return membership.valid_from <= day and (membership.valid_to is None or day < membership.valid_to)


@dataclass(frozen=True)
class Scene:
    """A team that must be in the demo because a persona lives in it."""

    key: str
    name: str
    place: str
    stage: str
    size: int
    ago: int | None = None
    liveliness: float = 0.6


SCENES = (
    Scene("home", "Retour à domicile des Mauges", "49092", "recognised", 12, 640, 3.4),
    Scene("new", "Plaies et insuline du Layon", "49063", "recognised", 7, 12, 0.3),
    Scene("doctor", "Personnes âgées de Beaupréau", "49023", "complement", 8, 6),
    Scene("doctor-2", "Soins palliatifs du Pays des Mauges", "49023", "recognised", 9, 420, 0.9),
    Scene("invitation", "Équipe diabète du Saumurois", "49125", "forming", 5, 15),
    Scene("meeting", "Asthme et souffle du Baugeois", "49018", "meeting_requested", 6, 4),
    Scene("queue", "Retour à domicile du Segréen", "49331", "submitted", 8, 9),
    Scene("review", "Patients sous anticoagulants du Choletais", "49099", "in_review", 9, 5),
)


def draw_stories(world: World) -> None:
    """Decide every team of the demo."""
    dice = world.dice("stories")
    communes = list(
        Commune.objects.filter(department__region_id=REGION, kind="current", population__gte=900)
        .select_related("department__region")
        .order_by("code")
    )
    weights = [(commune.population or 1000) ** 0.6 for commune in communes]
    by_code = {commune.code: commune for commune in communes}
    here = [commune for commune in communes if commune.department_id == "49"]
    stages = _stages(world.teams_wanted)
    for scene in SCENES:
        if stages.get(scene.stage, 0) > 0:
            stages[scene.stage] -= 1
            commune = by_code.get(scene.place) or dice.choice(here)
            days = timeline(dice, scene.stage, world.today, ago=scene.ago)
            world.stories.append(Story(scene.stage, commune, scene.name, days, scene.size, scene.liveliness, scene.key))
    taken = {story.name for story in world.stories}
    for stage in [stage for stage, count in stages.items() for _ in range(count)]:
        commune = dice.choices(communes, weights)[0]
        days = timeline(dice, stage, world.today)
        liveliness = dice.choice((0.15, 0.4, 0.5, 0.6, 0.8, 1.0, 1.3, 2.6))
        size = max(3, min(28, round(dice.gauss(13.4, 4.5)))) if world.history else dice.randint(3, 5)
        world.stories.append(Story(stage, commune, _name(dice, commune, taken), days, size, liveliness))
    world.stories.sort(key=lambda story: (story.days["created"], story.name))


def _stages(teams: int) -> dict[str, int]:
    """How many teams of each stage: one of each at least."""
    shares = allocate(teams - len(STAGES), list(STAGES.values()))
    return {stage: 1 + share for stage, share in zip(STAGES, shares, strict=True)}


def _name(dice: Random, commune: Commune, taken: set[str]) -> str:
    patterns = list(TEAM_NAMES)
    dice.shuffle(patterns)
    for number in range(1, 100_000):
        for pattern in patterns:
            name = pattern.format(place=commune.name).replace("de Le ", "du ").replace("de Les ", "des ")
            name = name if number == 1 else f"{name} {number}"
            if name not in taken:
                taken.add(name)
                return name
        patterns = patterns[:1]
    raise AssertionError("no name left")


def timeline(dice: Random, stage: str, today: date, *, ago: int | None = None) -> dict[str, date]:
    """The day of each step, backwards from the last one; no complement for two files out of three."""
    last, nearest, farthest = _REACHED[stage]
    path = list(_PATH[: _PATH.index(last) + 1])
    if last == "decided" and dice.random() < 0.65:
        path.remove("asked")
        path.remove("answered")
    day = today - timedelta(days=ago if ago is not None else dice.randint(nearest, farthest))
    days = {path[-1]: day}
    for later, step in zip(reversed(path), list(reversed(path))[1:], strict=False):
        day -= timedelta(days=dice.randint(*_GAPS[later]))
        days[step] = day
    if stage == "closed":
        days["closed"] = today - timedelta(days=dice.randint(20, 200))
    if stage in ("amending", "amended"):
        days["reopened"] = today - timedelta(days=dice.randint(20, 40))
        days["submitted_again"] = today - timedelta(days=dice.randint(3, 15))
    return days
