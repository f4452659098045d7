"""Addresses of the vault, below /dossiers-patients/. They hold opaque references, never a name."""

from django.urls import URLPattern, register_converter
from django.urls import path as address

from equipage.clinical.views import door, papers, patients, people, plans


class Reference:
    """An opaque reference: « K7M4-9QPT-2XHB »."""

    regex = "[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}"

    def to_python(self, value: str) -> str:
        """As it is."""
        return value

    def to_url(self, value: str) -> str:
        """As it is."""
        return value


register_converter(Reference, "reference")

app_name = "clinical"

_PATIENT = "<reference:patient_id>/"
_PLAN = "plans/<reference:plan_id>/"

urlpatterns: list[URLPattern] = [
    address("confirmer/", door.confirm, name="confirm"),
    address("equipes/<int:team_id>/", patients.of_team, name="of_team"),
    address("equipes/<int:team_id>/nouveau/", patients.new_patient, name="new_patient"),
    address("comptes-rendus/<reference:note_id>/", papers.note, name="note"),
    address(_PLAN, plans.plan, name="plan"),
    address(f"{_PLAN}cartes/<slug:card>/", plans.card, name="plan_card"),
    address(f"{_PLAN}problemes/nouveau/", plans.problem, name="new_problem"),
    address(f"{_PLAN}problemes/<slug:problem>/", plans.problem, name="problem"),
    address(f"{_PLAN}problemes/<slug:problem>/retirer/", plans.remove_problem, name="remove_problem"),
    address(f"{_PLAN}gestes/<slug:move>/", plans.move, name="plan_move"),
    address(f"{_PLAN}revue/", plans.review, name="review"),
    address(f"{_PLAN}declarer/", papers.declare, name="declare"),
    address(f"{_PLAN}imprimer/<slug:model>/", papers.print_plan, name="print"),
    address(f"{_PLAN}versions/<int:number>/", papers.version, name="version"),
    address(f"{_PLAN}versions/<int:number>/imprimer/<slug:model>/", papers.print_version, name="print_version"),
    address(f"{_PLAN}versions/<int:number>/<int:other>/", papers.compare, name="compare"),
    address(_PATIENT, patients.patient, name="patient"),
    address(f"{_PATIENT}fiche/<slug:card>/", patients.card, name="card"),
    address(f"{_PATIENT}journal/", patients.journal, name="journal"),
    address(f"{_PATIENT}accords/", people.people, name="people"),
    address(f"{_PATIENT}accords/<int:professional_id>/", people.recognise, name="recognise"),
    address(f"{_PATIENT}tout-retirer/", people.withdraw_all, name="withdraw_all"),
    address(f"{_PATIENT}partager/", people.share_again, name="share_again"),
    address(f"{_PATIENT}rouvrir/", people.reopen, name="reopen"),
    address(f"{_PATIENT}passer/", people.hand_over, name="hand_over"),
    address(f"{_PATIENT}reprendre/", people.take_over, name="take_over"),
    address(f"{_PATIENT}exporter/", people.export, name="export"),
    address(f"{_PATIENT}effacer/", people.erase, name="erase"),
    address(f"{_PATIENT}plans/nouveau/", plans.new_plan, name="new_plan"),
    address(f"{_PATIENT}comptes-rendus/nouveau/", papers.new_note, name="new_note"),
]
