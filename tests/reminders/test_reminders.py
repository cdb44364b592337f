"""Who is reminded of what and when: once, in time, and only of what they may know."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta

import pytest

from portal.clock import now
from portal.config import Config
from portal.db import Database
from portal.models.agenda import Appointment, AppointmentStatus
from portal.models.outbox import OutboxState
from portal.models.rights import CareLinkStatus
from portal.outbox import queue
from portal.outbox.transport import ShownToOperator
from portal.scheduling.letters import references
from portal.scheduling.reminders import due as due_reminders
from portal.scheduling.reminders import queueing as reminders
from portal.scheduling.reminders.queueing import Reminders
from portal.web.mail import Writer
from tests import factories
from tests.outbox.conftest import MakeWorker
from tests.reminders.scene import NOON, Scene, paris
from tests.scheduling.family import CANARY

NBSP = "\N{NO-BREAK SPACE}"


def _text(mail_text: str) -> str:
    return mail_text.replace(NBSP, " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


def test_without_a_choice_nobody_is_reminded(scene: Scene) -> None:
    scene.visit("24 09:00")
    assert scene.send("23 18:00") == []


def test_the_evening_before_at_the_chosen_hour(scene: Scene) -> None:
    scene.choose()
    scene.visit("24 09:00")
    assert scene.send("23 17:59") == []
    (mail,) = scene.send("23 18:00")
    assert mail.to == scene.family.people["paul"].email
    assert scene.send("23 18:01") == [mail]


def test_at_six_in_the_evening_in_reunion(scene: Scene) -> None:
    scene.choose()
    scene.live_in("Indian/Reunion")
    scene.visit("24 09:00", "Indian/Reunion")
    assert scene.send(paris("23 17:59", "Indian/Reunion")) == []
    (mail,) = scene.send(paris("23 18:00", "Indian/Reunion"))
    assert "Mardi 24 novembre, à 9 h 00." in _text(mail.text)


def test_the_mail_keeps_the_hour_of_the_place_and_says_so(scene: Scene) -> None:
    scene.choose()
    scene.live_in("Indian/Reunion")
    scene.visit("24 09:00")
    (mail,) = scene.send(paris("23 18:00", "Indian/Reunion"))
    assert "Mardi 24 novembre, à 9 h 00 (heure d’Europe centrale)." in _text(mail.text)


def test_so_long_before(scene: Scene) -> None:
    scene.choose(minutes_before=120)
    scene.visit("23 15:00")
    assert scene.send("23 12:59") == []
    assert len(scene.send("23 13:00")) == 1


def test_evening_and_before_are_two_mails(scene: Scene) -> None:
    scene.choose(evening_before=time(18), minutes_before=60)
    scene.visit("24 09:00")
    assert len(scene.send("23 18:00")) == 1
    assert len(scene.send("24 08:00")) == 2


def test_both_at_the_same_moment_are_one(scene: Scene) -> None:
    scene.choose(
        evening_before=time(21), minutes_before=60, quiet_from=time(21), quiet_until=time(8)
    )
    scene.visit("24 08:30")
    assert scene.send("23 20:44") == []
    for moment in ("23 20:45", "23 21:00", "24 08:00"):
        assert len(scene.send(moment)) == 1
    assert scene.noted() == 2


def test_quiet_hours_over_midnight_send_it_before_they_begin(scene: Scene) -> None:
    scene.choose(minutes_before=60, quiet_from=time(21, 30), quiet_until=time(7))
    scene.visit("24 07:15")
    assert scene.send("23 21:14") == []
    for moment in ("23 21:15", "23 23:00", "24 07:01"):
        assert len(scene.send(moment)) == 1


@pytest.mark.parametrize(
    ("back_at", "mails"), [("23 23:00", 1), ("24 08:59", 1), ("24 09:00", 0), ("24 11:00", 0)]
)
def test_a_worker_that_was_down_is_late_but_never_after(
    scene: Scene, back_at: str, mails: int
) -> None:
    scene.choose()
    scene.visit("24 09:00")
    assert len(scene.send(back_at)) == mails


def test_what_is_late_waits_for_the_end_of_quiet_hours(scene: Scene) -> None:
    scene.choose(evening_before=time(18), quiet_from=time(21), quiet_until=time(7))
    scene.visit("24 09:00")
    assert scene.send("23 22:00") == []
    assert len(scene.send("24 07:00")) == 1


def test_a_mail_that_waited_too_long_is_not_sent(scene: Scene) -> None:
    scene.choose()
    scene.visit("24 09:00")
    scene.look("23 18:00")
    assert scene.waiting() == ["paul"]
    scene.go_to("24 09:00")
    assert scene.send() == []
    assert scene.family.letters()[0].last_error == "expired"


def _cancel(scene: Scene, visit: Appointment) -> None:
    visit.status = AppointmentStatus.CANCELLED
    scene.family.save(visit)


def _undecide(scene: Scene, visit: Appointment) -> None:
    visit.status = AppointmentStatus.PROPOSED
    scene.family.save(visit)


def _end_link(scene: Scene, _visit: Appointment) -> None:
    link = scene.family.links["paul"]
    link.status, link.ends_at = CareLinkStatus.ENDED, now()
    scene.family.save(link)


def _stop(scene: Scene, _visit: Appointment) -> None:
    choice = scene.family.session.get_one(
        due_reminders.ReminderChoice, (scene.family.patient.id, scene.family.people["paul"].id)
    )
    choice.evening_before = choice.minutes_before = None
    scene.family.save(choice)


def _close(scene: Scene, _visit: Appointment) -> None:
    scene.family.people["paul"].disabled_at = now()
    scene.family.save(scene.family.people["paul"])


OVER: dict[str, Callable[[Scene, Appointment], None]] = {
    "cancelled": _cancel,
    "proposed again": _undecide,
    "hidden": lambda scene, visit: scene.family.hide(from_="paul", visit=visit),
    "paused": lambda scene, _visit: scene.family.pause("paul"),
    "link ended": _end_link,
    "stopped": _stop,
    "account closed": _close,
}


@pytest.mark.parametrize("why", OVER)
def test_nothing_is_queued_of_what_is_over(scene: Scene, why: str) -> None:
    scene.choose()
    OVER[why](scene, scene.visit("24 09:00"))
    assert scene.look("23 18:00") == 0
    assert scene.waiting() == []


@pytest.mark.parametrize("why", OVER)
def test_nothing_is_sent_of_what_is_over_by_then(scene: Scene, why: str) -> None:
    scene.choose()
    visit = scene.visit("24 09:00")
    assert scene.look("23 18:00") == 1
    OVER[why](scene, visit)
    assert scene.send() == []
    (letter,) = scene.family.letters()
    assert (letter.state, letter.values_sealed) == (OutboxState.DROPPED, None)


def test_nobody_is_reminded_of_somebody_who_died(scene: Scene) -> None:
    scene.choose()
    scene.visit("24 09:00")
    scene.family.patient.is_deceased = True
    scene.family.save(scene.family.patient)
    assert scene.send("23 18:00") == []


def test_a_moved_visit_gets_a_reminder_of_its_own(scene: Scene) -> None:
    scene.choose()
    visit = scene.visit("24 09:00")
    assert len(scene.send("23 18:00")) == 1
    visit.starts_at = paris("26 10:00")
    scene.family.save(visit)
    assert len(scene.send("24 08:00")) == 1
    assert len(scene.send("25 18:00")) == 2


def test_a_visit_that_moved_while_its_mail_waited_is_not_said_with_the_old_time(
    scene: Scene,
) -> None:
    scene.choose()
    visit = scene.visit("24 09:00")
    scene.look("23 18:00")
    visit.starts_at = paris("26 10:00")
    scene.family.save(visit)
    assert scene.send() == []
    assert len(scene.send("25 18:00")) == 1


def test_several_visits_are_one_mail_soonest_first(scene: Scene) -> None:
    scene.choose("jeanne", evening_before=time(18), is_detailed=True)
    scene.visit("24 14:30", title="Échographie")
    scene.visit("24 07:30", title="Pansement", is_window=True, ends_at=paris("24 09:00"))
    (mail,) = scene.send("23 18:00")
    text = _text(mail.text)
    first = "Mardi 24 novembre, entre 7 h 30 et 9 h : Pansement"
    second = "Mardi 24 novembre, à 14 h 30 : Échographie"
    assert text.index(first) < text.index(second)
    assert mail.path == f"/p/{scene.family.patient.id}/agenda"
    assert mail.subject == "Un rappel de votre agenda"


def test_several_people_at_once_are_one_mail_and_tell_nothing_of_whom(scene: Scene) -> None:
    other = factories.make_patient(scene.family.session, given_name=CANARY)
    paul = scene.family.people["paul"]
    factories.make_link(scene.family.session, patient=other, user=paul, grants=("agenda:see",))
    factories.make_appointment(
        scene.family.session, patient=other, starts_at=paris("24 10:00"), title=CANARY
    )
    chosen = scene.choose()
    scene.family.save(
        due_reminders.ReminderChoice(
            patient_id=other.id,
            user_id=paul.id,
            evening_before=time(18),
            updated_at=chosen.updated_at,
        )
    )
    scene.visit("24 09:00")
    (mail,) = scene.send("23 18:00")
    assert CANARY not in mail.subject + mail.text + mail.html
    assert mail.path == "/"


def test_a_neutral_mail_says_when_and_nothing_else(scene: Scene) -> None:
    scene.choose()
    scene.visit("24 09:00")
    (mail,) = scene.send("23 18:00")
    everything = mail.subject + mail.text + mail.html
    assert CANARY not in everything
    assert "ialyse" not in everything
    assert "parce que vous l’avez choisi" in mail.text


@pytest.mark.parametrize("allows", [True, False])
def test_a_relative_reads_what_it_is_only_if_the_patient_allows_it(
    scene: Scene, allows: bool
) -> None:
    scene.choose(evening_before=time(18), is_detailed=True)
    scene.choose("jeanne", evening_before=None, allows_details=allows)
    scene.visit("24 09:00")
    (mail,) = scene.send("23 18:00")
    assert ("ialyse" in mail.text) is allows


def test_what_the_patient_takes_back_is_not_said_any_more(scene: Scene) -> None:
    scene.choose(evening_before=time(18), is_detailed=True)
    own = scene.choose("jeanne", evening_before=None, allows_details=True)
    scene.visit("24 09:00")
    scene.look("23 18:00")
    own.allows_details = False
    scene.family.save(own)
    (mail,) = scene.send()
    assert "ialyse" not in mail.text


def test_another_relative_cannot_allow_it(scene: Scene) -> None:
    scene.choose(evening_before=time(18), is_detailed=True)
    scene.choose("lea", evening_before=None, allows_details=True)
    scene.visit("24 09:00")
    (mail,) = scene.send("23 18:00")
    assert "ialyse" not in mail.text


@pytest.mark.parametrize("who", ["nobody", "another", "asked", "themself"])
def test_only_what_the_reader_accompanies(scene: Scene, who: str) -> None:
    scene.choose(evening_before=time(18), only_accompanied=True)
    name = {"another": "lea", "asked": "paul", "themself": "paul"}.get(who)
    scene.visit(
        "24 09:00",
        companion_id=scene.family.links[name].related_person_id if name else None,
        companion_confirmed=who != "asked",
    )
    assert len(scene.send("23 18:00")) == (who == "themself")


def test_what_was_due_before_it_was_chosen_is_not_sent(scene: Scene) -> None:
    scene.visit("24 09:00")
    scene.go_to("23 20:00")
    scene.choose(evening_before=time(18), minutes_before=60, updated_at=now())
    assert scene.send("23 20:01") == []
    assert len(scene.send("24 08:00")) == 1


def test_a_hidden_visit_among_others_leaves_no_trace(scene: Scene) -> None:
    scene.choose()
    scene.visit("24 09:00")
    scene.family.hide(from_="paul", visit=scene.visit("24 11:00"))
    (mail,) = scene.send("23 18:00")
    assert "Voici ce qui est prévu :" in _text(mail.text)
    assert "11 h" not in _text(mail.text)


def test_two_workers_at_the_same_moment_send_one_mail(scene: Scene, database: Database) -> None:
    scene.choose()
    scene.choose("jeanne")
    scene.visit("24 09:00")
    scene.go_to("23 18:00")
    scene.family.session.rollback()
    tasks = [Reminders(scene.keys, "Europe/Paris") for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda task: task.work(database), tasks))
    assert scene.noted() == 2
    assert sorted(scene.waiting()) == ["jeanne", "paul"]


def test_a_crash_before_the_commit_leaves_neither_the_note_nor_the_letter(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.choose()
    scene.visit("24 09:00")
    whole = queue.sealed

    def crashes(*_args: object, **_kwargs: object) -> bytes:
        raise RuntimeError("out of memory")

    monkeypatch.setattr(queue, "sealed", crashes)
    with pytest.raises(RuntimeError):
        scene.look("23 18:00")
    assert (scene.noted(), scene.waiting()) == (0, [])
    monkeypatch.setattr(queue, "sealed", whole)
    assert len(scene.send("23 18:01")) == 1


def test_a_clock_that_is_set_back_reminds_of_nothing_twice(scene: Scene) -> None:
    scene.choose()
    scene.visit("24 09:00")
    assert len(scene.send("23 18:00")) == 1
    scene.send("23 17:00")
    assert len(scene.send("23 18:00")) == 1


def test_more_than_one_mail_holds_is_in_the_next(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(references, "MOST", 2)
    scene.choose()
    for hour in range(9, 14):
        scene.visit(f"24 {hour:02d}:00")
    assert [scene.look("23 18:00"), scene.look("23 18:01"), scene.look("23 18:02")] == [2, 4, 5]


def test_a_round_goes_through_all_choices_in_pieces(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(due_reminders, "CHOICES_AT_ONCE", 2)
    for name in ("jeanne", "paul", "lea", "remy", "zoe"):
        scene.choose(name)
    scene.visit("24 09:00")
    assert scene.look("23 18:00") == 4
    assert sorted(scene.waiting()) == ["jeanne", "lea", "paul", "remy"]


def test_what_was_sent_is_forgotten_after_sixty_days(scene: Scene) -> None:
    scene.choose()
    scene.visit("24 09:00")
    scene.look("23 18:00")
    session = scene.family.session
    for after, left in ((timedelta(days=60), 1), (timedelta(days=62), 0)):
        assert reminders.is_due(session, at=NOON + after) is (left == 0)
        reminders.carry_out(session, at=NOON + after)
        session.commit()
        assert scene.noted() == left


def test_a_demo_shows_the_words_that_would_have_left(
    scene: Scene, make_worker: MakeWorker, config: Config
) -> None:
    scene.choose("jeanne", evening_before=time(18), is_detailed=True)
    scene.visit("24 09:00", title="Échographie")
    scene.look("23 18:00")
    make_worker(transport=ShownToOperator()).drain()
    (letter,) = scene.family.letters()
    kept = queue.values_of(letter, keys=scene.keys)
    content = Writer(config).content(letter.letter, kept, locale="fr")
    assert "Mardi 24 novembre, à 9 h 00 : Échographie" in map(_text, content.paragraphs)
