"""Addresses of prevention and education, under `prevention/`."""

from django.urls import path

from equipage.prevention.views import actions, evaluations, lists, programmes, sessions, team

app_name = "prevention"

urlpatterns = [
    path("actions/", lists.region_actions, name="actions"),
    path("programmes/", lists.programme_list, name="programmes"),
    path("equipes/", lists.by_team, name="by_team"),
    path("equipe/<int:team_id>/", team.of_team, name="of_team"),
    path("equipe/<int:team_id>/actions/", lists.team_actions, name="team_actions"),
    path("equipe/<int:team_id>/resultats/", lists.team_results, name="team_results"),
    path("equipe/<int:team_id>/actions/nouvelle/", actions.new_action, name="new_action"),
    path("equipe/<int:team_id>/programmes/nouveau/", programmes.new_programme, name="new_programme"),
    path("equipe/<int:team_id>/seance/", sessions.declare_session, name="declare_session"),
    path("actions/<int:prevention_id>/", actions.action, name="action"),
    path("actions/<int:prevention_id>/modifier/", actions.edit_action, name="edit_action"),
    path("actions/<int:prevention_id>/resultats/", actions.results, name="results"),
    path("actions/<int:prevention_id>/synthese.pdf", actions.summary, name="summary"),
    path("actions/<int:prevention_id>/<slug:move>/", actions.move, name="action_move"),
    path("programmes/<int:programme_id>/", programmes.programme, name="programme"),
    path("programmes/<int:programme_id>/modifier/", programmes.edit_programme, name="edit_programme"),
    path("programmes/<int:programme_id>/attestation/", programmes.honour, name="honour"),
    path("programmes/<int:programme_id>/<slug:move>/", programmes.move, name="programme_move"),
    path("changements/<int:programme_change_id>/", programmes.notify, name="notify_change"),
    path("seances/<int:action_id>/rattacher/", sessions.attach, name="attach"),
    path("evaluations/<int:evaluation_id>/", evaluations.evaluation, name="evaluation"),
]
