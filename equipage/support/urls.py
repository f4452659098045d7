"""Addresses of who helps, below /aide/."""

from django.urls import URLPattern, URLResolver, include, path

from equipage.support.views import asking, contacts, desks, handling

app_name = "support"

urlpatterns: list[URLPattern | URLResolver] = [
    path("contacts/", contacts.contacts, name="contacts"),
    path("contacts/<slug:desk_key>/signaler/", contacts.report_desk, name="report_desk"),
    path("demander/", asking.ask, name="ask"),
    path("suivi/<str:token>/", asking.follow, name="follow"),
    path("guichet/<str:token>/", handling.desk_link, name="desk_link"),
    path("mes-demandes/", asking.mine, name="mine"),
    path("demandes/", handling.request_list, name="requests"),
    path("demandes/toutes/", handling.all_requests, name="all_requests"),
    path("demandes/<int:help_id>/", handling.help_request, name="request"),
    path("demandes/<int:help_id>/etapes/<str:move>/", handling.move, name="move"),
    path("guichets/", desks.desk_list, name="desks"),
    path("guichets/nouveau/", desks.new_desk, name="new_desk"),
    path("guichets/<int:desk_id>/", desks.desk, name="desk"),
    path("guichets/<int:desk_id>/verifie/", desks.confirm_desk, name="confirm_desk"),
    path("guichets/<int:desk_id>/fermer/", desks.close_desk, name="close_desk"),
    path("signalements/", desks.report_list, name="reports"),
    path("signalements/<int:report_id>/", desks.report, name="report"),
    path("signalements/<int:report_id>/etapes/<str:move>/", desks.report_move, name="report_move"),
    path("boite-a-outils/", include("equipage.support.toolbox.urls")),
]
