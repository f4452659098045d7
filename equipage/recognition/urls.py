"""Addresses of recognition files, below /dossiers/."""

from django.urls import path

from equipage.recognition import views

app_name = "recognition"
urlpatterns = [
    path("", views.file_queue, name="queue"),
    path("tous/", views.file_list, name="list"),
    path("deposer/<int:project_id>/", views.submit, name="submit"),
    path("equipe/<int:team_id>/", views.of_team, name="of_team"),
    path("<int:file_id>/", views.file, name="file"),
    path("<int:file_id>/complements/", views.ask, name="ask"),
    path("<int:file_id>/confier/", views.reassign, name="reassign"),
    path("<int:file_id>/renvoyer/", views.send_back, name="send_back"),
    path("<int:file_id>/etapes/<str:move>/", views.move, name="move"),
    path("complements/<int:complement_id>/", views.answer, name="answer"),
    path("documents/<int:document_id>/", views.document, name="document"),
]
