"""`python -m portal export-fhir`: a file for other software, which comes back unchanged."""

import json
import stat
from pathlib import Path
from uuid import uuid4

from sqlmodel import Session

from tests import factories


def _patient(session: Session) -> str:
    patient = factories.make_patient(session, ins="248033500123473")
    nurse = factories.make_practitioner(session)
    factories.make_member(session, patient=patient, practitioner_id=nurse.id)
    return str(patient.id)


def test_the_circle_is_printed_and_comes_back_unchanged(
    run, session: Session, tmp_path: Path
) -> None:
    done = run("export-fhir", _patient(session))
    assert done.exit_code == 0, done.output
    bundle = json.loads(done.stdout)
    assert (bundle["type"], len(bundle["entry"])) == ("transaction", 3)
    assert "248033500123473" in done.stdout
    file = tmp_path / "circle.json"
    file.write_text(done.stdout)
    again = run("import-fhir", file)
    assert again.stdout.splitlines()[-1] == "0 created, 0 updated, 3 unchanged, 0 left out"


def test_a_new_file_is_for_its_owner_alone(run, session: Session, tmp_path: Path) -> None:
    file, patient_id = tmp_path / "circle.json", _patient(session)
    arguments = ("export-fhir", patient_id, "--profile", "hl7", "--output", file)
    done = run(*arguments)
    assert done.stdout == f"3 resources: {file}\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_text())["type"] == "collection"
    again = run(*arguments)
    assert again.exit_code == 1
    assert "is there already" in again.stderr


def test_what_cannot_be_done_is_said_in_one_line(run, session: Session, tmp_path: Path) -> None:
    nobody = run("export-fhir", uuid4())
    nowhere = run("export-fhir", _patient(session), "--output", tmp_path / "no" / "circle.json")
    assert "there is no patient" in nobody.stderr
    assert "cannot be written" in nowhere.stderr
    for done in (nobody, nowhere):
        assert done.exit_code == 1
        assert len(done.stderr.strip().splitlines()) == 1
