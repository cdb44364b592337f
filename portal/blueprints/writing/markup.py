"""The toolbar without a script: the mark goes around a passage, or at the end of the text."""

_AROUND = {"bold": ("**", "**"), "heading": ("\n\n## ", "\n\n"), "key-point": ("\n\n!! ", "\n\n")}
TOOLS = ("heading", "bold", "list", "key-point", "term", "link")


def marked(body: str, tool: str, *, passage: str, sample: str) -> str:
    """`sample` stands for the passage where none is named, or where it does not stand."""
    words = passage.strip()
    if not words or words not in body:
        return f"{body.rstrip()}\n\n{_mark(tool, words or sample).strip()}\n".lstrip()
    before, after = body.split(words, 1)
    return _tidy(before + _mark(tool, words) + after)


def _mark(tool: str, words: str) -> str:
    if tool in _AROUND:
        start, end = _AROUND[tool]
        return f"{start}{words}{end}"
    if tool == "list":
        points = [line.strip() for line in words.splitlines() if line.strip()]
        return "\n\n" + "\n".join(f"- {point}" for point in points) + "\n\n"
    target = f"term:{words}" if tool == "term" else "https://"
    return f"[{words}](<{target}>)" if " " in target else f"[{words}]({target})"


def _tidy(text: str) -> str:
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text.strip("\n")
