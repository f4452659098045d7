"""How a protocol is written: the steps of the method, and what each section (rubrique) asks, with an example.

The steps are those of the sheet of the Haute Autorité de santé (has-sante.fr, c_2033014), which was read in part: its
later steps are worded generally. The six phases come from the tool of a federation of Hauts-de-France. The examples
speak of organisation, never of care: no medical advice is ours to give.
"""

from __future__ import annotations

from dataclasses import dataclass

VERSION = "has-2014"
SOURCE = "fiche méthode de la Haute Autorité de santé, has-sante.fr, c_2033014"
PHASES_SOURCE = "outil public d'une fédération des Hauts-de-France"


@dataclass(frozen=True)
class Step:
    """One step of the method, as a person reads it beside the fields."""

    key: str
    label: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Field:
    """One question. `kind` says how it is drawn; `own`: it belongs to the team and is never copied with the text."""

    key: str
    label: str
    kind: str = "text"
    help: str = ""
    example: str = ""
    missing: str = ""
    required: bool = True
    own: bool = False


@dataclass(frozen=True)
class Section:
    """One page of the form: its place in the method and its questions."""

    key: str
    number: int
    title: str
    help: str
    step: str
    fields: tuple[Field, ...]

    def field(self, key: str) -> Field | None:
        """A question by its key."""
        return next((field for field in self.fields if field.key == key), None)


@dataclass(frozen=True)
class Phase:
    """One of the six phases of the table « qui fait quoi, quand, comment »."""

    key: str
    label: str
    help: str


STEPS: tuple[Step, ...] = (
    Step(
        "prepare",
        "Préparer",
        (
            "Partir d'un besoin exprimé : réunion de concertation, indicateur, projet de santé, parole des patients.",
            "Viser les points critiques d'une situation, pas toute la maladie.",
            "Informer toutes les personnes concernées.",
            "Réunir un groupe où chaque profession concernée est présente.",
        ),
    ),
    Step(
        "write",
        "Écrire",
        (
            "Décrire la pratique actuelle.",
            "Chercher ce que disent les publications et les recommandations.",
            "Se mettre d'accord sur un texte qui se lit pendant le soin.",
        ),
    ),
    Step(
        "follow",
        "Utiliser, suivre, mettre à jour",
        (
            "Utiliser le protocole et recueillir les retours.",
            "Le mettre à jour régulièrement : une date de révision est fixée dès le départ.",
        ),
    ),
)

PHASES: tuple[Phase, ...] = (
    Phase("spot", "Repérer", "À quoi voit-on que la situation est concernée, et qui le voit ?"),
    Phase("assess", "Évaluer", "Qui fait le point, avec quel outil ?"),
    Phase("plan", "Planifier", "Qui organise la suite, et comment les autres le savent ?"),
    Phase("act", "Intervenir", "Qui fait quoi auprès de la personne ?"),
    Phase("watch", "Suivre", "Qui revient, à quel rythme, et où est-ce noté ?"),
    Phase("alert", "Alerter", "Qui appelle qui, et par quel moyen ?"),
)

