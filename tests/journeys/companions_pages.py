"""The ways to what people say around one appointment; each family is one of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import count

from playwright.sync_api import Page, expect
from sqlmodel import Session

from portal.access.audit import Author
from portal.access.sessions import start_session
from portal.clock import now
from portal.crypto import KeyRing
from portal.models.account import User
from portal.models.agenda import Appointment, AppointmentKind
from portal.models.agreement import AppointmentAct, AppointmentNote, NoteAudience, PreparationTick
from portal.models.base import new_id
from portal.models.care import CareTeam, Patient, RelatedPerson
from portal.models.directory import Gender
from portal.models.rights import CareLink, CareLinkKind, Grant, GrantAction, GrantCategory
from portal.scheduling.acts import change, line_of
from portal.scheduling.notes import cell_of
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal
from tests.journeys.spots import Spot

Opener = Callable[[Browse, RunningPortal], Page]
_families = count(1)
_LINES = (
    "Rester à jeun depuis 8 h. L’eau est permise.\n"
    "Sortir l’ordonnance et la carte Vitale\n"
    "Noter le poids de ce matin"
)


@dataclass(frozen=True)
class Family:
    """Youenn, signed in on `page`, looks after Odette; Maïwenn is her daughter too."""

    page: Page
    door: str
    """Of one appointment."""

    def open(self, path: str = "") -> Page:
        self.page.goto(self.door + path)
        return self.page


def a_family(
    browse: Browse,
    relais: RunningPortal,
    *,
    action: GrantAction = GrantAction.ACT,
    is_asked: bool = False,
    is_busy: bool = False,
    has_words: bool = True,
    **options: bool,
) -> Family:
    """`is_asked`: whether Youenn comes along; `is_busy`: he goes with somebody else then."""
    with relais.writing() as (session, keys):
        number = next(_families)
        user = _account(session, f"youenn{number}@example.org", "Youenn")
        sister = _account(session, f"maiwenn{number}@example.org", "Maïwenn")
        patient, relative = _patient(session, "Odette", user, action)
        _relative(session, patient, sister, "Maïwenn", "DAU", GrantAction.ACT)
        session.add(_without_account(patient))
        visit = _visit(session, patient)
        if has_words:
            _words(session, keys, visit, sister)
        if is_asked:
            _ask(session, visit, relative, sister)
        if is_busy:
            other, own = _patient(session, "Gaston", user, action)
            session.add(
                Appointment(
                    patient_id=other.id,
                    title="Contrôle de la vue",
                    starts_at=visit.starts_at,
                    companion_id=own.id,
                )
            )
        session.flush()
        _row, token = start_session(
            session, user_id=user.id, is_staff=False, user_agent="a phone", at=now()
        )
        door = f"/p/{patient.id}/agenda/{visit.id}"
    page = browse(**options)
    page.context.add_cookies([{"name": "sid", "value": token, "url": relais.url}])
    return Family(page, door)


def _account(session: Session, email: str, name: str) -> User:
    user = User(
        email=email,
        given_name=name,
        family_name="Kerbrat",
        password_hash="-",
        enrolled_at=now(),
        locale=None,
    )
    session.add(user)
    session.flush()
    return user


def _patient(
    session: Session, name: str, user: User, action: GrantAction
) -> tuple[Patient, RelatedPerson]:
    patient = Patient(given_name=name, family_name="Kerbrat", gender=Gender.FEMALE)
    session.add(patient)
    session.flush()
    session.add(CareTeam(patient_id=patient.id))
    session.flush()
    return patient, _relative(session, patient, user, "Youenn", "SON", action)


def _relative(
    session: Session, patient: Patient, user: User, name: str, code: str, action: GrantAction
) -> RelatedPerson:
    relative = RelatedPerson(
        patient_id=patient.id, given_name=name, family_name="Kerbrat", relationship=code
    )
    session.add(relative)
    session.flush()
    link = CareLink(
        patient_id=patient.id,
        user_id=user.id,
        related_person_id=relative.id,
        kind=CareLinkKind.CARER,
        relationship=code,
        starts_at=now() - timedelta(days=1),
    )
    session.add(link)
    session.flush()
    rights = {GrantCategory.AGENDA: action, GrantCategory.CARE_TEAM: GrantAction.SEE}
    session.add_all(
        Grant(
            patient_id=patient.id,
            care_link_id=link.id,
            category=category,
            action=allowed,
            starts_at=now() - timedelta(days=1),
            ends_at=now() + timedelta(days=100),
        )
        for category, allowed in rights.items()
    )
    session.flush()
    return relative


def _without_account(patient: Patient) -> RelatedPerson:
    return RelatedPerson(
        patient_id=patient.id,
        given_name="Soizic",
        family_name="Le Bihan",
        relationship="NBOR",
        gender=Gender.FEMALE,
    )


def _visit(session: Session, patient: Patient) -> Appointment:
    starts = (now() + timedelta(days=2)).replace(minute=30, second=0, microsecond=0)
    visit = Appointment(
        patient_id=patient.id,
        title="Échographie du cœur",
        kind=AppointmentKind.HOSPITAL,
        starts_at=starts,
        ends_at=starts + timedelta(minutes=45),
        place="Hôpital de la Rade",
        address="3 quai des Voiliers, Douarnenez",
        phone="02 61 91 00 33",
        preparation=_LINES,
    )
    session.add(visit)
    session.flush()
    return visit


def _words(session: Session, keys: KeyRing, visit: Appointment, sister: User) -> None:
    """What Maïwenn did before."""
    by, at = Author(sister.id, "carer"), now()
    said = {"patient_id": visit.patient_id, "appointment_id": visit.id}
    line = _LINES.splitlines()[0]
    session.add(PreparationTick(line=line, done_by=sister.id, done_at=at, **said))
    note_id = new_id()
    text = "Apporter les radios du mois dernier.\nElles sont dans le tiroir de l’entrée."
    session.add(
        AppointmentNote(
            id=note_id,
            author_id=sister.id,
            capacity="carer",
            audience=NoteAudience.FAMILY,
            text_sealed=keys.seal(text.encode(), cell_of(note_id)),
            at=at,
            **said,
        )
    )
    line_of(session, visit, act=AppointmentAct.BOOKED, by=by, at=at)
    later = {"starts_at": visit.starts_at + timedelta(hours=2)} if visit.starts_at else {}
    later |= {"ends_at": visit.ends_at + timedelta(hours=2)} if visit.ends_at else {}
    change(session, visit, later, act=AppointmentAct.MOVED, by=by, at=at, reason="Trop tôt")
    line_of(session, visit, act=AppointmentAct.CALL_ASKED, by=by, at=at)
    transport = {"transport": "VSL réservé pour 8 h 30"}
    change(session, visit, transport, act=AppointmentAct.TRANSPORT_SAID, by=by, at=at)


def _ask(session: Session, visit: Appointment, relative: RelatedPerson, sister: User) -> None:
    wanted = {"companion_id": relative.id, "companion_confirmed": False}
    by = Author(sister.id, "carer")
    change(session, visit, wanted, act=AppointmentAct.COMPANION_NAMED, by=by, at=now())


def an_appointment(browse: Browse, relais: RunningPortal) -> Page:
    return a_family(browse, relais).open()


def a_question(browse: Browse, relais: RunningPortal) -> Page:
    return a_family(browse, relais, action=GrantAction.SEE, is_asked=True).open()


def a_question_alone(browse: Browse, relais: RunningPortal) -> Page:
    family = a_family(browse, relais, action=GrantAction.SEE, is_asked=True)
    return family.open("/companion/answer")


def a_yes(browse: Browse, relais: RunningPortal) -> Page:
    page = a_question(browse, relais)
    page.locator("button[name='answer'][value='yes']").click()
    page.wait_for_url("**?done=companion_offered*")
    return page


def a_choice(browse: Browse, relais: RunningPortal) -> Page:
    return a_family(browse, relais).open("/companion")


def a_choice_with_mistakes(browse: Browse, relais: RunningPortal) -> Page:
    page = a_choice(browse, relais)
    page.locator("form[action$='/companion'] button").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    return page


def a_companion_who_is_busy(browse: Browse, relais: RunningPortal) -> Page:
    page = a_family(browse, relais, is_busy=True, has_words=False).open("/companion")
    page.locator("input[name='who']").nth(2).check()
    page.locator("form[action$='/companion'] button").click()
    page.wait_for_selector("input[name='anyway']", state="attached")
    return page


def a_choice_changed_meanwhile(browse: Browse, relais: RunningPortal) -> Page:
    page = a_choice(browse, relais)
    page.locator("form[action$='/companion'] input[name='state']").evaluate(
        "field => { field.value = 'wanted'; }"
    )
    page.locator("input[name='seen']").first.evaluate("field => { field.value = ''; }")
    page.locator("input[name='who']").first.check()
    page.locator("form[action$='/companion'] button").click()
    page.wait_for_selector(".notice.is-alert")
    return page


def a_note(browse: Browse, relais: RunningPortal) -> Page:
    return a_family(browse, relais).open("/notes/new")


def a_note_with_mistakes(browse: Browse, relais: RunningPortal) -> Page:
    page = a_note(browse, relais)
    page.locator("main form button").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    return page


def a_deleted_note(browse: Browse, relais: RunningPortal) -> Page:
    page = a_note(browse, relais)
    page.locator("#text").fill("Prendre la canne")
    page.locator("input[name='audience']").first.check()
    page.locator("main form button").click()
    page.wait_for_url("**?done=note_added*")
    page.locator("form[action$='/delete'] button").click()
    page.wait_for_url("**?done=note_deleted*")
    return page


SPOTS = (
    Spot("appointment-agreed", "Échographie du cœur", an_appointment),
    Spot("companion-asked", "Échographie du cœur", a_question),
    Spot("companion-question", "Accompagnez-vous Odette ?", a_question_alone),
    Spot("companion-yes", "Échographie du cœur", a_yes),
    Spot("companion", "Qui accompagne Odette ?", a_choice),
    Spot("companion-mistakes", "Qui accompagne Odette ?", a_choice_with_mistakes),
    Spot("companion-busy", "Qui accompagne Odette ?", a_companion_who_is_busy),
    Spot("companion-changed", "Qui accompagne Odette ?", a_choice_changed_meanwhile),
    Spot("note", "Écrire une note", a_note),
    Spot("note-mistakes", "Écrire une note", a_note_with_mistakes),
    Spot("note-deleted", "Échographie du cœur", a_deleted_note),
)
