"""A photo joined to a message, with nothing but a form: who sees it, and how it is served."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlmodel import select

from portal import clock
from portal.access.audit import Author
from portal.blueprints.attachments import adding
from portal.messaging.files import retention
from portal.messaging.files.keeping import content_cell
from portal.messaging.sending import Written, send_message
from portal.models.audit import AccessEvent
from portal.models.messaging import (
    Attachment,
    AttachmentContent,
    AttachmentPart,
    MessageDraft,
    MessageKind,
    Thread,
)
from portal.models.rights import Grant, HiddenItem
from portal.uploads import limits
from tests import factories
from tests.attachments.conftest import Desk
from tests.uploads import files


def test_a_photo_is_joined_without_losing_what_is_typed(
    desk: Desk, key: UUID, photo: bytes
) -> None:
    paul = desk.browser(desk.circle.paul)
    written = {"key": str(key), "body": "Il se décolle encore.", "then": "attach"}
    to_files = paul.post(f"{desk.door}/{desk.thread_id}/draft", data=written)
    assert to_files.status_code == 303
    assert paul.get(to_files.location).status_code == 200

    joined = desk.join(paul, photo, key=key, thread=desk.thread_id)

    assert joined.status_code == 303, joined.text
    composer = paul.get(joined.location).text
    assert "Il se décolle encore." in composer
    assert str(key) in composer
    assert "pansement.jpg" in composer
    assert desk.send(paul, key).status_code == 303
    [kept] = desk.attachments()
    assert kept.message_id is not None
    page = desk.browser(desk.circle.nadia).get(f"{desk.door}/{desk.thread_id}").text
    assert f"/attachments/{kept.id}/thumbnail" in page
    assert 'alt="Le pansement"' in page


def test_a_photo_alone_waits_for_its_words(desk: Desk, key: UUID, photo: bytes) -> None:
    paul = desk.browser(desk.circle.paul)
    joined = desk.join(paul, photo, key=key, thread=desk.thread_id)
    # An autosave of an empty text keeps the key under which the photo is found.
    paul.post(f"{desk.door}/{desk.thread_id}/draft", data={"key": str(key), "body": ""}, htmx=True)
    assert "pansement.jpg" in paul.get(joined.location).text


def test_a_photo_is_joined_to_a_new_conversation(desk: Desk, key: UUID, photo: bytes) -> None:
    paul = desk.browser(desk.circle.paul)
    joined = desk.join(paul, photo, key=key)
    page = paul.get(joined.location).text
    assert "pansement.jpg" in page
    assert str(key) in page


def test_the_same_file_twice_is_one(desk: Desk, key: UUID, photo: bytes) -> None:
    paul = desk.browser(desk.circle.paul)
    for _ in range(2):
        assert desk.join(paul, photo, key=key, thread=desk.thread_id).status_code == 303
    assert len(desk.attachments()) == 1


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"GIF89a" + b"\0" * 90, "chat.gif", "JPEG, PNG, WebP"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 50, "photo.heic", "HEIC"),
        (files.pdf(files.with_javascript), "lettre.pdf", "programme"),
        (files.huge_png(), "carte.png", "40"),
        (b"\xff\xd8\xff" + b"\0" * (limits.MOST_BYTES - 2), "grand.jpg", "10"),
        (b"\xff\xd8\xff" + b"\0" * (limits.MOST_BYTES + 100_000), "enorme.jpg", "10"),
        (b"", "vide.jpg", "PDF"),
    ],
)
def test_a_refused_file_says_why_and_what_works(
    desk: Desk, key: UUID, content: bytes, name: str, words: str
) -> None:
    answer = desk.join(desk.browser(desk.circle.paul), content, key=key, name=name)
    assert answer.status_code == 422
    assert words in answer.text
    assert not desk.attachments()


def test_five_files_and_no_more(desk: Desk, key: UUID) -> None:
    paul = desk.browser(desk.circle.paul)
    answers = [
        desk.join(paul, files.photo(colour=(n * 40, 0, 0)), key=key).status_code for n in range(6)
    ]
    assert answers == [303] * 5 + [422]


def test_no_room_is_said(
    desk: Desk, key: UUID, photo: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.messaging.files.keeping.MOST_OF_PATIENT", 500)
    assert desk.join(desk.browser(desk.circle.paul), photo, key=key).status_code == 422
    assert not desk.attachments()


def test_tries_are_counted(
    desk: Desk, key: UUID, photo: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.blueprints.attachments.adding.MOST_A_DAY", 2)
    paul = desk.browser(desk.circle.paul)
    answers = [desk.join(paul, b"GIF89a", key=key).status_code for _ in range(2)]
    assert answers == [422, 422]
    assert desk.join(paul, photo, key=key).status_code == 422
    assert not desk.attachments()


def test_a_file_for_a_message_that_left_is_refused(desk: Desk, key: UUID, photo: bytes) -> None:
    paul = desk.browser(desk.circle.paul)
    desk.send(paul, key)
    assert desk.join(paul, photo, key=key, thread=desk.thread_id).status_code == 422
    assert not desk.attachments()


def test_who_may_not_write_joins_nothing(desk: Desk, key: UUID, photo: bytes) -> None:
    sylvie = desk.browser(desk.circle.sylvie)
    assert desk.join(sylvie, photo, key=key).status_code == 403
    haddad = desk.browser(desk.circle.haddad)
    refused = desk.join(haddad, photo, key=key, thread=desk.thread_id, answer=True)
    assert refused.status_code == 404
    assert desk.join(haddad, photo, key=key).status_code == 403
    assert not desk.attachments()


def test_a_right_that_ends_while_the_file_is_read_keeps_nothing(
    desk: Desk, key: UUID, photo: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(content: bytes) -> object:
        # The database is free meanwhile: somebody else writes.
        for one in desk.session.exec(select(Grant)).all():
            desk.session.delete(one)
        desk.session.commit()
        return checked(content)

    checked = adding.checked
    monkeypatch.setattr(adding, "checked", slowly)
    answer = desk.join(desk.browser(desk.circle.paul), photo, key=key, thread=desk.thread_id)
    assert answer.status_code in (403, 404)
    assert not desk.attachments()


def test_what_is_not_sent_is_for_its_author_alone(desk: Desk, key: UUID, photo: bytes) -> None:
    paul = desk.browser(desk.circle.paul)
    desk.join(paul, photo, key=key, thread=desk.thread_id)
    [kept] = desk.attachments()
    address = f"{desk.door}/attachments/{kept.id}"
    assert paul.get(f"{address}/file").status_code == 200
    for other in (desk.circle.jeanne, desk.circle.nadia, desk.circle.claire):
        client = desk.browser(other)
        assert client.get(f"{address}/file").status_code == 404
        assert client.get(f"{address}/thumbnail").status_code == 404
        assert client.post(f"{address}/remove?key={key}").status_code == 404


def test_what_was_sent_is_for_those_who_read_the_conversation(
    desk: Desk, key: UUID, photo: bytes
) -> None:
    jeanne, circle = desk.browser(desk.circle.jeanne), desk.circle
    desk.join(jeanne, photo, key=key, thread=desk.thread_id)
    desk.send(jeanne, key)
    [kept] = desk.attachments()
    address = f"{desk.door}/attachments/{kept.id}/file"
    answers = {
        name: desk.browser(getattr(circle, name)).get(address).status_code
        for name in ("paul", "nadia", "haddad", "sylvie")
    }
    assert answers == {"paul": 200, "nadia": 200, "haddad": 404, "sylvie": 403}
    other = factories.make_patient(desk.session, given_name="Ida", family_name="Roux")
    factories.make_link(desk.session, user=circle.jeanne.user, patient=other, relationship="MTH")
    desk.session.commit()
    assert jeanne.get(f"/p/{other.id}/messages/attachments/{kept.id}/file").status_code in (
        403,
        404,
    )

    desk.session.add(
        HiddenItem(
            patient_id=circle.patient.id,
            category="messages",
            item_id=desk.thread_id,
            created_at=clock.now(),
            created_by=circle.jeanne.id,
        )
    )
    desk.session.commit()
    assert desk.browser(circle.paul).get(address).status_code == 404


def test_the_file_of_a_note_is_not_for_the_family(desk: Desk, key: UUID, photo: bytes) -> None:
    circle = desk.circle
    nadia = desk.browser(circle.nadia)
    joined = desk.join(nadia, photo, key=key, thread=desk.thread_id, answer=True, kind="note")
    assert joined.status_code == 303, joined.text
    thread = desk.session.get(Thread, (circle.patient.id, desk.thread_id))
    assert thread is not None
    send_message(
        desk.session,
        thread,
        Written(body="À voir ensemble.", key=key, kind=MessageKind.NOTE),
        by=Author(circle.nadia.id, "care_team"),
        is_family=False,
        keys=desk.keys,
        at=clock.now(),
    )
    desk.session.commit()
    [kept] = desk.attachments()
    address = f"{desk.door}/attachments/{kept.id}/file"
    assert nadia.get(address).status_code == 200
    for one in (circle.jeanne, circle.paul):
        assert desk.browser(one).get(address).status_code == 404


def test_a_file_is_served_so_that_nothing_in_it_runs(desk: Desk, key: UUID, photo: bytes) -> None:
    paul = desk.browser(desk.circle.paul)
    name = "../../photos/é:té\u202egpj.exe"
    desk.join(paul, photo, key=key, name=name, thread=desk.thread_id)
    [kept] = desk.attachments()

    answer = paul.get(f"{desk.door}/attachments/{kept.id}/file")

    headers = answer.headers
    assert headers["Content-Type"] == "image/jpeg"
    assert headers["Content-Disposition"].startswith("attachment;")
    assert "filename*=UTF-8''%C3%A9t%C3%A9" in headers["Content-Disposition"]
    assert headers["Content-Disposition"].endswith("gpj.jpg")
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "no-store" in headers["Cache-Control"]
    small = paul.get(f"{desk.door}/attachments/{kept.id}/thumbnail")
    assert small.headers["Content-Type"] == "image/jpeg"
    assert "Content-Disposition" not in small.headers


def test_what_is_kept_is_sealed_and_opens_in_its_own_row_only(
    desk: Desk, key: UUID, photo: bytes
) -> None:
    desk.join(desk.browser(desk.circle.paul), photo, key=key, thread=desk.thread_id)
    [kept] = desk.attachments()
    assert b"pansement" not in kept.name_sealed
    rows = {one.part: one for one in desk.session.exec(select(AttachmentContent)).all()}
    file = rows[AttachmentPart.FILE]
    assert b"JFIF" not in file.content_sealed
    own = content_cell(kept.id, AttachmentPart.FILE)
    assert desk.keys.open(file.content_sealed, own).startswith(b"\xff\xd8\xff")
    for other in (
        content_cell(uuid4(), AttachmentPart.FILE),
        content_cell(kept.id, AttachmentPart.THUMBNAIL),
    ):
        with pytest.raises(ValueError, match="does not open"):
            desk.keys.open(file.content_sealed, other)


def test_a_joined_file_can_be_taken_away_until_it_is_sent(
    desk: Desk, key: UUID, photo: bytes
) -> None:
    paul = desk.browser(desk.circle.paul)
    desk.join(paul, photo, key=key, thread=desk.thread_id)
    [kept] = desk.attachments()
    address = f"{desk.door}/attachments/{kept.id}/remove?key={key}&thread={desk.thread_id}"
    assert paul.post(address).status_code == 303
    assert not desk.attachments()
    assert not desk.session.exec(select(AttachmentContent)).all()
    desk.join(paul, photo, key=key, thread=desk.thread_id)
    desk.send(paul, key)
    [kept] = desk.attachments()
    gone = f"{desk.door}/attachments/{kept.id}/remove?key={key}"
    assert paul.post(gone).status_code == 404


def test_what_somebody_joins_for_another_leaves_a_line(desk: Desk, key: UUID, photo: bytes) -> None:
    paul = desk.browser(desk.circle.paul)
    before = len(desk.session.exec(select(AccessEvent)).all())
    desk.join(paul, photo, key=key, thread=desk.thread_id)
    desk.attachments()
    assert len(desk.session.exec(select(AccessEvent)).all()) == before + 1


def test_what_is_never_sent_is_forgotten(desk: Desk, key: UUID, photo: bytes) -> None:
    session, at = desk.session, clock.now()
    desk.join(desk.browser(desk.circle.paul), photo, key=key, thread=desk.thread_id)
    [kept] = desk.attachments()
    assert not retention.is_due(session, at=at + timedelta(hours=25)), "its draft is still there"
    session.delete(session.exec(select(MessageDraft)).one())
    session.flush()
    assert not retention.is_due(session, at=at + timedelta(hours=23))
    assert retention.is_due(session, at=at + timedelta(hours=25))
    retention.carry_out(session, at=at + timedelta(hours=25))
    assert not session.exec(select(Attachment.id)).all()
    assert not session.exec(select(AttachmentContent.part)).all()
    assert kept.message_id is None


def test_a_draft_is_forgotten_after_a_month_and_its_files_with_it(
    desk: Desk, key: UUID, photo: bytes
) -> None:
    session, at = desk.session, clock.now()
    desk.join(desk.browser(desk.circle.paul), photo, key=key, thread=desk.thread_id)
    desk.attachments()
    later = at + timedelta(days=31)
    assert retention.is_due(session, at=later)
    retention.carry_out(session, at=later)
    assert not session.exec(select(MessageDraft.id)).all()
    assert not session.exec(select(Attachment.id)).all()
    assert not retention.is_due(session, at=later)
