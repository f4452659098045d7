"""Addresses of teams, below /equipes/."""

from django.urls import path

from equipage.teams.views import invitations, members, teams

app_name = "teams"
urlpatterns = [
    path("", teams.mine, name="mine"),
    path("toutes/", teams.team_list, name="list"),
    path("nouvelle/", teams.create, name="create"),
    path("<int:team_id>/", teams.team, name="team"),
    path("<int:team_id>/fiche/", teams.edit, name="edit"),
    path("<int:team_id>/etapes/<str:move>/", teams.move, name="move"),
    path("<int:team_id>/themes/", teams.themes, name="themes"),
    path("<int:team_id>/association/", teams.association, name="association"),
    path("<int:team_id>/association/fin/", teams.end_association, name="end_association"),
    path("<int:team_id>/public/", teams.publicly, name="publicly"),
    path("<int:team_id>/membres/", members.members, name="members"),
    path("<int:team_id>/membres/ajouter/", members.add_member, name="add_member"),
    path("<int:team_id>/membres/nouveau/", members.new_member, name="new_member"),
    path("membres/<int:membership_id>/depart/", members.leave, name="leave"),
    path("membres/<int:membership_id>/<str:move>/", members.membership_move, name="membership_move"),
    path("invitations/<int:membership_id>/", invitations.invitation, name="invitation"),
    path("invitation/<str:token>/", invitations.invitation_link, name="invitation_link"),
]
