"""Markdown of patient experts as HTML that is safe on a page.

The rules of the format are in `docs/module-format.md`. Pages put the markup into an element with
`hx-ignore`, so that no attribute that slipped through could act.
"""

from portal.education.markdown.checking import faults
from portal.education.markdown.content import Fault, FaultCode, Picture, Rendered, Term
from portal.education.markdown.plain import plain_text
from portal.education.markdown.rendering import render
from portal.education.markdown.splitting import blocks

__all__ = [
    "Fault",
    "FaultCode",
    "Picture",
    "Rendered",
    "Term",
    "blocks",
    "faults",
    "plain_text",
    "render",
]
