"""What the gallery shows: every component in every state, with long texts, empty values and names from everywhere."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.utils import timezone

from equipage.orientation.asking import Questions
from equipage.web.icons import PATHS


class SampleForm(forms.Form):
    """One field of each kind, with errors when it is sent empty."""

    name = forms.CharField(label="Nom de l'équipe", max_length=80, help_text="Celui que vos patients reconnaîtront.")
    rpps = forms.CharField(label="Numéro RPPS", help_text="11 chiffres, inscrits sur votre carte CPS.")
    minutes = forms.IntegerField(label="Durée en minutes", min_value=5, max_value=480)
    day = forms.DateField(label="Jour de la réunion")
    kind = forms.ChoiceField(
        label="Avec le patient ?",
        choices=[("oui", "Oui, il était là"), ("non", "Non, entre nous")],
        widget=forms.RadioSelect,
    )
    themes = forms.MultipleChoiceField(
        label="Thèmes",
        required=False,
        choices=[
            ("plaies", "Plaies chroniques"),
            ("retour", "Retour à domicile"),
            ("fin", "Soins palliatifs à domicile"),
        ],
        widget=forms.CheckboxSelectMultiple,
        help_text="Un ou deux suffisent pour commencer.",
    )
    commune = forms.ChoiceField(label="Commune", choices=[("", "Choisir…"), ("49092", "Chemillé-en-Anjou (49)")])
    note = forms.CharField(label="Ce qui a été décidé", required=False, widget=forms.Textarea)
    proof = forms.FileField(label="Document", required=False, help_text="PDF, JPEG ou PNG, 5 Mo au plus.")
    sure = forms.BooleanField(label="J'ai lu le résumé et j'accepte la convention.")


def specimens(query: Any) -> dict[str, Any]:
    """The context of the gallery page."""
    now = timezone.now().replace(second=0, microsecond=0)
    return {
        "form": SampleForm(),
        "wrong_form": _wrong_form(),
        "icons": sorted(PATHS),
        "page": Paginator(range(1, 96), 10).get_page(query.get("page")),
        "now": now,
        **_path_and_waiting(now),
        **_officer(now),
        **_people_and_files(),
        **_figures(),
        **_front_door(),
    }


def _wrong_form() -> SampleForm:
    typed = {"name": "Équipe d'Èvre", "rpps": "1010", "minutes": "0", "kind": "oui", "commune": "49092"}
    form = SampleForm({f"essai-{name}": value for name, value in typed.items()}, prefix="essai")
    form.full_clean()
    form.add_error("rpps", "Le numéro RPPS a 11 chiffres, celui-ci en a 4. Recopiez-le depuis votre carte CPS.")
    return form


def _path_and_waiting(now: datetime) -> dict[str, Any]:
    labels = ("Former l'équipe", "Rencontrer l'association", "Choisir des thèmes", "Écrire le projet")
    steps: list[dict[str, Any]] = [{"label": label, "state": "done"} for label in labels[:3]]
    steps.append({"label": labels[3], "state": "now", "note": "il reste 2 cartes", "url": "#chemin"})
    steps += [{"label": label} for label in ("Reconnaissance par l'ARS", "Convention", "Agir ensemble")]
    return {
        "steps": steps,
        "cards": [
            {
                "title": "Le Dr Martin a déclaré une visite commune mardi, 45 min",
                "tag": "Une voix manque",
                "who": "Il attend votre confirmation",
                "since": now - timedelta(days=6),
                "url": "#attente",
                "action": "J'y étais",
                "main": True,
            },
            {
                "title": "Le projet de l'équipe des Mauges est chez l'ARS",
                "sentence": "Décision attendue le 3 janvier 2027.",
                "who": "L'ARS du Maine-et-Loire l'a depuis",
                "since": now - timedelta(days=40),
                "theirs": True,
            },
        ],
        "facts": [
            ("Équipe", "Équipe des Mauges"),
            {"term": "État", "text": "Reconnue", "tone": "ok"},
            {"term": "Projet", "text": "Version 2", "url": "#faits", "note": "déposée le 3 novembre"},
            ("Commentaire", None),
        ],
    }


def _officer(now: datetime) -> dict[str, Any]:
    reasons = ("L'équipe n'a pas encore déclaré son association.", "Le calendrier n'a pas de date de fin.")
    return {
        "rows": [
            {"point": "Composition", "finding": "2 généralistes, 6 autres", "verdict": "conforme", "tone": "ok"},
            {
                "point": "Projet, 9 rubriques",
                "finding": "8 complètes ; calendrier sans date de fin",
                "verdict": "1 à compléter",
                "tone": "wait",
                "way_out": "Demander un complément sur la carte « Calendrier ».",
                "url": "#brief",
                "action": "Demander",
            },
            {
                "point": "Prévention choisie",
                "finding": "Pas d'association déclarée",
                "verdict": "bloquant",
                "tone": "stop",
                "way_out": "Déclarer l'association, ou retirer l'action de prévention.",
            },
        ],
        "actions": [
            SimpleNamespace(name="reconnaitre", label="Reconnaître", allowed=False, reasons=reasons, tone="main"),
            SimpleNamespace(name="complement", label="Demander un complément", needs_comment=True, tone="main"),
            SimpleNamespace(name="avis", label="Demander un avis", tone="quiet"),
            SimpleNamespace(name="refuser", label="Refuser", needs_comment=True, tone="stop"),
        ],
        "events": [
            {
                "at": now,
                "what": "Complément demandé",
                "who": "Hélène Faure, ARS",
                "tone": "wait",
                "comment": "Date de fin ?",
            },
            {"at": now - timedelta(days=6), "what": "Projet déposé, version 2", "who": "Claire Moreau", "url": "#fil"},
            {"at": now - timedelta(days=30), "what": "Équipe créée", "who": "Claire Moreau", "tone": "ok"},
        ],
        "piles": [
            {"label": "Prêtes à payer", "count": 1482, "tone": "ok", "cents": 7412550, "url": "#piles"},
            {
                "label": "À regarder",
                "count": 20,
                "tone": "wait",
                "cents": 98000,
                "sentence": "Plafond, seconde voix, IBAN",
            },
            {"label": "Pas prêtes", "count": 1, "tone": "stop", "sentence": "Son équipe sait pourquoi depuis le 4."},
        ],
    }


def _people_and_files() -> dict[str, Any]:
    return {
        "people": [
            {"name": "Claire Moreau", "detail": "Infirmière, Chemillé-en-Anjou", "url": "#personnes"},
            {"name": "Dr Nguyễn Thị Minh Khai", "detail": "Médecin généraliste"},
            {"name": "فاطمة الزهراء", "detail": "Sage-femme", "uncertain": True},
            {
                "name": "Jean-Baptiste de La Rochefoucauld-Montbel",
                "detail": "Pharmacien, section A, titulaire d'officine",
            },
        ],
        "files": [
            {
                "title": "Convention signée",
                "url": "#fichiers",
                "kind": "PDF",
                "size": 84210,
                "note": "empreinte vérifiée",
            },
            {"title": "Lignes de novembre", "url": "#fichiers", "kind": "CSV"},
        ],
    }


def _front_door() -> dict[str, Any]:
    """What the public pages add: how many we are, what is missing, stages with thresholds, a person to call."""
    rule = SimpleNamespace(url="#porte")
    steps = [
        SimpleNamespace(label="Être reconnue", ok=False, sentence="Il manque un médecin généraliste.", line=rule),
        SimpleNamespace(label="Signer l'accord", ok=True, sentence="", line=rule),
    ]
    desk = SimpleNamespace(
        key="exemple",
        name="Association d'exemple (fictive)",
        person_name="Marine Auvray, personnage fictif",
        role="Accompagne les équipes, de la première rencontre à la convention",
        phone="01 00 00 00 00",
        tel="+33100000000",
        email="bonjour@exemple.invalid",
        checked_on=None,
        source="Relevé dans une plaquette",
    )
    missing = [("Il manque un médecin généraliste.", "Invitez un médecin généraliste libéral.")]
    return {"people_rows": Questions().rows()[:3], "offer": {"stages": steps}, "missing": missing, "desk": desk}


def _figures() -> dict[str, Any]:
    return {
        "columns": [
            "Jour",
            "Action",
            {"label": "Durée", "numeric": True},
            {"label": "Montant", "numeric": True},
            "État",
        ],
        "lines": [
            [
                {"text": "14 oct.", "url": "#tableau"},
                "Visite commune",
                "45 min",
                "37,50 €",
                {"text": "Versée", "tone": "ok"},
            ],
            ["9 oct.", "Réunion, patient présent", "1 h", "50,00 €", {"text": "Validée", "tone": "info"}],
            ["2 oct.", "Protocole «\u202fplaies\u202f»", "", "100,00 €", {"text": "Une voix manque", "tone": "wait"}],
        ],
        "total": ["Total", "3 actions", "1 h 45", "187,50 €", ""],
        "bars": [
            {"label": "Plaies chroniques", "value": 412},
            {"label": "Retour à domicile après une hospitalisation", "value": 268, "note": "dont 31 en cours"},
            {"label": "Soins palliatifs à domicile", "value": 75},
            {"label": "Asthme", "value": None},
        ],
        "tabs": [
            {"label": "En attente", "url": "#onglets", "current": True, "count": 12},
            {"label": "Chez l'équipe", "url": "#onglets", "count": 3},
            {"label": "Décidés", "url": "#onglets"},
        ],
        "keys": ("4 800 € validés", "1 400 € à valider"),
    }
