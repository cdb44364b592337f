"""Static files: built whole, named by their content, served compressed and for ever."""

import gzip
import os
import posixpath
import re
import shutil
import subprocess
import sys
from pathlib import Path

import brotli  # type: ignore[import-untyped]  # publishes no types
import pytest
from werkzeug import Request, Response
from werkzeug.test import Client, TestResponse

import portal
from portal.web.assets import BUNDLES, PREFIX, Assets, build, serve

SOURCE = Path(portal.__file__).parent / "static"
ALL = ("css/app.css", "js/app.js", "js/relais.js", "icons/sprite.svg", "css/legible-font.css")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A copy of the real files, which the test may change."""
    return Path(shutil.copytree(SOURCE, tmp_path / "source"))


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "instance" / "static"


@pytest.fixture
def assets(source: Path, target: Path) -> Assets:
    return Assets.load(source, target)


@Request.application
def _portal(request: Request) -> Response:
    return Response(f"the portal was asked for {request.path}", 404)


def _get(assets: Assets, path: str, **headers: str) -> TestResponse:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Client(serve(_portal, assets)).get(path, headers=names, buffered=True)


def _files(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def _written(folder: Path) -> dict[str, tuple[int, int]]:
    """The identity of each file: another one after a second writing."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): (path.stat().st_ino, path.stat().st_mtime_ns) for path in files}


def test_two_builds_of_the_same_sources_are_the_same_bytes(source: Path, tmp_path: Path) -> None:
    build(source, tmp_path / "one")
    build(Path(shutil.copytree(source, tmp_path / "elsewhere")), tmp_path / "two")

    assert _files(tmp_path / "one") == _files(tmp_path / "two")


def test_building_or_loading_again_writes_nothing(source: Path, target: Path) -> None:
    first = Assets.load(source, target)
    before = _written(target)
    again = Assets.load(source, target)
    build(source, target)

    assert _written(target) == before
    assert [again.url(name) for name in again] == [first.url(name) for name in first]


def test_a_changed_source_has_a_new_name_and_the_old_one_is_not_served(
    source: Path, target: Path, assets: Assets
) -> None:
    part = source / "css" / "app" / "print.css"
    part.write_text(part.read_text() + "\n@layer print { .changed { color: red; } }\n")
    changed = Assets.load(source, target)

    assert changed.url("css/app.css") != assets.url("css/app.css")
    assert changed.url("js/app.js") == assets.url("js/app.js")
    assert _get(changed, changed.url("css/app.css")).status_code == 200
    assert _get(changed, assets.url("css/app.css")).status_code == 404


def test_workers_of_the_version_before_still_find_their_files(
    source: Path, target: Path, assets: Assets
) -> None:
    (source / "js" / "relais.js").write_text("'use strict';")
    Assets.load(source, target)

    assert _get(assets, assets.url("js/relais.js")).status_code == 200


def test_only_the_last_versions_are_kept(source: Path, target: Path) -> None:
    for number in range(5):
        (source / "js" / "relais.js").write_text(f"const version = {number};")
        last = Assets.load(source, target)

    assert len(list(target.iterdir())) == 3
    assert last.text("js/relais.js") == "const version = 4;"


def test_processes_that_start_together_agree(source: Path, target: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from portal.web.assets import Assets;"
        "print(Assets.load(Path(sys.argv[1]), Path(sys.argv[2])).url('css/app.css'))"
    )
    command = [sys.executable, "-c", code, str(source), str(target)]
    root = SOURCE.parents[1]
    started = [
        subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    answers = [process.communicate(timeout=60)[0].strip() for process in started]

    assert [process.returncode for process in started] == [0] * 4
    assert set(answers) == {Assets.load(source, target).url("css/app.css")}
    assert len(list(target.iterdir())) == 1


@pytest.mark.parametrize("victim", ["manifest.json", "app.*.css.br", "app.*.js"])
def test_a_build_damaged_by_a_power_cut_is_made_again(
    source: Path, target: Path, assets: Assets, victim: str
) -> None:
    before = _files(target)
    next(target.rglob(victim)).write_bytes(b"")
    Assets.load(source, target)

    assert _files(target) == before


@pytest.mark.parametrize("name", ALL)
def test_bodies_are_the_same_in_every_encoding(assets: Assets, name: str) -> None:
    plain = _get(assets, assets.url(name))
    br = _get(assets, assets.url(name), Accept_Encoding="gzip, deflate, br")
    gz = _get(assets, assets.url(name), Accept_Encoding="gzip")

    assert plain.data == assets.path(name).read_bytes()
    assert "Content-Encoding" not in plain.headers
    assert (br.headers["Content-Encoding"], gz.headers["Content-Encoding"]) == ("br", "gzip")
    assert brotli.decompress(br.data) == gzip.decompress(gz.data) == plain.data
    assert br.headers["Vary"] == "Accept-Encoding"
    assert len(br.data) < len(gz.data) < len(plain.data)


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("css/app.css", 'text/css; charset="utf-8"'),
        ("js/app.js", 'text/javascript; charset="utf-8"'),
        ("icons/sprite.svg", "image/svg+xml; charset=utf-8"),
        ("fonts/atkinson-next-400.woff2", "font/woff2"),
    ],
)
def test_files_are_kept_for_a_year_and_are_what_they_say(
    assets: Assets, name: str, media_type: str
) -> None:
    headers = _get(assets, assets.url(name)).headers

    assert headers["Content-Type"] == media_type
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in headers


