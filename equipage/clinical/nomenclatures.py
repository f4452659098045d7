"""The lists of the plan: those of the national model PPS-PAERPA (ANS, CI-SIS, 2021.01), and those of forms."""

from __future__ import annotations

from django.db import models


class Sex(models.TextChoices):
    """As the identity of the civil register says it."""

    FEMALE = "F", "Féminin"
    MALE = "M", "Masculin"
    UNKNOWN = "I", "Indéterminé"


class InsSystem(models.TextChoices):
    """Where an INS number comes from (OID of the nomenclature of the ANS). A demonstration holds test numbers only."""

    NIR = "1.2.250.1.213.1.4.8", "INS-NIR"
    NIA = "1.2.250.1.213.1.4.9", "INS-NIA"
    TEST = "1.2.250.1.213.1.4.10", "INS de test"
    DEMO = "1.2.250.1.213.1.4.11", "INS de démonstration"


class Form(models.TextChoices):
    """How somebody was informed, or said what they want."""

    ORAL = "oral", "De vive voix, noté au dossier"
    WRITTEN = "written", "Par écrit, feuille remise"
    REPRESENTATIVE = "representative", "Par la personne qui représente"


class Problem(models.TextChoices):
    """The coded problems of the plan."""

    MEDICINES = "medicines", "Médicaments"
    MOBILITY = "mobility", "Mobilité"
    ISOLATION = "isolation", "Isolement"
    PRECARITY = "precarity", "Précarité"
    DAILY_LIFE = "daily_life", "Gestes de la vie quotidienne"
    NUTRITION = "nutrition", "Nutrition"
    SELF_CARE = "self_care", "Difficulté à se soigner"
    MOOD = "mood", "Humeur"
    FOLLOW_UP = "follow_up", "Organisation du suivi"
    OTHER = "other", "Autre"


class Care(models.TextChoices):
    """A problem is met by care or by help (plan de soins, plan d'aides)."""

    MEDICAL = "medical", "Soins"
    SOCIAL = "social", "Aides"


class Outcome(models.TextChoices):
    """What became of an aim. Those not reached are kept on the last part of the PPCS."""

    UNDER_WAY = "under_way", "En cours"
    REACHED = "reached", "Atteint"
    NOT_REACHED = "not_reached", "Non atteint"


class Consent(models.TextChoices):
    """What the person says of sharing this plan."""

    ASKED = "asked", "Pas encore donné"
    GIVEN = "given", "Donné"
    REFUSED = "refused", "Refusé"


class YesNo(models.TextChoices):
    """A question that may wait."""

    UNKNOWN = "", "Non renseigné"
    YES = "yes", "Oui"
    NO = "no", "Non"


class Gir(models.TextChoices):
    """Groupe iso-ressources of the APA."""

    NONE = "", "Non renseigné"
    GIR1 = "1", "GIR 1"
    GIR2 = "2", "GIR 2"
    GIR3 = "3", "GIR 3"
    GIR4 = "4", "GIR 4"
    GIR5 = "5", "GIR 5"
    GIR6 = "6", "GIR 6"


class Encounter(models.TextChoices):
    """The kind of meeting in which the plan was made."""

    TEAM = "team", "Réunion de l'équipe, sans la personne"
    WITH_PATIENT = "with_patient", "Réunion avec la personne"
    HOME = "home", "Visite commune au domicile"
    DISTANCE = "distance", "À distance"


class Confidentiality(models.TextChoices):
    """Who may be handed the printed plan."""

    NORMAL = "N", "Normale"
    RESTRICTED = "R", "Restreinte"


class Closing(models.TextChoices):
    """Why a plan ends; a code, never a text."""

    REACHED = "reached", "Objectifs atteints"
    REPLACED = "replaced", "Remplacé par un autre plan"
    MOVED = "moved", "Suivi par une autre équipe"
    REFUSED = "refused", "La personne ne le souhaite plus"
    DIED = "died", "Décès"
    OTHER = "other", "Autre"


class Reopening(models.TextChoices):
    """Why a file put away is opened again; a code, because the journal keeps it in clear."""

    CARE = "care", "Le suivi reprend"
    PERSON = "person", "La personne demande à lire son dossier"
    LAW = "law", "Demande prévue par la loi"


def label_of(choices: type[models.TextChoices], value: str) -> str:
    """The French label of a stored value; the value itself when the list no longer knows it, « » for none."""
    return str(dict(choices.choices).get(value, value)) if value else ""
