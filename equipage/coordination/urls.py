"""Addresses of the actions, under `actions/`."""

from django.urls import path

from equipage.coordination.views import actions, corrections, guests, hours, proof, sync

app_name = "coordination"

urlpatterns = [
    path("", actions.mine, name="mine"),
    path("declarer/", actions.choose_team, name="declare"),
    path("declarer/<int:team_id>/", actions.declare, name="declare_for"),
    path("a-valider/", actions.to_validate, name="to_validate"),
    path("toutes/", actions.everything, name="list"),
    path("equipe/<int:team_id>/", actions.of_team, name="of_team"),
    path("hors-ligne/", sync.without_network, name="offline"),
    path("a-envoyer/", sync.outbox, name="outbox"),
    path("carnet/", sync.carnet, name="offline_data"),
    path("envois/", sync.send, name="send"),
    path("a-confirmer/", proof.to_confirm, name="to_confirm"),
    path("code/", proof.enter_code, name="enter_code"),
    path("code/<str:token>/", proof.code, name="code"),
    path("invite/<str:token>/", guests.guest_link, name="guest_link"),
    path("invites/<int:guest_id>/<slug:move>/", guests.guest_move, name="guest_move"),
    path("presences/<int:presence_id>/heures/", proof.hours, name="hours"),
    path("presences/<int:presence_id>/<slug:answer>/", actions.answer, name="answer"),
    path("pieces/<int:attachment_id>/", proof.evidence, name="evidence"),
    path("chevauchements/", hours.overlaps, name="overlaps"),
    path("chevauchements/<int:overlap_id>/", hours.overlap, name="overlap"),
    path("chevauchements/<int:overlap_id>/<slug:move>/", hours.move, name="overlap_move"),
    path("contre-ecritures/", corrections.counters, name="counters"),
    path("contre-ecritures/<int:counter_id>/", corrections.counter, name="counter"),
    path("contre-ecritures/<int:counter_id>/<slug:move>/", corrections.move, name="counter_move"),
    path("<int:action_id>/", actions.action, name="action"),
    path("<int:action_id>/contre-ecriture/", corrections.ask, name="ask_counter"),
    path("<int:action_id>/annuler/", actions.undo, name="undo"),
    path("<int:action_id>/j-y-etais/", actions.join, name="join"),
    path("<int:action_id>/corriger/", actions.correct, name="correct"),
    path("<int:action_id>/code/", proof.show_code, name="show_code"),
    path("<int:action_id>/invites/", guests.add_guest, name="add_guest"),
    path("<int:action_id>/piece/", proof.add_evidence, name="add_evidence"),
    path("<int:action_id>/<slug:move>/", actions.move, name="move"),
]
