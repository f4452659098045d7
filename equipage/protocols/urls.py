"""Addresses of protocols, below /protocoles/."""

from django.urls import path

from equipage.protocols.views import deciding, reading, sharing, writing

app_name = "protocols"

urlpatterns = [
    path("", sharing.library, name="library"),
    path("equipe/<int:team_id>/", writing.of_team, name="of_team"),
    path("equipe/<int:team_id>/nouveau/", writing.create, name="create"),
    path("<int:protocol_id>/", writing.protocol, name="protocol"),
    path("<int:protocol_id>/rubriques/<slug:section_key>/", writing.section, name="section"),
    path("<int:protocol_id>/rubriques/<slug:section_key>/historique/", writing.history, name="history"),
    path("<int:protocol_id>/texte/", reading.text, name="text"),
    path("<int:protocol_id>/nouvelle-version/", deciding.revise, name="revise"),
    path("<int:protocol_id>/etapes/<str:move>/", deciding.move, name="move"),
    path("<int:protocol_id>/accord/", deciding.answer, name="answer"),
    path("<int:protocol_id>/avis/", deciding.opinion, name="opinion"),
    path("<int:protocol_id>/brouillon/<str:ext>/", reading.draft_file, name="draft_file"),
    path("<int:protocol_id>/versions/", reading.compare, name="compare"),
    path("<int:protocol_id>/versions/<int:number>/", reading.version, name="version"),
    path("<int:protocol_id>/versions/<int:number>/<str:ext>/", reading.version_file, name="version_file"),
    path("<int:protocol_id>/publier/", sharing.publish, name="publish"),
    path("<int:protocol_id>/publication/retirer/", sharing.withdraw, name="withdraw_publication"),
    path("<int:protocol_id>/reprendre/", sharing.take_up, name="take_up"),
    path("<int:protocol_id>/original/", sharing.original, name="original"),
]
