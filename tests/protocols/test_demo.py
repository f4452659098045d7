"""The demo's protocols hold together: every state, honest hashes, attribution, one late, one whose original changed."""

from __future__ import annotations

import pytest

from equipage.foundation.audit.chain import verify
from equipage.foundation.documents.models import Document
from equipage.foundation.documents.rendering import data_hash
from equipage.foundation.periods import today
from equipage.protocols import rules
from equipage.protocols.models import Adoption, Edition, ProtocolVersion, Publication
from equipage.protocols.services.sharing import latest_of
from equipage.protocols.states import EDITION, PUBLICATION
from equipage.territory.services import load_territory
from equipage.web.demo.load import load_demo

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_the_protocols_of_the_demo_hold_together() -> None:
    load_territory(region="52")
    load_demo(teams=36, seed=1, today=today())
    assert set(Edition.objects.values_list("state", flat=True)) == set(EDITION.states)
    assert {"online", "replaced"} <= set(Publication.objects.values_list("state", flat=True)) <= set(PUBLICATION.states)
    for edition in Edition.objects.exclude(state="draft").order_by("pk"):
        assert edition.text_hash == edition.present_hash()
        assert edition.remaining() == []
    for edition in Edition.objects.filter(state="in_force").order_by("pk"):
        assert edition.lacking() == (), edition.title
    versions = list(ProtocolVersion.objects.select_related("document").order_by("pk"))
    for version in versions:
        assert version.content_hash == rules.content_hash(version.content)
        assert "fictif" in version.content["sections"]["sources"]["sources"]
        assert version.document is not None and data_hash(version.document.data) == version.document.data_sha256
    assert Document.objects.filter(kind="protocols.version").count() == len(versions)
    assert Edition.objects.filter(state="in_force", review_on__lt=today()).count() == 1
    adoptions = list(Adoption.objects.select_related("followed").order_by("pk"))
    assert len(adoptions) == 2
    assert sum(latest_of(row) != row.followed for row in adoptions) == 1
    assert all(row.attribution[0]["team"] for row in adoptions)
    assert verify() is None
