"""The team proposes a programme, fills it, and sees of it what the patient shows."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlmodel import Session, select

from portal.clock import now
from portal.consents.texts import current_text
from portal.crypto import KeyRing
from portal.models.agenda import Appointment
from portal.models.consent import ConsentDecision, ConsentPurpose, ConsentStatus
from portal.models.directory import PractitionerRole
from portal.models.education import ModuleProgress, ModuleVersion
from portal.models.outbox import OutboxMessage
from portal.models.programme import EducationProgramme, ProgrammeItem, ProgrammeState
from portal.models.rights import Block
from portal.models.series import Workshop
from tests.education.modules import make_desk, make_module, make_published
from tests.education.programme.papers import Team, make_goal, make_item, make_team
from tests.programme_team.conftest import Desk
from tests.statements import counted

PAGES = (
    "/team",
    "/team/new",
    "/team/modules",
    "/team/workshops",
    "/team/assessment",
    "/team/assessment/history",
    "/team/evaluation",
    "/team/synthesis",
    "/team/synthesis/write",
)


def _module(desk: Desk, **fields: Any) -> ModuleVersion:
    house = make_desk(desk.session, desk.keys)
    version = make_published(desk.session, house, make_module(desk.session, house), **fields)
    desk.session.commit()
    return version


def _end(desk: Desk) -> None:
    row = desk.session.get_one(EducationProgramme, (desk.team.patient.id, desk.team.programme.id))
    row.state = ProgrammeState.ENDED
    desk.session.add(row)
    desk.session.commit()


def _letters(session: Session) -> list[str]:
    session.rollback()
    return sorted(one.letter for one in session.exec(select(OutboxMessage)))


def test_a_programme_is_proposed_and_the_family_is_told_once(desk: Desk) -> None:
    _end(desk)
    assert "Le programme est terminé" in desk.text("nadia", "/team")
    assert desk.sends("nadia", "/team/new", title="Bien dormir") == "/team?done=proposed"
    page = desk.text("nadia", "/team?done=proposed")
    assert "Bien dormir" in page
    assert "Jeanne n’a pas encore répondu" in page
    assert _letters(desk.session) == ["programme_asked"] * 2, "Jeanne, and Paul who may answer"
    assert desk.sends("nadia", "/team/new", title="Encore") == "/team?done=another"
    programme = desk.session.exec(
        select(EducationProgramme).where(EducationProgramme.state == ProgrammeState.PROPOSED)
    ).one()
    assert b"dormir" not in programme.title_sealed
    where = desk.sends("nadia", "/team/take-back", programme=str(programme.id))
    assert where == "/team?done=taken-back"


def test_a_title_that_is_missing_or_endless_is_said_beside_the_field(desk: Desk) -> None:
    _end(desk)
    for title in ("", " \x00 ", "x" * 81):
        answer = desk.post("nadia", "/team/new", title=title)
        assert answer.status_code == 422
        assert "<title>Erreur" in answer.text


def test_a_module_is_looked_for_proposed_with_a_reason_and_taken_out(desk: Desk) -> None:
    module_id = str(_module(desk).module_id)
    assert "Se peser chaque matin" in desk.text("nadia", "/team/modules?q=PESER")
    assert "Se peser" not in desk.text("nadia", "/team/modules?q=licorne")
    missing = desk.post("nadia", "/team/modules", **desk.of_programme, reason="Pour vous")
    assert missing.status_code == 422
    assert "Pour vous" in missing.text
    sent = desk.of_programme | {"chosen": module_id, "reason": "Vos chevilles <b>gonflent</b>."}
    assert desk.sends("nadia", "/team/modules", **sent) == "/team?done=item"
    page = desk.text("nadia", "/team")
    assert "attend une réponse" in page
    assert "&lt;b&gt;gonflent" in page
    assert "Se peser chaque matin" not in desk.text("nadia", "/team/modules")
    item = desk.session.exec(select(ProgrammeItem)).one()
    assert desk.sends("nadia", f"/team/items/{item.id}/remove") == "/team?done=removed"
    assert "Se peser chaque matin" not in desk.text("nadia", "/team")


@pytest.mark.parametrize("chosen", ["", "x", "00000000-0000-0000-0000-000000000007"])
def test_what_is_not_published_is_not_proposed(desk: Desk, chosen: str) -> None:
    answer = desk.post("nadia", "/team/modules", **desk.of_programme, chosen=chosen)
    assert answer.status_code in (404, 422)
    assert desk.session.exec(select(ProgrammeItem)).all() == []


def test_a_workshop_of_the_house_is_proposed_with_a_place_in_the_agenda(desk: Desk) -> None:
    workshop, foreign = _workshops(desk)
    page = desk.text("nadia", "/team/workshops")
    assert "Bien manger" in page
    assert "Ailleurs" not in page
    sent = desk.of_programme | {"chosen": str(foreign), "reason": ""}
    assert desk.post("nadia", "/team/workshops", **sent).status_code == 422
    sent |= {"chosen": str(workshop)}
    assert desk.sends("nadia", "/team/workshops", **sent) == "/team?done=item"
    place = desk.session.exec(select(Appointment)).one()
    assert (place.workshop_id, place.status) == (workshop, "proposed")
    assert "Bien manger" in desk.text("nadia", "/team")


def _workshops(desk: Desk) -> tuple[Any, Any]:
    team, session = desk.team, desk.session
    assert team.nadia.practitioner_id is not None
    session.add(
        PractitionerRole(practitioner_id=team.nadia.practitioner_id, organization_id=team.house.id)
    )
    other = make_team(session, desk.keys)
    starts_at = now() + timedelta(days=9)
    rows = [
        Workshop(
            organization_id=house.id,
            title=title,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=2),
            capacity=8,
            created_by=other.nadia.id,
        )
        for house, title in ((team.house, "Bien manger"), (other.house, "Ailleurs"))
    ]
    session.add_all(rows)
    session.commit()
    return rows[0].id, rows[1].id


def test_progress_shows_only_while_the_patient_shares_it(desk: Desk) -> None:
    version = _module(desk)
    team, session = desk.team, desk.session
    make_item(session, desk.keys, team, module_id=version.module_id)
    session.add(
        ModuleProgress(
            patient_id=team.patient.id,
            user_id=team.jeanne.id,
            module_id=version.module_id,
            version_id=version.id,
            step=1,
            started_at=now(),
            updated_at=now(),
        )
    )
    session.commit()
    with counted(desk.app) as statements:
        page = desk.text("nadia", "/team")
    assert "ne montre pas ses lectures" in page
    assert "1 étape lue" not in page
    assert not any("module_progress" in one for one in statements), "not even loaded"
    row = session.get_one(EducationProgramme, (team.patient.id, team.programme.id))
    row.shares_progress = True
    session.add(row)
    session.commit()
    assert "1 étape lue" in desk.text("nadia", "/team")


@pytest.mark.parametrize("rest", PAGES)
def test_a_page_costs_five_statements_at_most_whatever_it_holds(desk: Desk, rest: str) -> None:
    few = _cost(desk, rest)
    for number in range(12):
        make_goal(desk.session, desk.keys, desk.team, f"But {number}")
        version = _module(desk)
        make_item(desk.session, desk.keys, desk.team, module_id=version.module_id)
    for number in range(3):
        sent = desk.of_programme | {"base": str(number), "daily": f"Texte {number}"}
        desk.sends("nadia", "/team/assessment", **sent)
        desk.sends("nadia", "/team/synthesis/write", **(sent | {"heading": "Le cœur"}))
    assert few <= 5
    assert _cost(desk, rest) <= 5


def _cost(desk: Desk, rest: str) -> int:
    desk.get("nadia", rest)
    with counted(desk.app) as statements:
        desk.text("nadia", rest)
    return len(statements)


@pytest.mark.parametrize("rest", PAGES)
def test_a_page_is_light(desk: Desk, rest: str) -> None:
    for number in range(5):
        make_goal(desk.session, desk.keys, desk.team, f"But {number}")
    answer = desk.browser("nadia").get(
        desk.path(rest), headers={"Accept-Encoding": "zstd, br, gzip"}
    )
    assert len(answer.data) <= 6_000


def _block(team: Team) -> Any:
    assert team.nadia.practitioner_id is not None
    return Block(
        patient_id=team.patient.id,
        practitioner_id=team.nadia.practitioner_id,
        starts_at=now(),
        created_by=team.jeanne.id,
    )


def _refusal(team: Team) -> Any:
    return ConsentDecision(
        patient_id=team.patient.id,
        purpose=ConsentPurpose.CARE_COORDINATION,
        status=ConsentStatus.REFUSED,
        text_version=1,
        text_locale="fr",
        text_hash="0" * 64,
        actor_id=team.jeanne.id,
        capacity="self",
        channel="portal",
        decided_at=now(),
    )


@pytest.mark.parametrize(("closed", "status"), [(_block, 404), (_refusal, 403)])
def test_nothing_to_whom_the_patient_keeps_out_or_refused(
    desk: Desk, closed: Callable[[Team], Any], status: int
) -> None:
    assert desk.get("nadia", "/team").status_code == 200
    desk.session.add(closed(desk.team))
    desk.session.commit()
    for rest in PAGES:
        answer = desk.get("nadia", rest)
        assert answer.status_code == status
        assert "Vivre avec mon cœur" not in answer.text
    assert desk.post("nadia", "/team/new", title="x").status_code == status


def test_nothing_to_a_place_without_education_nor_to_colleagues_outside(
    app: Flask, session: Session, keys: KeyRing
) -> None:
    desk = Desk(app, session, keys, make_team(session, keys, sees="agenda"))
    for name, status in (("nadia", 403), ("yves", 404), ("jeanne", 403), ("paul", 403)):
        for rest in PAGES:
            assert desk.get(name, rest).status_code == status, (name, rest)
    home = desk.browser("nadia").get(f"/p/{desk.team.patient.id}/").text
    assert "education/team" not in home


def test_the_way_there_stands_on_the_professionals_home_and_not_on_the_patients(
    desk: Desk,
) -> None:
    home = f"/p/{desk.team.patient.id}/"
    assert desk.path("/team") in desk.browser("nadia").get(home).text
    assert desk.path("/team") not in desk.browser("jeanne").get(home).text


def test_the_programme_of_another_patient_is_out_of_reach(desk: Desk) -> None:
    other = make_team(desk.session, desk.keys)
    version = _module(desk)
    item = make_item(desk.session, desk.keys, other, module_id=version.module_id)
    sent = {"programme": str(other.programme.id), "base": "0", "daily": "x", "heading": "x"}
    module = sent | {"chosen": str(version.module_id)}
    for rest, data in (
        ("/team/assessment", sent),
        ("/team/evaluation", sent),
        ("/team/synthesis/write", sent),
        ("/team/modules", module),
        ("/team/take-back", sent),
        (f"/team/items/{item.id}/remove", {}),
    ):
        assert desk.post("nadia", rest, **data).status_code == 404, rest
    assert len(desk.session.exec(select(ProgrammeItem)).all()) == 1


def test_nothing_is_written_before_the_yes(waiting: Desk) -> None:
    page = waiting.text("nadia", "/team")
    assert "Notre bilan" not in page
    sent = waiting.of_programme | {"base": "0", "daily": "Secret", "heading": "x"}
    for rest in ("/team/assessment", "/team/evaluation", "/team/synthesis/write"):
        assert waiting.post("nadia", rest, **sent).status_code == 409


def test_the_proposer_hears_of_the_answer_once_and_never_what_it_was(waiting: Desk) -> None:
    text = current_text(ConsentPurpose.EDUCATION_PROGRAMME, locale="fr").sha256
    sent = waiting.of_programme | {"text": text}
    waiting.sends("jeanne", "/programme/accept", **sent)
    waiting.sends("jeanne", "/programme/leave", **waiting.of_programme)
    waiting.session.rollback()
    [letter] = waiting.session.exec(select(OutboxMessage)).all()
    assert (letter.letter, letter.user_id) == ("programme_news", waiting.team.nadia.id)


def test_who_left_the_circle_hears_of_nothing(waiting: Desk) -> None:
    waiting.session.add(_block(waiting.team))
    waiting.session.commit()
    waiting.sends("jeanne", "/programme/refuse", **waiting.of_programme)
    assert _letters(waiting.session) == []
