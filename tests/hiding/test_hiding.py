"""What is hidden leaves no line, count, dot, date or gap; and whoever hid it sees that it is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlmodel import Session, select

from portal import clock
from portal.crypto import KeyRing
from portal.models.account import User
from portal.models.agenda import Appointment
from portal.models.care import Patient
from portal.models.rights import CareLink, CareLinkKind, CareLinkStatus, HiddenItem
from tests import factories
from tests.pages import PageClient

TITLE = "Consultation zzsecretzz"
UNREAL_DAY = "2031-05-06"


@dataclass(frozen=True)
class Family:
    """Jeanne has one appointment; Sylvie and Paul see her agenda."""

    patient: Patient
    owner: User
    sylvie: User
    paul: User
    sylvies_link: CareLink
    pauls_link: CareLink
    visit: Appointment

    @property
    def home(self) -> str:
        return f"/p/{self.patient.id}/"

    @property
    def door(self) -> str:
        return f"{self.home}agenda/{self.visit.id}/hidden"


@pytest.fixture
def family(session: Session, keys: KeyRing) -> Family:
    patient = factories.make_patient(session)
    owner, _ = factories.make_user(session, keys, given_name="Jeanne")
    factories.make_link(session, patient=patient, user=owner, kind=CareLinkKind.SELF)
    sylvie, _ = factories.make_user(session, keys, given_name="Sylvie")
    paul, _ = factories.make_user(session, keys, given_name="Paul")
    links = [
        factories.make_link(session, patient=patient, user=one, grants=("agenda:act",))
        for one in (sylvie, paul)
    ]
    visit = factories.make_appointment(
        session, patient=patient, title=TITLE, starts_at=_unreal_day()
    )
    session.commit()
    return Family(patient, owner, sylvie, paul, *links, visit)


def _unreal_day() -> datetime:
    return datetime.fromisoformat(f"{UNREAL_DAY}T10:00:00+00:00")


def _hide(reader: PageClient, session: Session, family: Family, *links: CareLink) -> None:
    reader.enter(session, family.owner)
    answer = reader.post(family.door, data={"links": [str(one.id) for one in links]})
    assert answer.status_code == 303
    session.rollback()


def _rows(session: Session) -> list[HiddenItem]:
    session.rollback()
    return list(session.exec(select(HiddenItem)).all())


def _pages(family: Family) -> list[str]:
    agenda = f"{family.home}agenda"
    return [
        family.home,
        agenda,
        f"{agenda}?week=2031-W19",
        f"{agenda}?view=list",
        f"{agenda}?view=past",
        "/people",
    ]


def test_who_does_not_see_it_reads_the_pages_of_an_empty_agenda(
    reader: PageClient, session: Session, family: Family
) -> None:
    """The same letters, as if the row were not there: no line, dot, count, date or gap."""
    _hide(reader, session, family, family.sylvies_link)
    reader.enter(session, family.sylvie)
    hidden = [_steady(reader.get(path).text) for path in _pages(family)]
    for row in _rows(session):
        session.delete(row)
    session.delete(session.get_one(Appointment, (family.patient.id, family.visit.id)))
    session.commit()
    assert hidden == [_steady(reader.get(path).text) for path in _pages(family)]


def test_its_page_answers_as_one_that_never_was(
    reader: PageClient, session: Session, family: Family
) -> None:
    _hide(reader, session, family, family.sylvies_link)
    reader.enter(session, family.sylvie)
    real, unreal = (reader.get(f"{family.home}agenda/{one}") for one in (family.visit.id, uuid4()))
    assert (real.status_code, unreal.status_code) == (404, 404)
    assert real.text.replace(str(family.visit.id), "") == unreal.text.replace(
        unreal.request.path.rpartition("/")[2], ""
    )


def test_a_visit_that_is_over_stays_hidden(
    reader: PageClient, session: Session, family: Family
) -> None:
    visit = session.get_one(Appointment, (family.patient.id, family.visit.id))
    visit.starts_at = clock.now() - timedelta(days=3)
    session.add(visit)
    session.commit()
    past = f"{family.home}agenda?view=past"
    _hide(reader, session, family, family.sylvies_link)
    for user, is_shown in ((family.sylvie, False), (family.paul, True), (family.owner, True)):
        reader.enter(session, user)
        assert (TITLE in reader.get(past).text) == is_shown


def test_the_patient_the_other_carers_and_the_circle_still_see_it(
    reader: PageClient, session: Session, keys: KeyRing, family: Family
) -> None:
    nurse = factories.make_practitioner(session)
    factories.make_member(session, patient=family.patient, practitioner_id=nurse.id)
    professional, _ = factories.make_user(session, keys, practitioner_id=nurse.id)
    _hide(reader, session, family, family.sylvies_link)
    for user in (family.owner, family.paul, professional):
        reader.enter(session, user)
        text = reader.get(f"{family.home}agenda/{family.visit.id}").text
        assert TITLE in text
        assert ("Caché à Sylvie" in text) == (user is family.owner)


def test_it_is_shown_again_from_the_same_page(
    reader: PageClient, session: Session, family: Family
) -> None:
    _hide(reader, session, family, family.sylvies_link, family.pauls_link)
    page = reader.get(f"{family.door}?saved=1").text
    assert page.count(" checked") == 2
    assert "C’est enregistré." in page
    _hide(reader, session, family, family.pauls_link)
    assert [one.care_link_id for one in _rows(session)] == [family.pauls_link.id]
    reader.enter(session, family.sylvie)
    assert TITLE in reader.get(f"{family.home}agenda?view=list").text


def test_saving_twice_keeps_one_row(reader: PageClient, session: Session, family: Family) -> None:
    for _twice in range(2):
        _hide(reader, session, family, family.sylvies_link)
    assert len(_rows(session)) == 1


def test_a_carer_whose_rights_end_meanwhile_stays_in_the_list(
    reader: PageClient, session: Session, family: Family
) -> None:
    _hide(reader, session, family, family.sylvies_link)
    link = session.get_one(CareLink, (family.patient.id, family.sylvies_link.id))
    link.status = CareLinkStatus.PAUSED
    session.add(link)
    session.commit()
    assert "Sylvie ne voit pas ce rendez-vous" in reader.get(family.door).text


def test_without_anybody_who_sees_the_agenda_the_page_says_so(
    reader: PageClient, session: Session, keys: KeyRing
) -> None:
    patient = factories.make_patient(session)
    owner, _ = factories.make_user(session, keys)
    factories.make_link(session, patient=patient, user=owner, kind=CareLinkKind.SELF)
    team_only, _ = factories.make_user(session, keys)
    factories.make_link(session, patient=patient, user=team_only, grants=("care_team:see",))
    visit = factories.make_appointment(session, patient=patient)
    reader.enter(session, owner)
    page = reader.get(f"/p/{patient.id}/agenda/{visit.id}/hidden").text
    assert "Aucun proche ne voit cet agenda" in page
    assert 'name="links"' not in page


@pytest.mark.parametrize("what", ["unknown", "words", "of another patient"])
def test_a_relative_who_is_none_is_refused(
    reader: PageClient, session: Session, keys: KeyRing, family: Family, what: str
) -> None:
    other = factories.make_patient(session)
    user, _ = factories.make_user(session, keys)
    theirs = factories.make_link(session, patient=other, user=user, grants=("agenda:see",))
    links = {"unknown": str(uuid4()), "words": "Sylvie", "of another patient": str(theirs.id)}
    reader.enter(session, family.owner)
    answer = reader.post(family.door, data={"links": [links[what]]})
    assert answer.status_code == 422
    assert _rows(session) == []


def test_an_appointment_of_another_patient_is_none_here(
    reader: PageClient, session: Session, family: Family
) -> None:
    other = factories.make_patient(session)
    visit = factories.make_appointment(session, patient=other)
    reader.enter(session, family.owner)
    door = f"{family.home}agenda/{visit.id}/hidden"
    assert reader.get(door).status_code == 404
    answer = reader.post(door, data={"links": [str(family.sylvies_link.id)]})
    assert answer.status_code == 404
    assert _rows(session) == []


def test_carers_and_professionals_hide_nothing(
    reader: PageClient, session: Session, keys: KeyRing, family: Family
) -> None:
    nurse = factories.make_practitioner(session)
    factories.make_member(session, patient=family.patient, practitioner_id=nurse.id)
    professional, _ = factories.make_user(session, keys, practitioner_id=nurse.id)
    for user in (family.sylvie, professional):
        reader.enter(session, user)
        assert "/hidden" not in reader.get(f"{family.home}agenda/{family.visit.id}").text
        assert reader.get(family.door).status_code == 403
        answer = reader.post(family.door, data={"links": [str(family.pauls_link.id)]})
        assert answer.status_code == 403
    assert _rows(session) == []


def _steady(html: str) -> str:
    return "\n".join(line for line in html.splitlines() if "data-session" not in line)
