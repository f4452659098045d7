"""The roles (fonctions) that people hold in organisations. What each may do is in each package's `policies.py`."""

from django.db import models

# Not an assignment: it comes from the professional behind the account.
PROFESSIONAL = "professional"


class Role(models.TextChoices):
    """Roles held by assignment. A team lead is a membership, in `teams`."""

    ASSOCIATION_OFFICER = "association_officer", "Chargé ou chargée de mission de l'association"
    ASSOCIATION_TREASURER = "association_treasurer", "Trésorier ou trésorière de l'association"
    ASSOCIATION_ADMIN = "association_admin", "Administrateur ou administratrice de l'association"
    ARS_DEPARTMENT = "ars_department", "Référent ou référente ARS du département"
    ARS_REGION = "ars_region", "Référent ou référente ARS de la région"
    PLATFORM_ADMIN = "platform_admin", "Administrateur ou administratrice de la plateforme"


ASSOCIATION_ROLES = (Role.ASSOCIATION_OFFICER, Role.ASSOCIATION_TREASURER, Role.ASSOCIATION_ADMIN)
AGENCY_ROLES = (Role.ARS_DEPARTMENT, Role.ARS_REGION)
STAFF_ROLES = (*ASSOCIATION_ROLES, *AGENCY_ROLES)
