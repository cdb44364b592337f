"""Whether a page fits the narrowest phone: as it is, from right to left, with large text."""

from playwright.sync_api import Page, ViewportSize

NARROW: ViewportSize = {"width": 320, "height": 640}
# Who stands out at the side, innermost first, so that the message names the culprit.
_TOO_WIDE = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= innerWidth) return [];
  const all = [...document.body.querySelectorAll('*')].reverse();
  const out = all.filter((e) => {
    const { left, right, width } = e.getBoundingClientRect();
    return width && (right > room + 1 || left < -1);
  });
  return out.slice(0, 3).map((e) => e.outerHTML.slice(0, 200)).concat('the page scrolls sideways');
}"""


def too_wide_at_320_pixels(page: Page) -> dict[str, list[str]]:
    """What stands out at the side, in each of the four ways; the page is not the same after it."""
    page.set_viewport_size(NARROW)
    found = {"as it is": _too_wide(page)}
    html = page.locator("html")
    html.evaluate("html => { html.dir = 'rtl'; }")
    found["right to left"] = _too_wide(page)
    html.evaluate("html => { html.dir = 'ltr'; html.dataset.text = 'very-large'; }")
    found["very large text"] = _too_wide(page)
    html.evaluate("html => { delete html.dataset.text; }")
    _double_the_text(page)
    found["browser text at 200 %"] = _too_wide(page)
    return found


def _too_wide(page: Page) -> list[str]:
    found: list[str] = page.evaluate(_TOO_WIDE)
    return found


def _double_the_text(page: Page) -> None:
    """The setting of the browser, which media queries in em see as well."""
    before = page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")
    devtools = page.context.new_cdp_session(page)
    devtools.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    page.wait_for_function(
        "size => parseFloat(getComputedStyle(document.documentElement).fontSize) === size",
        arg=before * 2,
    )
    assert page.evaluate("matchMedia('(max-width: 10.1em)').matches"), "media queries see it too"
