"""Which files are read, and the sentence with which a file is refused whole."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from portal.errors import ImportRefusedError
from portal.fhir import ImportReport, Outcome
from tests.fhir.conftest import Import
from tests.fhir.files import bundle, patient, practitioner

Said = Callable[[ImportReport], list[str]]
JEANNE = json.dumps(patient())


def test_a_missing_path_is_refused(take: Import, tmp_path: Path) -> None:
    refusal = take.refusal(tmp_path / "nowhere.json")
    assert str(refusal) == f"{tmp_path / 'nowhere.json'}: there is no such file or folder"


def test_a_folder_is_read_with_the_folders_inside_it(take: Import, tmp_path: Path) -> None:
    inner = tmp_path / "in" / "deeper"
    inner.mkdir(parents=True)
    (tmp_path / "in" / "b.json").write_text(JEANNE)
    (inner / "a.JSON").write_text(json.dumps(practitioner()))
    (inner / "notes.txt").write_text("no JSON at all")
    report = take.paths(tmp_path / "in")
    assert [entry.label for entry in report.entries] == ["Patient/jeanne", "Practitioner/leroy"]


def test_a_folder_without_json_is_refused(take: Import, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "there is no .json file in this folder" in str(take.refusal(tmp_path / "empty"))


def test_a_file_that_is_named_twice_is_read_once(take: Import, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    file = tmp_path / "in" / "a.json"
    file.write_text(JEANNE)
    assert take.paths(file, tmp_path / "in", file).counts()[Outcome.CREATED] == 1


def test_a_file_that_is_too_big_is_refused_with_both_sizes(take: Import, tmp_path: Path) -> None:
    file = tmp_path / "big.json"
    with file.open("wb") as stream:
        stream.truncate(50_000_000)
    assert take.refusal(file).reason == "it has 50.0 MB and the limit is 20 MB"


def test_what_is_no_regular_file_is_refused(take: Import) -> None:
    assert take.refusal(Path("/dev/zero")).reason == "it is not a regular file"


def test_a_truncated_file_is_refused_with_line_and_column(take: Import) -> None:
    text = json.dumps(patient(), indent=1)
    for length in range(1, len(text), 7):
        reason = take.refusal(text[:length]).reason
        assert "line" in reason
        assert "column" in reason
    reason = take.refusal(text[: text.index('"birthDate"')]).reason
    assert reason == "the JSON breaks off at line 13, column 2: the file seems to be truncated"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is empty"),
        ("{'a': 1}", "it is not JSON: expecting property name enclosed in double quotes"),
        ("[1, 2]", "it is no FHIR resource: the JSON is not an object"),
        ('{"name": "x"}', 'it is no FHIR resource: "resourceType" is missing'),
        ('{"resourceType": ["Patient"]}', 'it is no FHIR resource: "resourceType" is missing'),
        ("[" * 100_000, "the JSON is nested more than 64 levels deep"),
        ('{"resourceType": "Patient", "n": ' + "9" * 5000 + "}", "a number of thousands of digits"),
    ],
)
def test_what_is_no_fhir_json_is_refused_with_the_reason(
    take: Import, text: str, reason: str
) -> None:
    assert reason in take.refusal(text).reason


@pytest.mark.parametrize(
    ("text", "path", "reason"),
    [
        ('"id": "a", "id": "b"', "Patient", 'the key "id" stands twice in this object'),
        ('"name": [{"family": NaN}]', "Patient.name[0].family", "NaN is no JSON number"),
        ('"gender": "\\u0000"', "Patient.gender", "a NUL character stands in the text"),
        ('"gender": "\\ud800"', "Patient.gender", "half a character (a lone surrogate)"),
        ('"x": ' + "[" * 70 + "]" * 70, "Patient.x" + "[0]" * 63, "nested more than 64 levels"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused_with_its_path(
    take: Import, text: str, path: str, reason: str
) -> None:
    refusal = take.refusal(f'{{"resourceType": "Patient", {text}}}')
    assert refusal.path == path
    assert reason in refusal.reason


def test_other_encodings_than_utf_8_are_refused(take: Import, tmp_path: Path) -> None:
    file = tmp_path / "latin.json"
    file.write_bytes('{"resourceType": "Patient", "id": "é"}'.encode("latin-1"))
    assert take.refusal(file).reason == "it is not UTF-8 text: byte 36 is 0xe9"
    file.write_text(JEANNE, encoding="utf-16")
    assert "it is not UTF-8 text: byte 1 is" in take.refusal(file).reason


def test_a_byte_order_mark_is_no_obstacle(take: Import, tmp_path: Path) -> None:
    file = tmp_path / "windows.json"
    file.write_text(JEANNE, encoding="utf-8-sig")
    assert take(file).counts()[Outcome.CREATED] == 1


def test_types_that_are_not_read_are_left_out(take: Import, said: Said) -> None:
    report = take({"resourceType": "CarePlan", "id": "plan"}, patient())
    assert said(report) == ["CarePlan/plan: Relais does not read CarePlan yet"]
    assert report.counts()[Outcome.CREATED] == 1


def test_one_broken_file_refuses_all_files_of_the_command(take: Import) -> None:
    refusal = take.refusal(patient(), bundle(practitioner()), '{"resourceType": "Patient"')
    assert refusal.file.endswith("-2.json")


def test_a_bundle_of_another_type_is_left_out_whole(take: Import, said: Said) -> None:
    report = take(bundle(patient(), type="history"))
    assert "a Bundle of type history is not read" in said(report)[0]
    assert report.counts()[Outcome.CREATED] == 0


@pytest.mark.parametrize("kind", ["transaction", "batch", "collection", "searchset"])
def test_four_types_of_bundle_are_read(take: Import, kind: str) -> None:
    assert take(bundle(patient(), type=kind)).counts()[Outcome.CREATED] == 1


def test_entries_that_ask_for_something_else_are_left_out(take: Import, said: Said) -> None:
    document = bundle(patient(), practitioner(), patient("x"), type="transaction")
    for entry, method in zip(document["entry"], ("PUT", "DELETE", "GET"), strict=True):
        entry["request"] = {"method": method, "url": "Patient/x"}
    document["entry"].append({"fullUrl": "urn:uuid:a"})
    report = take(document)
    assert report.counts()[Outcome.CREATED] == 1
    assert said(report) == [
        "Bundle.entry[1]: an import takes POST and PUT only, DELETE is asked for here",
        "Bundle.entry[2]: an import takes POST and PUT only, GET is asked for here",
        "Bundle.entry[3]: the entry holds no resource",
    ]


def test_an_empty_bundle_creates_nothing(take: Import) -> None:
    assert take(bundle()).entries == []


def test_a_full_url_that_stands_twice_is_refused(take: Import) -> None:
    document = bundle(patient(), patient("other"), base="http://a.example/fhir")
    document["entry"][1]["fullUrl"] = document["entry"][0]["fullUrl"]
    refusal = take.refusal(document)
    assert refusal.path == "Bundle.entry[1].fullUrl"


def test_an_unreadable_file_is_refused(take: Import, tmp_path: Path) -> None:
    loop = tmp_path / "loop.json"
    loop.symlink_to(loop)
    with pytest.raises(ImportRefusedError, match=r"loop\.json"):
        take.paths(loop)
