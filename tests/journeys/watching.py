"""Listens to every page of a journey: errors, refusals of the policy, other hosts."""

from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response

_REPORT_REFUSALS = """
addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
  console.error(`refused by the policy: ${effectiveDirective} ${blockedURI}`);
});
"""
_FAILED_LOAD = "Failed to load resource"
# Only a journey that took the network away can hear this.
_NO_NETWORK = "ERR_INTERNET_DISCONNECTED"
_HTMX_WITHOUT_NETWORK = "htmx: htmx:error: Failed to fetch"


class Watch:
    """What went wrong in the browsers of one test; `check()` says all of it."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._refused_pages: set[str] = set()
        self._expected: list[str] = []
        self._messages: list[tuple[str, str]] = []
        self._problems: list[str] = []

    def follow(self, context: BrowserContext) -> None:
        context.add_init_script(_REPORT_REFUSALS)
        context.on("console", self._hear)
        context.on("weberror", lambda error: self._problems.append(f"script: {error.error}"))
        context.on("request", self._see_request)
        context.on("response", self._see_response)

    def expect(self, path: str) -> None:
        """A refusal of this path belongs to the journey."""
        self._expected.append(path)

    def check(self) -> None:
        unexpected = [said for said in self._messages if not self._is_expected(*said)]
        heard = [f"{text} [{url}]" for url, text in unexpected]
        assert not self._problems + heard, "\n".join(self._problems + heard)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._messages.append((message.location["url"], message.text))

    def _see_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("blob", "data", "chrome-extension"):
            return
        if f"{address.scheme}://{address.netloc}" != self._origin:
            self._problems.append(f"asked another host: {request.url}")

    def _see_response(self, response: Response) -> None:
        is_page = response.request.resource_type == "document"
        if is_page and (response.status in range(400, 500) or response.from_service_worker):
            self._refused_pages.add(response.url)

    def _is_expected(self, url: str, text: str) -> bool:
        if text.startswith(_HTMX_WITHOUT_NETWORK):
            return True
        if not text.startswith(_FAILED_LOAD):
            return False
        if url in self._refused_pages or _NO_NETWORK in text:
            return True
        return any(part in url for part in self._expected)
