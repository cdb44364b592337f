"""Whose absences these are, whom they touch, and what they cost."""

import threading

import pytest
from flask import Flask

from portal.blueprints.absences import service
from portal.blueprints.absences.service import Wanted
from portal.clock import now
from portal.db import Database, begin_writing
from portal.errors import AbsenceRefusedError
from portal.models.care import Patient
from portal.models.directory import PractitionerRole
from portal.models.need import Need
from tests import factories
from tests.absences.away import NEW, PAGE, Away, in_days
from tests.pages import PageClient
from tests.statements import counted

MOST = 5


def _plain(text: str) -> str:
    return text.replace("\xa0", " ").replace("\u202f", " ")


def _patient(away: Away, *, with_julie: bool = False) -> Patient:
    patient = factories.make_patient(away.session)
    factories.make_member(away.session, patient=patient, practitioner_id=away.nadia.id)
    if with_julie:
        factories.make_member(away.session, patient=patient, practitioner_id=away.julie.id)
    return patient


@pytest.mark.parametrize("act", ["", "/delete", "/back", "/again"])
def test_the_absence_of_another_is_not_there(away: Away, act: str) -> None:
    theirs = away.absence(-3, 9, practitioner_id=away.julie.id)
    reader = away.enter()
    data = away.form(last=4) | {"last": in_days(5).isoformat()}
    assert reader.post(f"{PAGE}/{theirs.id}{act}", data=data).status_code == 404
    assert str(theirs.id) not in reader.get(PAGE).text
    if act in ("", "/delete"):
        assert reader.get(f"{PAGE}/{theirs.id}{act}").status_code == 404


def test_a_coordinator_notes_an_absence_for_who_works_there(away: Away) -> None:
    place = factories.make_organization(away.session)
    away.works_at(place)
    base = f"{PAGE}/of/{away.nadia.id}"
    reader = away.enter(away.coordinator(place))
    assert "Absences : Nadia Belkacem" in _plain(reader.get(base).text)
    assert reader.post(f"{base}/new", data=away.form()).location == f"{base}?done=added"
    assert away.stored() == [(in_days(3), in_days(9))]
    text = away.enter().get(PAGE).text
    assert "Noté par" in text
    assert "Claire" in text


def test_a_coordinator_corrects_and_deletes_it_too(away: Away) -> None:
    place = factories.make_organization(away.session)
    away.works_at(place)
    running, coming = away.absence(-3, 2), away.absence(5, 9)
    base = f"{PAGE}/of/{away.nadia.id}"
    reader = away.enter(away.coordinator(place))
    for path in (f"{base}/{coming.id}", f"{base}/{coming.id}/delete"):
        assert reader.get(path).status_code == 200
    assert reader.post(f"{base}/{coming.id}/delete").location == f"{base}?done=deleted"
    assert reader.post(f"{base}/{running.id}/back").status_code == 303
    assert away.stored() == [(in_days(-3), in_days(-1))]
    data = {"last": in_days(2).isoformat()}
    assert reader.post(f"{base}/{running.id}/again", data=data).status_code == 303
    data = away.form(-3, 4, version=service.version_of(in_days(-3), in_days(2), None, ""))
    assert reader.post(f"{base}/{running.id}", data=data).status_code == 303
    assert away.stored() == [(in_days(-3), in_days(4))]


def test_who_also_has_patients_elsewhere_notes_it_themself(away: Away) -> None:
    place = factories.make_organization(away.session)
    away.works_at(place)
    _patient(away)
    base = f"{PAGE}/of/{away.nadia.id}"
    reader = away.enter(away.coordinator(place))
    assert reader.get(base).status_code == 404
    assert reader.post(f"{base}/new", data=away.form()).status_code == 404
    assert away.stored() == []
    assert (
        f"/of/{away.nadia.id}" not in reader.get(f"/directory/professionals/{away.nadia.id}").text
    )


def test_who_works_elsewhere_is_not_theirs(away: Away) -> None:
    mine, other = (factories.make_organization(away.session, name=name) for name in "AB")
    away.works_at(other)
    row = away.absence(3, 9)
    reader = away.enter(away.coordinator(mine))
    base = f"{PAGE}/of/{away.nadia.id}"
    for path in ("", "/new", f"/{row.id}", f"/{row.id}/delete"):
        assert reader.get(base + path).status_code == 404
    for path in ("/new", f"/{row.id}", f"/{row.id}/delete", f"/{row.id}/back"):
        assert reader.post(base + path, data=away.form(20, 25)).status_code == 404
    assert away.stored() == [(in_days(3), in_days(9))]


def test_who_left_the_organization_is_not_theirs_any_more(away: Away) -> None:
    place = factories.make_organization(away.session)
    away.session.add(
        PractitionerRole(
            practitioner_id=away.nadia.id, organization_id=place.id, period_end=in_days(-5)
        )
    )
    reader = away.enter(away.coordinator(place))
    assert reader.get(f"{PAGE}/of/{away.nadia.id}").status_code == 404


def test_a_colleague_is_not_a_coordinator(away: Away) -> None:
    place = factories.make_organization(away.session)
    away.works_at(place)
    away.works_at(place, away.julie)
    assert away.enter().get(f"{PAGE}/of/{away.julie.id}").status_code == 403


def test_a_coordinator_who_is_in_no_directory_has_no_absences(away: Away) -> None:
    place = factories.make_organization(away.session)
    assert away.enter(away.coordinator(place)).get(PAGE).status_code == 403


