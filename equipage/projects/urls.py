"""Addresses of health projects, below /projets/."""

from django.urls import path

from equipage.projects import views

app_name = "projects"
urlpatterns = [
    path("equipe/<int:team_id>/", views.project, name="project"),
    path("equipe/<int:team_id>/brouillon.pdf", views.draft, name="draft"),
    path("equipe/<int:team_id>/versions/", views.versions, name="versions"),
    path("equipe/<int:team_id>/rubriques/<slug:section_key>/", views.section, name="section"),
    path("equipe/<int:team_id>/rubriques/<slug:section_key>/historique/", views.history, name="history"),
    path("<int:project_id>/etapes/amend/", views.amend, name="amend"),
    path("versions/<int:version_id>/", views.version, name="version"),
    path("versions/<int:version_id>/pdf/", views.version_pdf, name="version_pdf"),
]
