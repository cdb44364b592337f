"""Who writes hears what will not come out as meant, and on which line."""

import pytest

from portal.education.markdown import Fault, FaultCode
from tests.education.texts import faults_of


@pytest.mark.parametrize(
    ("markdown", "line", "code", "subject"),
    [
        ("a\n\n![](image:other)", 3, FaultCode.UNKNOWN_IMAGE, "other"),
        ("![](https://evil.test/a.png)", 1, FaultCode.UNKNOWN_IMAGE, "https://evil.test/a.png"),
        ("![](image:)", 1, FaultCode.UNKNOWN_IMAGE, "image:"),
        ("![](image:mute)", 1, FaultCode.IMAGE_WITHOUT_WORDS, "mute"),
        ("a\nb ![](image:scale)", 2, FaultCode.IMAGE_NOT_ALONE, "scale"),
        ("[![](image:scale)](https://a.fr)", 1, FaultCode.IMAGE_NOT_ALONE, "scale"),
        ("## ![](image:scale)", 1, FaultCode.IMAGE_NOT_ALONE, "scale"),
        ("a\nb  \n[c](term:autre mot)", 3, FaultCode.UNKNOWN_TERM, "autre mot"),
        ("a\n\n- b\n- :nothing: c", 4, FaultCode.UNKNOWN_PICTOGRAM, "nothing"),
        ("[a](http://a.fr)", 1, FaultCode.LINK_NOT_HTTPS, "http://a.fr"),
        ("[a]\n\n[a]: javascript:x", 1, FaultCode.LINK_NOT_HTTPS, "javascript:x"),
        ("<a@b.fr>", 1, FaultCode.LINK_NOT_HTTPS, "mailto:a@b.fr"),
        ("|a|\n|-|\n|[b](c)|", 3, FaultCode.LINK_NOT_HTTPS, "c"),
        ("!! a\n!! b <br/>", 2, FaultCode.RAW_HTML, "<br/>"),
        ("<script src=x", 1, FaultCode.RAW_HTML, "<script src=x"),
        ("<!-- a -->", 1, FaultCode.RAW_HTML, "<!--"),
        ("a\n\n# b", 3, FaultCode.TOP_HEADING, "b"),
        ("a\n===", 1, FaultCode.TOP_HEADING, "a"),
    ],
)
def test_a_fault_is_said_with_its_line(
    markdown: str, line: int, code: FaultCode, subject: str
) -> None:
    assert faults_of(markdown) == [Fault(line, code, subject)]


@pytest.mark.parametrize(
    "markdown",
    [
        "## a\n\n- :pill: b\n- ![](image:scale)\n\n[c](term:ŒDÈME) [d](https://e.fr) <https://f.fr>",
        "moins de <5 kg, a < b, <3, &lt;b>, \\<b>, `<b>`",
        "```\n<b> [a](b)\n```",
        ":nothing: is a text outside of lists",
        "[unused]: javascript:x",
    ],
)
def test_what_is_well_written_has_none(markdown: str) -> None:
    assert faults_of(markdown) == []


def test_all_faults_come_in_the_order_of_the_text() -> None:
    found = faults_of("# a\n<b>x</b>\n[c](d)\n![](e)")
    assert [(one.line, one.code) for one in found] == [
        (1, FaultCode.TOP_HEADING),
        (2, FaultCode.RAW_HTML),
        (2, FaultCode.RAW_HTML),
        (3, FaultCode.LINK_NOT_HTTPS),
        (4, FaultCode.UNKNOWN_IMAGE),
    ]
