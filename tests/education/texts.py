"""One module's images and glossary, and its texts rendered as pages do."""

from functools import partial

from portal.education.markdown import Fault, Picture, Rendered, faults, render
from portal.web.typography import typo
from tests.education.markup import SPRITE

IMAGES = {
    "scale": Picture("/images/scale", 640, 480, 'Une balance "plate"'),
    "mute": Picture("/images/scale", 640, 480, " "),
}
GLOSSARY = {"œdème": "De l’eau dans les chevilles.", "insuffisance cardiaque": "Un cœur fatigué."}


def rendered(markdown: str, *, is_easy: bool = False, heading_level: int = 2) -> Rendered:
    return render(
        markdown,
        images=IMAGES,
        glossary=GLOSSARY,
        key_point="À retenir",
        sprite_url=SPRITE,
        typo=partial(typo, locale="fr"),
        is_easy=is_easy,
        heading_level=heading_level,
    )


def html_of(markdown: str, *, is_easy: bool = False, heading_level: int = 2) -> str:
    return str(rendered(markdown, is_easy=is_easy, heading_level=heading_level).html)


def faults_of(markdown: str) -> list[Fault]:
    return faults(markdown, IMAGES, GLOSSARY)