def test_a_browser_that_has_the_file_gets_no_body_from_any_machine(
    source: Path, assets: Assets, tmp_path: Path
) -> None:
    other = Assets.load(source, tmp_path / "another machine")
    os.utime(other.path("js/app.js"), (0, 86_400))
    first = _get(assets, assets.url("js/app.js"))
    again = _get(other, other.url("js/app.js"), If_None_Match=first.headers["ETag"])

    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    "path",
    ["css/app.css", "js/app.js", "manifest.json", "../keys.json", "css/app.00000000.css", ""],
)
def test_any_other_name_is_left_to_the_portal(assets: Assets, path: str) -> None:
    response = _get(assets, PREFIX + path)

    assert response.status_code == 404
    assert response.text.startswith("the portal was asked for")


def test_an_unknown_name_says_what_is_wrong(assets: Assets) -> None:
    with pytest.raises(KeyError, match=r"css/missing\.css.*portal/static/"):
        assets.url("css/missing.css")


def test_every_url_in_the_styles_is_served(assets: Assets) -> None:
    urls = [
        (name, match[1])
        for name in assets
        if name.endswith(".css")
        for match in re.finditer(r'url\("([^"]+)"\)', assets.text(name))
    ]

    assert len(urls) >= 2
    for name, url in urls:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(assets.url(name)), url))
        assert _get(assets, path).status_code == 200, (name, url)


def test_a_style_that_names_a_missing_file_stops_the_build(source: Path, target: Path) -> None:
    (source / "css" / "more.css").write_text("a { background: url(../img/none.png); }")

    with pytest.raises(ValueError, match=r"css/more\.css: url\(\.\./img/none\.png\)"):
        build(source, target)
    assert not [path for path in target.rglob("*") if path.is_file()]


def test_small_styles_mean_the_same(source: Path, target: Path) -> None:
    (source / "css" / "more.css").write_text("""
        /* a comment; { with } marks */
        .a :hover , .b:not( .c ) > p { content: "✓" / "" ; width: calc( 1rem + 2px - (3px) ); }
        @media (min-width: 60em) and (color) { .d { quotes: "/* kept */  ;}" ' , ' ; } }
        [dir="rtl"] .e{margin:0 auto!important;--x: 1px  2px}
    """)

    assert Assets.load(source, target).text("css/more.css") == (
        '.a :hover,.b:not(.c) > p{content:"✓" / "";width:calc(1rem + 2px - (3px))}'
        "@media (min-width:60em) and (color){.d{quotes:\"/* kept */  ;}\" ' , '}}"
        '[dir="rtl"] .e{margin:0 auto!important;--x:1px 2px}'
    )


def test_the_bundles_hold_all_their_parts(assets: Assets) -> None:
    parts = {path.relative_to(SOURCE).as_posix() for path in (SOURCE / "css" / "app").iterdir()}

    assert set(BUNDLES["css/app.css"]) == parts
    for bundle, names in BUNDLES.items():
        assert assets.text(bundle) == "\n".join(assets.text(name) for name in names)
    assert assets.text("css/app.css").startswith("@layer reset,tokens,")


def test_scripts_with_a_template_literal_are_left_as_they_are(source: Path, target: Path) -> None:
    script = "const text = `\n  // not a comment\n`;\n"
    (source / "js" / "more.js").write_text(script)

    assert Assets.load(source, target).text("js/more.js") == script


def test_our_scripts_store_nothing_and_build_no_markup() -> None:
    for name in ("relais.js", "session.js"):
        script = (SOURCE / "js" / name).read_text()
        assert not re.search(r"(local|session)Storage|indexedDB|document\.cookie|caches\b", script)
        assert not re.search(r"innerHTML|insertAdjacentHTML|document\.write|\beval\b", script)


def test_the_script_of_messages_builds_no_markup_stores_only_what_is_sealed_and_is_small(
    assets: Assets,
) -> None:
    script = (SOURCE / "js" / "messages.js").read_text()

    assert not re.search(r"innerHTML|insertAdjacentHTML|document\.write|\beval\b", script)
    # Whether the list of shortcuts is open in this tab, and nothing else.
    stored = re.findall(r"(?:local|session)Storage\.(\w+)\('(\w+)'", script)
    assert stored == [("getItem", "shortcuts"), ("setItem", "shortcuts")]
    assert len(re.findall(r"(?:local|session)Storage", script)) == len(stored)
    assert not re.search(r"document\.cookie|caches\b", script)
    assert re.findall(r"store\.put\((\w+)\)", script) == ["row"]
    assert "const row = await seal(" in script
    assert len(_get(assets, assets.url("js/messages.js"), Accept_Encoding="br").data) <= 4_600


def test_the_service_worker_has_one_place_for_each_list(assets: Assets) -> None:
    worker = assets.text("js/service-worker.js")

    assert (worker.count("__STATIC__"), worker.count("__OFFLINE__")) == (1, 1)


def test_the_static_part_of_a_first_visit_is_small(assets: Assets) -> None:
    names = ("css/app.css", "js/app.js", "icons/sprite.svg", "icons/relais.svg")
    answers = [_get(assets, assets.url(name), Accept_Encoding="br") for name in names]

    assert sum(len(answer.data) for answer in answers) <= 30_000
    assert len(answers[0].data) <= 11_000