SECTIONS: tuple[Section, ...] = (
    Section(
        "identity",
        1,
        "Titre et type",
        "De quoi parle ce protocole, et de quelle sorte est-il ? Le type dit ce qu'il faut pour le mettre en vigueur.",
        "prepare",
        (
            Field(
                "title",
                "Titre",
                "line",
                "Une situation précise, en quelques mots. Sans nom de patient.",
                "Sortie d'hospitalisation : les trois premiers jours à domicile",
                "Le titre manque.",
            ),
            Field(
                "theme",
                "Thème",
                "theme",
                "Un des thèmes de l'équipe, du catalogue, ou le vôtre.",
                "",
                "Le thème manque.",
            ),
            Field("kind", "Type de protocole", "kind", "", "", "Le type manque."),
            Field(
                "scope",
                "Protocole de coopération",
                "scope",
                "Seulement pour un protocole de coopération.",
                required=False,
            ),
            Field(
                "reference",
                "Numéro de l'arrêté ou de la déclaration locale",
                "line",
                "Seulement pour un protocole de coopération.",
                "Arrêté du …, ou déclaration locale n° …",
                required=False,
                own=True,
            ),
            Field("reference_on", "Date de l'arrêté ou de la déclaration", "day", required=False, own=True),
        ),
    ),
    Section(
        "need",
        2,
        "Le besoin",
        "Pour qui, pourquoi, et comment faites-vous aujourd'hui ?",
        "prepare",
        (
            Field(
                "origin",
                "D'où vient ce besoin",
                help="Une réunion, un indicateur, le projet de santé, la parole de patients.",
                example="Trois réunions de suite ont parlé d'ordonnances de sortie arrivées trop tard.",
                required=False,
            ),
            Field(
                "population",
                "Population concernée, critères d'inclusion",
                help="Qui entre dans le protocole, et qui n'y entre pas. Sans nom de patient.",
                example="Les patients suivis par deux membres de l'équipe au moins, qui rentrent chez eux.",
                missing="Dites qui est concerné.",
            ),
            Field(
                "aim",
                "But",
                help="Ce qui doit aller mieux, en une ou deux phrases.",
                example="Que chacun sache sous vingt-quatre heures qui passe, et quand.",
                missing="Dites le but.",
            ),
            Field(
                "current",
                "Pratique actuelle",
                help="Comment cela se passe aujourd'hui, avec ses points critiques.",
                example="Chacun appelle de son côté ; l'information se perd le week-end.",
                missing="Décrivez la pratique actuelle.",
            ),
        ),
    ),
    Section(
        "group",
        3,
        "Le groupe",
        "Chaque profession concernée prend part à l'écriture : c'est aussi elle qui donnera son accord.",
        "prepare",
        (
            Field(
                "professions",
                "Professions concernées",
                "professions",
                "Un membre de chacune donnera son accord avant la mise en vigueur.",
                missing="Choisissez les professions concernées.",
            ),
            Field(
                "authors",
                "Auteurs et autrices",
                "authors",
                "Leur nom suit le protocole, aussi quand une autre équipe le reprend.",
                missing="Dites qui écrit.",
                own=True,
            ),
            Field(
                "referent",
                "Personne référente du protocole",
                "referent",
                "Elle reçoit les rappels de révision.",
                required=False,
                own=True,
            ),
            Field(
                "others",
                "Autres personnes associées",
                help="Un service d'hospitalisation, un laboratoire, une association de patients.",
                example="L'infirmière de coordination du centre hospitalier voisin.",
                required=False,
                own=True,
            ),
        ),
    ),
    Section(
        "conduct",
        4,
        "Qui fait quoi, quand, comment",
        "Le cœur du protocole, phase par phase. Une phase peut rester vide.",
        "write",
        (Field("phases", "Conduite à tenir", "phases", missing="Remplissez au moins une ligne du tableau."),),
    ),
    Section(
        "alerts",
        5,
        "Alertes et recours",
        "Ce qui doit faire sortir du protocole, et vers qui.",
        "write",
        (
            Field(
                "alerts",
                "Situations d'alerte",
                help="Ce qui fait appeler sans attendre, avec les mots de votre équipe.",
                example="La personne n'ouvre pas et ne répond pas au téléphone.",
                missing="Dites ce qui fait alerter.",
            ),
            Field(
                "referral",
                "Recours",
                help="Qui est joint, par quel moyen, et qui prend le relais en son absence.",
                example="Le médecin traitant par la ligne réservée, puis sa remplaçante ; le 15 en urgence.",
                missing="Dites vers qui se tourner.",
            ),
        ),
    ),
    Section(
        "patients",
        6,
        "Le patient : information et accord",
        "Ce qui lui est dit, et comment son accord est recueilli.",
        "write",
        (
            Field(
                "information",
                "Information du patient",
                help="Qui l'informe, de quoi, avec quel support.",
                example="L'infirmière remet et lit avec lui la fiche de l'équipe à la première visite.",
                missing="Dites comment le patient est informé.",
            ),
            Field(
                "agreement",
                "Accord du patient",
                help="Comment son accord, ou son refus, est recueilli et noté.",
                example="Accord oral, noté dans le dossier ; il peut changer d'avis à tout moment.",
                missing="Dites comment son accord est recueilli.",
            ),
        ),
    ),
    Section(
        "sources",
        7,
        "Documents et sources",
        "Ce que l'on utilise avec le protocole, et ce sur quoi il s'appuie.",
        "write",
        (
            Field(
                "documents",
                "Documents utiles",
                help="Fiches, grilles, numéros utiles. Sans nom de patient.",
                example="Fiche de liaison de l'équipe ; liste des numéros réservés.",
                required=False,
            ),
            Field(
                "sources",
                "Sources",
                help="Les publications lues, avec leur date : chacun peut les retrouver.",
                example="Auteur, titre, année, adresse de la page.",
                missing="Citez au moins une source, ou dites que vous n'en avez pas trouvé.",
            ),
        ),
    ),
    Section(
        "follow_up",
        8,
        "Suivi et révision",
        "Comment saurez-vous que le protocole sert, et quand le relirez-vous ?",
        "follow",
        (
            Field(
                "indicators",
                "Indicateurs",
                help="Un ou deux comptes simples, faits par l'équipe. Des nombres, jamais de noms.",
                example="Nombre de sorties préparées sur nombre de sorties, par trimestre.",
                missing="Donnez au moins un indicateur.",
            ),
            Field(
                "feedback",
                "Retours d'expérience",
                help="Comment vous recueillez ce qui marche et ce qui gêne.",
                example="Cinq minutes à chaque réunion mensuelle.",
                required=False,
            ),
            Field(
                "review_on",
                "Date de révision prévue",
                "day",
                "Vous recevrez un rappel avant cette date.",
                missing="Fixez la date de révision.",
                own=True,
            ),
        ),
    ),
)

_BY_KEY = {section.key: section for section in SECTIONS}


def section_named(key: str) -> Section | None:
    """A section by its key; None when there is none."""
    return _BY_KEY.get(key)


def step_named(key: str) -> Step:
    """A step by its key."""
    return next(step for step in STEPS if step.key == key)
