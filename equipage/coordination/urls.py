"""Addresses of the actions, under `actions/`."""

from django.urls import path

from equipage.coordination import views

app_name = "coordination"

urlpatterns = [
    path("", views.mine, name="mine"),
    path("declarer/", views.choose_team, name="declare"),
    path("declarer/<int:team_id>/", views.declare, name="declare_for"),
    path("a-valider/", views.to_validate, name="to_validate"),
    path("toutes/", views.everything, name="list"),
    path("equipe/<int:team_id>/", views.of_team, name="of_team"),
    path("presences/<int:presence_id>/<slug:answer>/", views.answer, name="answer"),
    path("pieces/<int:attachment_id>/", views.evidence, name="evidence"),
    path("<int:action_id>/", views.action, name="action"),
    path("<int:action_id>/corriger/", views.correct, name="correct"),
    path("<int:action_id>/piece/", views.add_evidence, name="add_evidence"),
    path("<int:action_id>/<slug:move>/", views.move, name="move"),
]
