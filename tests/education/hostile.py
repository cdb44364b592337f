"""Texts that want to become more than text, in HTML and in every way to write Markdown."""

from tests.education.hostile_html import HTML

_TARGETS = r"""
javascript:hit()
JaVaScRiPt:hit()
javascript&colon;hit()
javascript&#58;hit()
javascript&#x3a;hit()
&#106;avascript:hit()
&#x6A;&#x61;vascript:hit()
java&Tab;script:hit()
java&NewLine;script:hit()
java&#10;script:hit()
java&#0;script:hit()
&#1;javascript:hit()
&#x20;javascript:hit()
&nbsp;javascript:hit()
javascript%3Ahit()
java%0ascript:hit()
javascript://https://ameli.fr/%0ahit()
javascript:https://ameli.fr
view-source:javascript:hit()
vbscript:msgbox(1)
VBSCRIPT:msgbox(1)
livescript:hit()
data:text/html,<script>hit()</script>
data:text/html;base64,PHNjcmlwdD5oaXQoKTwvc2NyaXB0Pg==
data:image/png;base64,iVBORw0KGgo=
data:image/svg+xml,<svg/onload=hit()>
DATA:text/html,x
blob:https://evil.test/1
filesystem:https://evil.test/x
file:///etc/passwd
about:blank
http://evil.test/
ftp://evil.test/
ws://evil.test/
mailto:evil@evil.test
tel:+33800000000
sms:+33800000000
intent://evil#Intent;end
//evil.test/x
/evil
\\evil.test\x
/\evil.test
evil
?evil
#main
../evil
https:evil.test
https:/evil.test
https:///evil.test
https:\\evil.test
https://
https://ameli.fr@evil.test/
https://ameli.fr:x@evil.test/
https://evil.test:99999999/
https://[evil.test]/
https://evil.test\@ameli.fr
https://evil.test/"onmouseover="hit()
https://evil.test/'onmouseover='hit()
https://evil.test/&quot;onmouseover=&quot;hit()
https://evil.test/&gt;&lt;script&gt;hit()
https://evil。test/
term:nothing
term:"onmouseover="hit()
term:javascript:hit()
term:<script>hit()</script>
image:scale
image:../../evil
term:
image:
"""

_CONTROLS = ("\x00", "\x01", "\x08", "\x0b", "\x0c", "\x1f", "\x7f", "\x85", "\xad", "\u200b")
_DIRECTIONS = ("\u202a", "\u202e", "\u2066", "\u2069", "\u200f", "\u2028", "\ufeff", "\ufdd0")

