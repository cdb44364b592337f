"""Static files: names that change with the content, small bodies, and who serves them."""

import gzip
import hashlib
import json
import os
import posixpath
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from wsgiref.headers import Headers

import brotli  # type: ignore[import-untyped]  # publishes no types
from whitenoise import WhiteNoise

from portal.web.headers import SECURITY_HEADERS, STRICT_TRANSPORT

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

PREFIX = "/static/"
BUNDLES = {
    # The first part puts the layers in order, so it comes first.
    "css/app.css": tuple(
        f"css/app/{part}.css"
        for part in (
            *("tokens", "base", "navigation", "elements", "rows", "agenda", "care-team"),
            *("forms", "sign-in", "states", "privacy", "preferences", "account"),
            *("imports", "messages", "education", "print"),
        )
    ),
    "js/app.js": ("js/htmx-4.0.1.min.js", "js/relais.js", "js/session.js"),
}
_MANIFEST = "manifest.json"
_KEPT = 2
_COMPRESSED = {".css", ".js", ".svg", ".txt"}
# Those of a page that mean something to a file beside it: each byte here is sent with every file.
_HEADERS = {
    name: SECURITY_HEADERS[name]
    for name in ("X-Content-Type-Options", "Cross-Origin-Resource-Policy")
} | {
    "Cache-Control": "public, max-age=31536000, immutable",
    # A drawing opened on its own is a document: it may load nothing.
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
_CSS_TOKEN = re.compile(
    r"""(?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(?P<gap>(?:\s|/\*.*?\*/)+)|.""", re.DOTALL
)
_CSS_URL = re.compile(r"""url\(\s*(["']?)([^"')]+?)\1\s*\)""")


class Assets:
    """The built files of one version, by the name that they have in the source folder."""

    def __init__(self, root: Path) -> None:
        self._root = root
        manifest = json.loads((root / _MANIFEST).read_text(encoding="utf-8"))
        self._names: dict[str, str] = manifest["files"]

    @classmethod
    def load(cls, source: Path, target: Path) -> "Assets":
        """Builds first when these sources, or this recipe, were never built here."""
        root = target / _version(source)
        if not _is_built(root):
            build(source, target)
        return cls(root)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def url(self, name: str) -> str:
        """`css/app.css` → `/static/css/app.3f9a1c2b.css`; raises `KeyError` for unknown names."""
        return PREFIX + self._hashed(name)

    def path(self, name: str) -> Path:
        return self._root / self._hashed(name)

    def text(self, name: str) -> str:
        return self.path(name).read_text(encoding="utf-8")

    def _hashed(self, name: str) -> str:
        if name not in self._names:
            raise KeyError(f"{name!r} is not a static file: it must stand in portal/static/")
        return self._names[name]


def build(source: Path, target: Path) -> None:
    """Write every file and bundle under hashed names, in a folder of `target` for this version.

    The folder appears whole or not at all, whatever number of processes build at once. The two
    versions before stay, for the workers that still serve them.
    """
    version = _version(source)
    bodies = _bodies(source)
    names = _hash_names(bodies)
    manifest = {"source": version, "files": names}
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".draft-", dir=target) as folder:
        draft = Path(folder) / version
        for name, body in bodies.items():
            _write(draft / names[name], body)
        (draft / _MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True), "utf-8")
        _publish(draft, target / version)
    _forget_old_versions(target, version)


def serve(app: "WSGIApplication", assets: Assets, *, is_https: bool = False) -> WhiteNoise:
    """Answer hashed names, compressed when the browser can; everything else goes to `app`."""
    transport = STRICT_TRANSPORT if is_https else {}
    noise = WhiteNoise(
        app,
        max_age=None,
        allow_all_origins=False,
        mimetypes={".js": "text/javascript", ".svg": "image/svg+xml; charset=utf-8"},
        add_headers_function=partial(_add_headers, transport),
    )
    for name in assets:
        noise.add_file_to_dictionary(assets.url(name), str(assets.path(name)))
    return noise


def _add_headers(more: Mapping[str, str], headers: Headers, path: str, _url: str) -> None:
    for name, value in {**_HEADERS, **more}.items():
        headers[name] = value
    # Weak, because the bodies differ by encoding; the same on every machine, unlike a date.
    headers["ETag"] = f'W/"{Path(path).stem.rpartition(".")[2]}"'


