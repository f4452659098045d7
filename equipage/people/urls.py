"""Addresses of accounts, below /compte/."""

from django.urls import path

from equipage.people.views import account, platform, requests, signing

app_name = "people"
urlpatterns = [
    path("", account.account, name="account"),
    path("coordonnees/", account.profile, name="profile"),
    path("connexion/", signing.sign_in, name="login"),
    path("deconnexion/", signing.sign_out, name="logout"),
    path("personnages/", signing.personas, name="personas"),
    path("demander/", requests.ask_account, name="ask_account"),
    path("demandes/", requests.account_requests, name="account_requests"),
    path("demandes/<int:request_id>/", requests.account_request, name="account_request"),
    path("demandes/<int:request_id>/decliner/", requests.decline_request, name="decline_request"),
    path("mot-de-passe/", signing.change_password, name="change_password"),
    path("mot-de-passe/oublie/", signing.forgotten, name="forgotten"),
    path("mot-de-passe/<str:uidb64>/<str:token>/", signing.choose_password, name="choose_password"),
    path("comptes/", platform.accounts, name="accounts"),
    path("comptes/nouveau/", platform.new_account, name="new_account"),
    path("comptes/<int:user_id>/", platform.account_of, name="account_of"),
    path("comptes/<int:user_id>/professionnel/", platform.attach_professional, name="attach_professional"),
    path("comptes/<int:user_id>/porte/", platform.account_door, name="account_door"),
    path("fonctions/<int:assignment_id>/fin/", platform.end_role, name="end_role"),
    path("organisations/", platform.organisations, name="organisations"),
    path("organisations/nouvelle/", platform.organisation, name="new_organisation"),
    path("organisations/<int:organisation_id>/", platform.organisation, name="organisation"),
]
