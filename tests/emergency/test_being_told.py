"""The patient is told at once, and reads who, when and why until they say that they did."""

from datetime import timedelta

from sqlmodel import Session, select

from portal import clock
from portal.crypto import KeyRing
from portal.models.account import User
from portal.models.audit import AccessEvent
from portal.models.care import Patient
from portal.models.rights import CareLinkKind, LegalStatus, Mandate
from tests import factories
from tests.emergency.doors import Scene, ask, openings, scene
from tests.letters import waiting
from tests.pages import PageClient

__all__ = ["scene"]


def _representative(
    session: Session, keys: KeyRing, patient: Patient, status: LegalStatus, **period: object
) -> User:
    user, _ = factories.make_user(session, keys, given_name=status)
    link = factories.make_link(
        session, patient=patient, user=user, kind=CareLinkKind.LEGAL_REPRESENTATIVE
    )
    values = {"starts_at": factories.LONG_AGO, "scope": ""} | period
    session.add(
        Mandate(
            patient_id=patient.id,
            care_link_id=link.id,
            status=status,
            proof_kind="jugement",
            issued_by="Tribunal",
            issued_on=factories.LONG_AGO.date(),
            verified_by=user.id,
            verified_at=factories.LONG_AGO,
            **values,
        )
    )
    session.flush()
    return user


def test_the_letter_goes_to_the_patient_and_to_who_represents_them_by_law_only(
    reader: PageClient, session: Session, keys: KeyRing, scene: Scene
) -> None:
    patient, over = scene.patient, clock.now() - timedelta(days=1)
    guardian = _representative(session, keys, patient, LegalStatus.TUTEUR_PERSONNE)
    _representative(session, keys, patient, LegalStatus.TUTEUR_BIENS)
    _representative(session, keys, patient, LegalStatus.AUTORITE_PARENTALE)
    _representative(session, keys, patient, LegalStatus.HABILITATION_GENERALE, ends_at=over)
    carer, _ = factories.make_user(session, keys)
    factories.make_link(session, patient=patient, user=carer, grants=("agenda:act",))
    session.commit()
    ask(reader)
    letters = waiting(session, keys)
    assert {one.letter for one in letters} == {"emergency_opened"}
    assert {one.to for one in letters} == {scene.owner.email, guardian.email}
    assert all(one.values == {} for one in letters), "nobody's name leaves the portal"


def test_the_notice_stands_on_the_home_page_until_it_was_read(
    reader: PageClient, session: Session, scene: Scene
) -> None:
    ask(reader)
    (row,) = openings(session)
    reader.enter(session, scene.owner)
    html = reader.get(scene.home).text
    for words in ("Votre dossier a été ouvert en urgence", "Iris Roux, infirmière", row.reason):
        assert words in html
    assert f'href="{scene.home}access-log"' in html
    answer = reader.post(f"{scene.home}emergency/{row.id}/read")
    assert answer.status_code == 303
    html = reader.get(answer.headers["Location"]).text
    assert "vous l’avez lu" in html
    assert "ouvert en urgence" not in html
    (row,) = openings(session)
    assert row.acknowledged_at is not None


def test_who_represents_by_law_reads_it_too_and_a_carer_does_not(
    reader: PageClient, session: Session, keys: KeyRing, scene: Scene
) -> None:
    guardian = _representative(session, keys, scene.patient, LegalStatus.TUTEUR_PERSONNE)
    carer, _ = factories.make_user(session, keys)
    factories.make_link(session, patient=scene.patient, user=carer, grants=("agenda:act",))
    session.commit()
    ask(reader)
    (row,) = openings(session)
    read = f"{scene.home}emergency/{row.id}/read"
    for user, is_told in ((carer, False), (guardian, True)):
        reader.enter(session, user)
        assert ("ouvert en urgence" in reader.get(scene.home).text) == is_told
        assert reader.post(read).status_code == (303 if is_told else 403)


def test_nobody_acknowledges_an_opening_of_another_file(
    reader: PageClient, session: Session, keys: KeyRing, scene: Scene
) -> None:
    ask(reader)
    (row,) = openings(session)
    other = factories.make_patient(session, birth_date="1950-01-01")
    user, _ = factories.make_user(session, keys)
    factories.make_link(session, patient=other, user=user, kind=CareLinkKind.SELF)
    reader.enter(session, user)
    assert reader.post(f"/p/{other.id}/emergency/{row.id}/read").status_code == 404
    assert reader.post(f"{scene.home}emergency/{row.id}/read").status_code == 404
    assert openings(session)[0].acknowledged_at is None


def test_the_professional_cannot_make_the_notice_go_away(
    reader: PageClient, session: Session, scene: Scene
) -> None:
    ask(reader)
    (row,) = openings(session)
    assert reader.post(f"{scene.home}emergency/{row.id}/read").status_code == 403
    assert openings(session)[0].acknowledged_at is None
    assert session.exec(select(AccessEvent)).all()[-1].decision == "denied"