def _version(source: Path) -> str:
    """A digest of all that the build depends on: every source file, and this recipe."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for name, body in _sources(source).items():
        digest.update(f"\0{name}\0{len(body)}\0".encode() + body)
    return digest.hexdigest()[:16]


def _sources(source: Path) -> dict[str, bytes]:
    files = sorted(path for path in source.rglob("[!.]*") if path.is_file())
    return {path.relative_to(source).as_posix(): path.read_bytes() for path in files}


def _is_built(root: Path) -> bool:
    """Whether nothing is missing or empty, as files can be after a power cut."""
    try:
        manifest = json.loads((root / _MANIFEST).read_text(encoding="utf-8"))
        files = {root / name for name in manifest["files"].values()}
    except (OSError, ValueError):
        return False
    written = {path: path.stat().st_size for path in root.rglob("*") if path.is_file()}
    return files <= written.keys() and all(written.values())


def _bodies(source: Path) -> dict[str, bytes]:
    bodies = {name: _small(name, body) for name, body in _sources(source).items()}
    for bundle, parts in BUNDLES.items():
        bodies[bundle] = b"\n".join(bodies[part] for part in parts)
    return bodies


def _hash_names(bodies: dict[str, bytes]) -> dict[str, str]:
    """The published name of each body; style sheets last, and changed to point at the others."""
    names: dict[str, str] = {}
    for name in sorted(bodies, key=lambda name: name.endswith(".css")):
        if name.endswith(".css"):
            bodies[name] = _with_hashed_urls(name, bodies[name], names)
        names[name] = _hashed_name(name, bodies[name])
    return names


def _hashed_name(name: str, body: bytes) -> str:
    stem, suffix = posixpath.splitext(name)
    return f"{stem}.{hashlib.sha256(body).hexdigest()[:8]}{suffix}"


def _write(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    if path.suffix in _COMPRESSED:
        path.with_name(f"{path.name}.br").write_bytes(brotli.compress(body, quality=11))
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(body, 9, mtime=0))


def _publish(draft: Path, root: Path) -> None:
    try:
        os.replace(draft, root)
    except OSError:
        if _is_built(root):
            return  # another process was faster, and its files are the same
        shutil.rmtree(root)
        os.replace(draft, root)


def _forget_old_versions(target: Path, version: str) -> None:
    folders = [path for path in target.glob("[!.]*") if path.name != version]
    with suppress(FileNotFoundError):  # forgotten by another process meanwhile
        folders.sort(key=lambda path: path.stat().st_mtime)
        for folder in folders[:-_KEPT]:
            shutil.rmtree(folder, ignore_errors=True)


def _small(name: str, body: bytes) -> bytes:
    """Without comments and needless blanks; whatever is not surely needless stays."""
    if name.endswith(".css"):
        return _small_css(body.decode()).encode()
    if name.endswith(".js") and not name.endswith(".min.js") and b"`" not in body:
        lines = (line.strip() for line in body.decode().splitlines())
        return "\n".join(line for line in lines if line and not line.startswith("//")).encode()
    return body


def _small_css(css: str) -> str:
    pieces: list[str] = []
    for token in _CSS_TOKEN.finditer(css):
        last = pieces[-1] if pieces else "{"
        if token["gap"] is not None:
            if last not in "{}:;,(":
                pieces.append(" ")
            continue
        if (last == " " and token[0] in "{};,)") or (last == ";" and token[0] == "}"):
            pieces.pop()
        pieces.append(token[0])
    return "".join(pieces).strip()


def _with_hashed_urls(name: str, body: bytes, names: dict[str, str]) -> bytes:
    def hashed(match: re.Match[str]) -> str:
        reference = posixpath.normpath(posixpath.join(posixpath.dirname(name), match[2]))
        if reference not in names:
            raise ValueError(f"{name}: url({match[2]}) names no static file")
        return f'url("{posixpath.relpath(names[reference], posixpath.dirname(name))}")'

    return _CSS_URL.sub(hashed, body.decode()).encode()