_SYNTAX = (
    "[x]: javascript:hit()\n\n[x] [x][] ![x]",
    '[x]: <javascript:hit()> "title"\n\n[a][x]',
    '[x]: https://evil.test "\\" onmouseover=\\"hit()"\n\n[x]',
    '[a](https://evil.test "\\"><img src=x onerror=hit()>")',
    "[a](https://evil.test '\"onmouseover=\"hit()')",
    '![](image:scale "\\"><img src=x onerror=hit()>")',
    '![](image:scale "<script>hit()</script>")',
    '![](image:scale "&quot; onerror=&quot;hit()")',
    '![" onerror="hit()](image:scale)',
    "![<img src=x onerror=hit()>](/evil.png)",
    "[![](/evil.png)](javascript:hit())",
    "[![](image:scale)](https://evil.test)",
    "[a [b](javascript:hit()) c](https://evil.test)",
    "[a <https://evil.test> b](https://evil.test)",
    "[](https://evil.test)",
    "[<script>hit()</script>](https://evil.test)",
    "[`<script>hit()</script>`](term:œdème)",
    "<javascript:hit()>",
    "<JAVASCRIPT:hit()>",
    "<data:text/html,<script>hit()</script>>",
    "<vbscript:x>",
    '<https://evil.test/?"onclick=hit()>',
    "<https://evil.test/'onclick='hit()>",
    "<evil@evil.test>",
    "<x:onload=hit()>",
    "`<script>hit()</script>`",
    "``<img src=x onerror=hit()>",
    "```<script>hit()</script>\n<script>hit()</script>\n```",
    '```js" onmouseover="hit()\nx\n```',
    '```"><script>hit()</script>\nx',
    "~~~ hx-get=/evil hx-trigger=load\n</code></pre><script>hit()</script>\n~~~",
    "    <script>hit()</script>",
    "\t</code><img src=x onerror=hit()>",
    "| <script>hit()</script> | b |\n|---|---|\n| <img src=x onerror=hit()> | `|` |",
    '| a |\n|:-:" onclick="hit()|\n| b |',
    "| a | b |\n|:--|--:|\n| [x](javascript:hit()) | ![](/evil.png) |\n| only one",
    "a|b\n-|-\n</td></tr></table><img src=x onerror=hit()>|x",
    "&lt;script&gt;hit()&lt;/script&gt;",
    "&#60;script&#62;hit()&#60;/script&#62;",
    "&#x3c;img src=x onerror=hit()&#x3e;",
    "&amp;lt;script&amp;gt;hit()&amp;lt;/script&amp;gt;",
    "&lt&#x0;script&gt;hit()",
    "&#xD800;&#x110000;&#xFFFE;&#0;&#x202e;",
    "\\<script>hit()\\</script>",
    "\\[a](javascript:hit()) \\![](/evil.png)",
    "!! <script>hit()</script>",
    "!! </p></aside><img src=x onerror=hit()>",
    "!! [x](javascript:hit())\n!! ![](/evil.png)",
    '!! " onmouseover="hit()',
    "!! !! !! <svg onload=hit()>",
    "> !! <img src=x onerror=hit()>\n- !! [x](data:text/html,x)",
    "- :droplets: <img src=x onerror=hit()>",
    '- :droplets" onload="hit(): x',
    "- :<script>hit()</script>: x",
    "- :../../evil: x",
    "- :nothing: :droplets: x",
    "- :droplets: [x](javascript:hit())",
    "- :droplets: ![](/evil.png)",
    "1. :pill: a\n\n   </span></li></ol><script>hit()</script>",
    '<span class="picto droplets"></span>',
    '- :pill: <span class="picto pill"></span>',
    '<svg class="icon"><use href="/evil.svg#x"/></svg>',
    '<aside class="key-point"><script>hit()</script></aside>',
    '[a](term:œdème" onmouseover="hit())',
    '[a](<term:œdème> "\\" onclick=\\"hit()")',
    "[a](term:œdème 'onclick=hit()')",
    "[<img src=x onerror=hit()>](term:œdème)",
    "[a [b](term:œdème)](term:œdème)",
    "**<script>**hit()**</script>**",
    "<scr**ipt>hit()</scr**ipt>",
    "<img src=x *onerror=hit()*>",
    '<a href="[x](https://evil.test)">',
    "[a](https://evil.test/<script>hit()</script>)",
    "<!-- [a](javascript:hit()) -->",
    "# <script>hit()</script>\n## <img src=x onerror=hit()>",
    "<script>\n===\nhit()</script>\n---",
    "- <script>\n  - hit()\n    - </script>",
    "> <script>\n> hit()\n</script>",
    "0. a\n999999999. b\n-1. <script>hit()</script>",
    "\uff1cscript\uff1ehit()\uff1c/script\uff1e",
    "<\u017fcript>hit()</\u017fcript>",
    "<img src=x \u212aonerror=hit()>",
    "\u2039img src=x onerror=hit()\u203a",
    "+ADw-script+AD4-hit()+ADw-/script+AD4-",
    "\x1b$B<script>hit()</script>",
    "\\u003cscript\\u003ehit()\\u003c/script\\u003e",
    "{{ 7*7 }} {% include '/evil' %} ${hit()} <%= hit() %>",
    "<img src=x onerror=\u2028hit()>",
    "[x](https://\u0430meli.fr/)",
    "https://evil.test www.evil.test javascript:hit()",
)


def _lines(block: str) -> list[str]:
    return [line for line in block.split("\n") if line]


VECTORS: tuple[str, ...] = (
    *HTML,
    "\n\n".join(HTML),
    *(f"[x]({target})" for target in _lines(_TARGETS)),
    *(f"![x](<{target}>)" for target in _lines(_TARGETS)),
    *(f"[x]({mark}java{mark}script{mark}:hit())" for mark in (*_CONTROLS, *_DIRECTIONS)),
    *(f"<{mark}img{mark} src=x {mark}onerror=hit()>" for mark in (*_CONTROLS, *_DIRECTIONS)),
    *_SYNTAX,
)
"""Each on its own is a whole text."""