def test_the_form_says_who_reads_it_before_it_is_saved(away: Away) -> None:
    for _ in range(3):
        _patient(away)
    gone = _patient(away)
    gone.is_deceased = True
    left = factories.make_patient(away.session)
    factories.make_member(
        away.session, patient=left, practitioner_id=away.nadia.id, period_end=now()
    )
    away.session.flush()
    text = _plain(away.enter().get(NEW).text)
    assert "3 personnes verront cette absence." in text
    assert "ne voit rien d’un dossier" in text


def test_the_form_says_what_nobody_would_answer_for(away: Away) -> None:
    patient = factories.make_patient(away.session)
    mine, hers, left = (
        factories.make_member(away.session, patient=patient, practitioner_id=who.id, **end)
        for who, end in (
            (away.nadia, {}),
            (away.julie, {}),
            (factories.make_practitioner(away.session), {"period_end": now()}),
        )
    )
    for owner, deputy, ended in (
        (mine, None, None),
        (mine, left, None),
        (mine, hers, None),
        (hers, None, None),
        (mine, None, now()),
    ):
        away.session.add(
            Need(
                patient_id=patient.id,
                code="meals",
                owner_id=owner.id,
                deputy_id=deputy.id if deputy else None,
                ended_at=ended,
            )
        )
    away.session.flush()
    assert "2 besoins n’ont pas de suppléant" in _plain(away.enter().get(NEW).text)


def test_a_search_finds_colleagues_and_keeps_what_was_typed(away: Away) -> None:
    doctor = factories.make_practitioner(
        away.session, given_name="Anne", family_name="Le Bihan", profession="medecin"
    )
    stranger = factories.make_practitioner(away.session, family_name="Kerdoncuff")
    text = away.enter().get(f"{NEW}?first_day=24/12/2026&asked=bihan&note=Les+clés").text
    assert text.index(str(away.julie.id)) < text.index(str(doctor.id))
    assert str(stranger.id) not in text
    assert "24/12/2026" in text
    assert "Les clés" in text


def test_a_search_leaves_the_choice_open(away: Away) -> None:
    reader = away.enter()
    assert 'value="none" checked' in reader.get(NEW).text
    assert " checked" not in reader.get(f"{NEW}?asked=bihan&replacement=none").text
    chosen = reader.get(f"{NEW}?asked=zz&replacement={away.julie.id}").text
    assert f'value="{away.julie.id}" checked' in chosen


def test_a_search_finds_a_number_but_never_oneself(away: Away) -> None:
    away.julie.rpps = "10001234567"
    away.session.flush()
    reader = away.enter()
    assert str(away.julie.id) in reader.get(f"{NEW}?asked=10001234567").text
    assert str(away.nadia.id) not in reader.get(f"{NEW}?asked=belkacem").text
    assert "Personne de ce nom" in reader.get(f"{NEW}?asked=belkacem").text
    assert 'name="replacement" value="none"' in reader.get(f"{NEW}?asked=%25").text
    assert str(away.julie.id) not in reader.get(f"{NEW}?asked=%25").text


def test_a_search_says_how_many_files_the_replacement_sees(away: Away) -> None:
    for with_julie in (True, True, False):
        _patient(away, with_julie=with_julie)
    outside = _patient(away)
    factories.make_member(
        away.session, patient=outside, practitioner_id=away.julie.id, is_outside_care_team=True
    )
    elsewhere = factories.make_patient(away.session)
    factories.make_member(away.session, patient=elsewhere, practitioner_id=away.julie.id)
    text = _plain(away.enter().get(f"{NEW}?asked=bihan").text)
    assert "Dans le cercle de 2 patients sur 4." in text
    assert "Ne voit rien de 2 autres dossiers" in text


def test_a_long_list_of_names_is_cut_and_says_so(away: Away) -> None:
    for _ in range(12):
        factories.make_practitioner(away.session, family_name="Le Bihan")
    text = away.enter().get(f"{NEW}?asked=bihan").text
    assert text.count('name="replacement"') == 9
    assert "Il y en a d’autres" in _plain(text)


def test_pages_cost_the_same_for_one_patient_as_for_forty(app: Flask, away: Away) -> None:
    paths = [PAGE, NEW, f"{NEW}?asked=bihan"]
    row = away.absence(3, 9, replacement_id=away.julie.id)
    paths += [f"{PAGE}/{row.id}?asked=bihan", f"{PAGE}/{row.id}/delete"]
    counts = []
    for patients in (1, 39):
        for _ in range(patients):
            _patient(away, with_julie=True)
        reader = PageClient(app)
        reader.enter(away.session, away.user)
        for path in paths:
            with counted(app) as statements:
                assert reader.get(path).status_code == 200
            counts.append(len(statements))
    half = len(paths)
    assert counts[:half] == counts[half:]
    assert max(counts) <= MOST


def test_two_who_note_the_same_days_at_once_leave_one_absence(
    away: Away, database: Database
) -> None:
    """Both begin before either has written: the second waits, then finds the days taken."""
    away.session.commit()
    nurse_id, user_id = away.nadia.id, away.user.id
    together = threading.Barrier(2)
    said: list[str] = []

    def note(last: int) -> None:
        together.wait()
        with database.session() as session:
            begin_writing(session)
            wanted = Wanted(in_days(3), in_days(last), None, "")
            try:
                service.add(session, practitioner_id=nurse_id, wanted=wanted, by=user_id, at=now())
                session.commit()
                said.append("noted")
            except AbsenceRefusedError as refused:
                said.append(refused.reason)

    threads = [threading.Thread(target=note, args=(last,)) for last in (5, 6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=30)
    assert sorted(said) == ["noted", "overlaps"]
    assert len(away.stored()) == 1
