"""What the teams of the demo write in their health project: ten subjects, with numbers drawn for each team."""

from __future__ import annotations

from random import Random
from typing import Any

# What changes, the problem, its numbers, the aim for patients, its indicator, the aim for the team, its indicator.
SUBJECTS: dict[str, dict[str, str]] = {
    "retour-domicile": {
        "purpose": "Mieux préparer le retour à domicile des personnes que nous suivons en commun, pour éviter les "
        "réhospitalisations dans le mois.",
        "problem": "Les sorties d'hospitalisation nous sont annoncées tard, souvent un vendredi. L'ordonnance arrive "
        "après le premier passage de l'infirmière et la pharmacie découvre le traitement avec la famille.",
        "numbers": "{a} réhospitalisations en un an parmi {n} personnes de plus de 75 ans ; {b} minutes au téléphone "
        "par sortie.",
        "patients": "Passer de {a} à {c} réhospitalisations par an dans le mois qui suit une sortie.",
        "indicator": "Réhospitalisations dans le mois",
        "team": "Savoir qui fait quoi dès l'annonce de la sortie, et répondre aux messages sous deux jours ouvrés.",
        "second": "Sorties annoncées au moins 24 heures avant",
    },
    "insuline-domicile": {
        "purpose": "Accompagner ensemble les personnes diabétiques qui commencent l'insuline à domicile, de la "
        "première injection à l'autonomie.",
        "problem": "Chacun donne ses conseils sans connaître ceux des autres. Les doses changent sans que l'infirmière "
        "ou la pharmacie le sache, et les patients appellent le soir.",
        "numbers": "{n} patients sous insuline, {a} appels hors rendez-vous en six mois.",
        "patients": "Réduire de {a} à {c} les appels hors rendez-vous, avec une dose écrite au même endroit pour tous.",
        "indicator": "Appels hors rendez-vous sur six mois",
        "team": "Partager un même carnet de surveillance et un protocole d'adaptation des doses.",
        "second": "Patients avec un carnet commun tenu à jour",
    },
    "asthme": {
        "purpose": "Aider les personnes asthmatiques à tenir leur traitement de fond et à reconnaître une crise qui "
        "commence.",
        "problem": "Beaucoup de patients n'utilisent que le traitement de secours. La pharmacie le voit, le cabinet "
        "l'apprend lors d'une crise.",
        "numbers": "{n} patients asthmatiques connus, {a} passages aux urgences en un an.",
        "patients": "Ramener de {a} à {c} les passages aux urgences et vérifier le geste d'inhalation chaque année.",
        "indicator": "Passages aux urgences pour asthme",
        "team": "Signaler en équipe les renouvellements rapprochés du traitement de secours.",
        "second": "Vérifications du geste d'inhalation dans l'année",
    },
    "avk": {
        "purpose": "Rendre plus sûre la surveillance des patients sous anticoagulants que nous suivons à plusieurs.",
        "problem": "Les résultats arrivent au médecin, les doses changent par téléphone, et ni l'infirmière ni la "
        "pharmacie n'en gardent toujours la trace.",
        "numbers": "{n} patients sous anticoagulants, {a} résultats hors cible au dernier trimestre.",
        "patients": "Passer de {a} à {c} résultats hors cible par trimestre.",
        "indicator": "Résultats hors cible par trimestre",
        "team": "Noter chaque changement de dose dans la messagerie sécurisée, le jour même.",
        "second": "Changements de dose tracés le jour même",
    },
    "personnes-vulnerables": {
        "purpose": "Repérer ensemble les personnes fragiles ou isolées de notre patientèle et agir avant la rupture.",
        "problem": "Les premiers signes de fragilité sont vus par l'un de nous, rarement dits aux autres. L'alerte "
        "vient souvent d'une chute ou d'une hospitalisation.",
        "numbers": "{n} personnes de plus de 80 ans vivant seules, {a} chutes signalées en un an.",
        "patients": "Passer de {a} à {c} chutes signalées par an et proposer un repérage à chaque personne isolée.",
        "indicator": "Chutes signalées dans l'année",
        "team": "Tenir une liste commune des situations à surveiller, revue chaque mois.",
        "second": "Repérages de fragilité faits dans l'année",
    },
    "soins-palliatifs": {
        "purpose": "Permettre aux personnes en fin de vie qui le souhaitent de rester chez elles, avec des proches "
        "soutenus.",
        "problem": "Les souhaits de la personne sont connus d'un seul d'entre nous. La nuit et le week-end, l'appel au "
        "15 est le seul recours.",
        "numbers": "{n} accompagnements en deux ans, dont {a} finis aux urgences contre le souhait de la personne.",
        "patients": "Passer de {a} à {c} passages aux urgences évitables en fin de vie.",
        "indicator": "Fins de vie aux urgences contre le souhait exprimé",
        "team": "Anticiper ensemble les prescriptions et écrire une conduite à tenir pour le week-end.",
        "second": "Conduites à tenir écrites avant le week-end",
    },
    "soins-non-programmes": {
        "purpose": "Répondre dans la journée aux demandes de soins non programmés de notre patientèle commune.",
        "problem": "Les demandes urgentes se croisent entre le cabinet, la pharmacie et les infirmiers. Chacun cherche "
        "une place, parfois le même jour pour la même personne.",
        "numbers": "{a} demandes par mois sans réponse dans la journée, pour {n} patients communs.",
        "patients": "Passer de {a} à {c} demandes sans réponse dans la journée.",
        "indicator": "Demandes sans réponse dans la journée, par mois",
        "team": "Tenir un créneau partagé et une règle commune d'orientation.",
        "second": "Créneaux partagés ouverts chaque semaine",
    },
    "situations-complexes": {
        "purpose": "Suivre ensemble les situations complexes, médicales et sociales, qui nous épuisent quand nous "
        "sommes seuls.",
        "problem": "Les mêmes patients mobilisent chacun de nous sans plan commun. Les aides sociales sont demandées "
        "en double ou oubliées.",
        "numbers": "{n} situations suivies par au moins trois d'entre nous, {a} sans plan écrit.",
        "patients": "Passer de {a} à {c} situations sans plan écrit et partagé.",
        "indicator": "Situations sans plan personnalisé de santé",
        "team": "Se réunir chaque mois sur les situations nouvelles et désigner une personne qui coordonne.",
        "second": "Situations avec une personne qui coordonne",
    },
}
OTHER = SUBJECTS["situations-complexes"]
_ROLES = (
    "L'infirmière anime les réunions ; la pharmacie tient la liste des traitements.",
    "Le médecin référent relit les comptes rendus ; chacun signale les situations nouvelles.",
    "Les rôles tournent tous les six mois.",
)
_WAYS = ("phone", "meetings", "secure_messaging", "protocols", "shared_system")
_MEANS = ("meetings", "secure_messaging", "protocols", "shared_system")
_METHODS = (
    "Relevé trimestriel des indicateurs et questionnaire court aux patients volontaires, lu en réunion.",
    "Bilan annuel en réunion, avec les chiffres de chacun et un retour de trois patients.",
)
_PROMISES = (
    "Se réunir une fois par mois, répondre aux messages sécurisés sous deux jours ouvrés, prévenir en cas d'absence.",
    "Tenir une réunion mensuelle le midi, partager les comptes rendus et accueillir les remplaçants.",
)


