"""Signing and countersigning: what a code is worth, what is kept as proof, what is refused and in which words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from django.utils import timezone

from equipage.agreements.models import Signature, SignatureCode
from equipage.agreements.selectors import convention_covers, readiness, to_countersign, to_sign
from equipage.agreements.services import proof, signing
from equipage.foundation import audit
from equipage.foundation.documents.services import pdf_of
from equipage.foundation.periods import today
from equipage.foundation.refusals import Refused
from tests import chain, factories
from tests.strict.flushing import triggers_asleep

pytestmark = pytest.mark.django_db


def attempt(person, conventions, code, *, party="member", consent=True):
    return signing.sign(conventions, party=party, actor=person, code=code, consent=consent, origin=chain.ORIGIN)


def wrong(code):
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_recognition_draws_up_one_convention_a_member_and_tells_them(conventions):
    assert [row.state for row in conventions] == ["to_sign", "to_sign"]
    for row in conventions:
        assert row.professional.user.notices.filter(kind="agreements.to_sign").count() == 1
        data = row.document.data
        text = " ".join([data["preamble"], *data["summary"], *(p for a in data["articles"] for p in a["paragraphs"])])
        assert row.professional.formal_name in text and row.team.registration_number in text
        assert "{" not in text and "}" not in text


def test_both_sign_and_the_convention_holds(team, conventions, person, admin):
    first = conventions[0]
    assert not convention_covers(first.professional, team, today())
    chain.sign_by(person, [first])
    assert factories.fresh(first).state == "signed" and list(to_countersign(admin)) == [first]
    assert admin.notices.filter(kind="agreements.signed").count() == 1
    chain.sign_by(admin, [factories.fresh(first)], "association")
    row = factories.fresh(first)
    assert row.state == "active" and row.valid_from == today() and row.countersigned_by == admin
    assert convention_covers(first.professional, team, today())
    assert not convention_covers(first.professional, team, today() - timedelta(days=1))
    assert not convention_covers(conventions[1].professional, team, today())
    assert person.notices.filter(kind="agreements.active").count() == 1
    assert (readiness(team).members, readiness(team).signed, readiness(team).active) == (2, 1, 1)


def test_the_proof_says_who_what_when_how_and_from_where(conventions, person):
    chain.sign_by(person, [conventions[0]])
    signature = Signature.objects.get()
    evidence = signature.evidence
    assert evidence["signer"]["rpps"] == person.professional_or_none.rpps
    origin = chain.ORIGIN
    assert evidence["origin"] == {"address": origin.address, "agent": origin.agent, "session": origin.session}
    assert evidence["consent"] == signing.consent_text("member") == signature.consent
    assert evidence["code"]["sent_to"] == signing.mask(person.email) and person.email not in str(evidence)
    assert evidence["document_sha256"] == factories.fresh(conventions[0]).document.pdf_sha256
    assert signing.evidence_hash(evidence) == signature.evidence_sha256


def test_a_code_lives_ten_minutes(conventions, person):
    sent = signing.send_code(conventions[:1], party="member", actor=person)
    assert sent.expires_at - sent.sent_at == timedelta(minutes=10)
    SignatureCode.objects.update(expires_at=timezone.now())
    with pytest.raises(Refused, match="expiré") as refused:
        attempt(person, conventions[:1], chain.last_code(person))
    assert refused.value.field == "code" and not Signature.objects.exists()


def test_five_wrong_codes_and_the_right_one_is_too_late(conventions, person):
    signing.send_code(conventions[:1], party="member", actor=person)
    code = chain.last_code(person)
    said = []
    for _ in range(5):
        with pytest.raises(Refused) as refused:
            attempt(person, conventions[:1], wrong(code))
        said.append(refused.value.sentence)
    assert "reste 4\u00a0essais" in said[0] and "reste 1\u00a0essai." in said[3] and "dernier essai" in said[4]
    with pytest.raises(Refused, match="Trop d'essais"):
        attempt(person, conventions[:1], code)
    assert SignatureCode.objects.get().attempts == 5 and not Signature.objects.exists()


def test_codes_cannot_be_asked_for_without_end(conventions, person):
    for _ in range(5):
        signing.send_code(conventions[:1], party="member", actor=person)
        SignatureCode.objects.update(sent_at=timezone.now() - timedelta(minutes=2))
    with pytest.raises(Refused, match="5 codes vous ont déjà été envoyés"):
        signing.send_code(conventions[:1], party="member", actor=person)


def test_a_code_asked_twice_at_once_is_mailed_once(conventions, person):
    first = signing.send_code(conventions[:1], party="member", actor=person)
    assert signing.send_code(conventions[:1], party="member", actor=person) == first
    assert SignatureCode.objects.count() == 1


def test_a_code_serves_once(conventions, person, admin):
    chain.sign_by(person, [conventions[0]])
    other = factories.fresh(conventions[1].professional.user)
    chain.sign_by(other, [conventions[1]])
    chain.sign_by(admin, [factories.fresh(conventions[0])], "association")
    with pytest.raises(Refused, match="Demandez d'abord un code"):
        attempt(admin, [factories.fresh(conventions[1])], chain.last_code(admin), party="association")
    assert factories.fresh(conventions[1]).state == "signed"


def test_a_used_code_is_dead_even_if_the_signature_is_not_there(conventions, person):
    signing.send_code(conventions[:1], party="member", actor=person)
    SignatureCode.objects.update(used_at=timezone.now())
    with pytest.raises(Refused, match="déjà servi"):
        attempt(person, conventions[:1], chain.last_code(person))


def test_signing_twice_gives_the_first_signature(conventions, person):
    chain.sign_by(person, [conventions[0]])
    code = chain.last_code(person)
    assert attempt(person, [factories.fresh(conventions[0])], code) == 1
    assert Signature.objects.count() == 1


def test_without_consent_nothing_is_signed_and_no_try_is_spent(conventions, person):
    signing.send_code(conventions[:1], party="member", actor=person)
    with pytest.raises(Refused, match="Cochez la case") as refused:
        attempt(person, conventions[:1], chain.last_code(person), consent=False)
    assert refused.value.field == "consent" and SignatureCode.objects.get().attempts == 0


def test_nobody_signs_for_somebody_else(conventions, person):
    with pytest.raises(Refused, match="sa propre convention"):
        signing.send_code(conventions[1:], party="member", actor=person)


def test_an_officer_does_not_engage_the_association(conventions, person):
    chain.sign_by(person, [conventions[0]])
    with pytest.raises(Refused, match="par son administration"):
        signing.send_code([factories.fresh(conventions[0])], party="association", actor=factories.officer())


def test_an_administrator_does_not_countersign_their_own(team, conventions, person, admin):
    chain.sign_by(person, [conventions[0]])
    both = factories.association_admin(person=person)
    assert not to_countersign(both).exists()
    with pytest.raises(Refused, match="la vôtre"):
        signing.send_code([factories.fresh(conventions[0])], party="association", actor=both)


def test_one_code_countersigns_the_ticked_ones_and_only_those(team, conventions, admin):
    for row in conventions:
        chain.sign_by(factories.fresh(row.professional.user), [row])
    rows = [factories.fresh(row) for row in conventions]
    signing.send_code(rows, party="association", actor=admin)
    code = chain.last_code(admin)
    with pytest.raises(Refused, match="Demandez d'abord un code"):
        attempt(admin, rows[:1], code, party="association")
    assert attempt(admin, rows, code, party="association") == 2
    assert {factories.fresh(row).state for row in rows} == {"active"}
    texts = set(Signature.objects.filter(party="association").values_list("consent", flat=True))
    assert len(texts) == 1 and "les 2 conventions" in texts.pop()
    assert readiness(team).done


def test_all_or_nothing_when_one_of_the_batch_was_cancelled_meanwhile(conventions, admin):
    for row in conventions:
        chain.sign_by(factories.fresh(row.professional.user), [row])
    rows = [factories.fresh(row) for row in conventions]
    signing.send_code(rows, party="association", actor=admin)
    type(rows[1]).objects.filter(pk=rows[1].pk).update(state="cancelled", ending_reason="Erreur.")
    with pytest.raises(Refused, match="n'attend plus cette signature"):
        attempt(admin, rows, chain.last_code(admin), party="association")
    assert factories.fresh(rows[0]).state == "signed" and not Signature.objects.filter(party="association").exists()


def test_a_signed_convention_is_no_longer_asked_for(conventions, person):
    assert list(to_sign(person)) == [conventions[0]]
    chain.sign_by(person, [conventions[0]])
    assert not to_sign(person).exists()
    with pytest.raises(Refused, match="n'attend plus cette signature"):
        signing.send_code([factories.fresh(conventions[0])], party="member", actor=person)


def test_the_proof_is_whole_and_prints(conventions, person, admin):
    chain.sign_by(person, [conventions[0]])
    chain.sign_by(admin, [factories.fresh(conventions[0])], "association")
    row = factories.fresh(conventions[0])
    checks = proof.verify(row)
    assert len(checks) == 7 and all(check.holds for check in checks)
    assert proof.proof_pdf(row).startswith(b"%PDF")


def broken(row):
    return [check.point for check in proof.verify(factories.fresh(row)) if not check.holds]


def test_a_tampered_pdf_is_seen(conventions, person):
    chain.sign_by(person, [conventions[0]])
    document = factories.fresh(conventions[0]).document
    place = f"documents/{document.pdf_sha256[:2]}/{document.pdf_sha256}.pdf"
    kept = pdf_of(document)
    with default_storage.open(place, "wb") as file:
        file.write(kept.replace(b"%PDF-1", b"%PDF-2", 1))
    try:
        assert "Document" in broken(conventions[0])
    finally:
        with default_storage.open(place, "wb") as file:
            file.write(kept)
    assert not broken(conventions[0])


def test_a_tampered_proof_is_seen(conventions, person):
    chain.sign_by(person, [conventions[0]])
    signature = Signature.objects.get()
    forged = {**signature.evidence, "signer": {**signature.evidence["signer"], "name": "Quelqu'un d'autre"}}
    with triggers_asleep():
        Signature.objects.update(evidence=forged)
    assert broken(conventions[0]) == ["Preuve, le professionnel"]
    # Whoever also writes the matching hash is betrayed by the journal.
    with triggers_asleep():
        Signature.objects.update(evidence_sha256=signing.evidence_hash(forged))
    assert broken(conventions[0]) == ["Journal, le professionnel"]


def test_the_database_refuses_to_change_a_signature(conventions, person):
    chain.sign_by(person, [conventions[0]])
    with pytest.raises(DatabaseError), transaction.atomic():
        Signature.objects.update(signer_name="Autre")
    with pytest.raises(DatabaseError), transaction.atomic():
        Signature.objects.all().delete()


def test_the_journal_of_the_team_stays_whole(team, conventions):
    chain.signed(team)
    assert audit.verify() is None
