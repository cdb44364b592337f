"""`python -m portal import-fhir`: one line when refused, nothing half-written, ids printed."""

import json
from pathlib import Path

from sqlmodel import Session, select

from portal.models.care import Patient
from portal.models.interop import FhirResource

PATIENT = {
    "resourceType": "Patient",
    "id": "anne",
    "name": [{"family": "Kermarec", "given": ["Anne"]}],
}


def _written(folder: Path, resource: object) -> Path:
    file = folder / "file.json"
    file.write_text(json.dumps(resource))
    return file


def test_a_file_is_taken_and_its_ids_are_printed(run, session: Session, tmp_path: Path) -> None:
    done = run("import-fhir", _written(tmp_path, PATIENT))
    assert done.exit_code == 0, done.output
    patient = session.exec(select(Patient)).one()
    assert f"patient      {patient.id}  Anne Kermarec" in done.stdout
    assert done.stdout.splitlines()[-1] == "1 created, 0 updated, 0 unchanged, 0 left out"


def test_a_second_run_reports_all_unchanged(run, session: Session, tmp_path: Path) -> None:
    file = _written(tmp_path, PATIENT)
    run("import-fhir", file)
    done = run("import-fhir", file)
    assert done.stdout.splitlines()[-1] == "0 created, 0 updated, 1 unchanged, 0 left out"


def test_a_broken_file_is_refused_in_one_line(run, session: Session, tmp_path: Path) -> None:
    file = tmp_path / "broken.json"
    file.write_text('{"resourceType": "Patient", "name": [')
    good = _written(tmp_path, PATIENT)
    done = run("import-fhir", good, file)
    assert done.exit_code == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert "broken.json" in done.stderr
    assert "Traceback" not in done.output
    assert session.exec(select(Patient)).all() == []
    assert session.exec(select(FhirResource)).all() == []


def test_a_missing_file_is_said(run, tmp_path: Path) -> None:
    done = run("import-fhir", tmp_path / "nowhere.json")
    assert done.exit_code == 1
    assert "nowhere.json: there is no such file or folder" in done.stderr