def section_texts(dice: Random, theme: str, commune: str, begins: str, codes: list[str]) -> dict[str, dict[str, Any]]:
    """The answers of a whole project, by section; `begins` is the first day of its calendar (ISO)."""
    subject = SUBJECTS.get(theme, OTHER)
    common = dice.randint(90, 640)
    before = dice.randint(14, 46)
    words = {
        "n": str(dice.randint(40, 90)),
        "a": str(before),
        "b": str(dice.randint(20, 55)),
        "c": str(before * 2 // 3),
    }
    told = {key: text.format(**words) for key, text in subject.items()}
    year = int(begins[:4])
    indicators = [_indicator(told["indicator"], words["a"], words["c"])]
    others = [_indicator(told["second"], "non mesuré", "4 sur 5", "qualitative")]
    return {
        "purpose": {"purpose": told["purpose"]},
        "people": {"roles": dice.choice(_ROLES)},
        "problem": {"description": told["problem"], "baseline_numbers": told["numbers"]},
        "themes": {},
        "current_ways": {"ways": sorted(dice.sample(_WAYS, 2)), "details": "Surtout au téléphone, au coup par coup."},
        "means": {
            "means": sorted(dice.sample(_MEANS, 2)),
            "details": "Une messagerie sécurisée commune et une réunion régulière donnent à tous la même information.",
        },
        "actions": {"actions": codes, "details": "Une réunion par mois, des visites communes quand il le faut."},
        "aims": {
            "for_patients": told["patients"],
            "patient_indicators": indicators,
            "for_professionals": told["team"],
            "professional_indicators": others,
        },
        "common_patients": {"count": common},
        "scope": {"covers_all": False, "count": min(common, int(words["n"]))},
        "communes": {"communes": [commune]},
        "timetable": {
            "phases": [
                {"label": "Construction", "starts": begins, "ends": ""},
                {"label": "Premières actions", "starts": f"{year + 1}-01-15", "ends": ""},
                {"label": "Premier bilan", "starts": f"{year + 1}-12-01", "ends": ""},
            ]
        },
        "commitments": {"commitments": dice.choice(_PROMISES)},
        "evaluation": {"method": dice.choice(_METHODS)},
    }


def _indicator(label: str, baseline: str, target: str, kind: str = "quantitative") -> dict[str, str]:
    return {"label": label, "kind": kind, "baseline": baseline, "target": target}
