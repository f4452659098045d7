"""The pages of this floor among the tabs of the association's money, and where its entries are explained."""

from django.urls import reverse

from equipage.books.origins import offer_origin
from equipage.books.panels import offer_link
from equipage.funding.desk import offer_tab

offer_tab("Campagnes", "payments:runs", 10)
offer_tab("Banque", "payments:answers", 12)
offer_link("Préparer la DAS2", "payments:das2")
offer_tab("Compte", "payments:account", 60)
offer_origin("run", lambda key: reverse("payments:run", args=[key]))
offer_origin("return", lambda key: reverse("payments:payment", args=[key]))
