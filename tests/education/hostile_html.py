"""Texts that want to become more than text; `hit()` and `alert()` tell when one did.

`/evil` and `https://evil.test` answer nobody: a page that asks for them was broken into.
"""

_LINES = r"""
<script>hit()</script>
<script src="/evil.js"></script>
<SCRIPT SRC=//evil.test/x.js></SCRIPT>
<script/src=/evil.js></script>
<scr<script>ipt>hit()</scr</script>ipt>
<<script>hit()//<</script>
<script>hit()
</script><script>hit()</script>
<img src=x onerror=hit()>
<img src="/evil.png">
<img/src=/evil.png/onerror=hit()>
<img src=x onerror="&#104;it()">
<img srcset="/evil.png 1x" src=x>
<img src=x:hit() onerror=eval(src)>
<image src=/evil.png onerror=hit()>
<IMG SRC="jav&#x09;ascript:hit();">
<picture><source srcset=/evil.webp><img></picture>
<svg onload=hit()>
<svg/onload=hit()>
<svg><script>hit()</script></svg>
<svg><script href=/evil.js /></svg>
<svg><animate onbegin=hit() attributeName=x dur=1s>
<svg><a xlink:href="javascript:hit()"><text y=20>x</text></a></svg>
<svg><set attributeName=onmouseover to=hit()></svg>
<svg><use href="data:image/svg+xml,<svg id=x onload=hit()>#x"/></svg>
<svg><image href=/evil.png></svg>
<svg><foreignObject><iframe src=/evil></iframe></foreignObject></svg>
<math><mi//xlink:href="data:x,<script>hit()</script>">
<math href="javascript:hit()">x</math>
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=hit()&gt;">
<math><annotation-xml encoding="text/html"><script>hit()</script></annotation-xml></math>
<iframe src=/evil></iframe>
<iframe srcdoc="<script>parent.hit()</script>"></iframe>
<iframe src="javascript:parent.hit()"></iframe>
<frameset><frame src=/evil></frameset>
<object data=/evil></object>
<object data="javascript:hit()"></object>
<embed src=/evil>
<embed src="data:text/html,<script>hit()</script>">
<applet code=evil></applet>
<form action=/evil><input type=submit></form>
<form><button formaction="javascript:hit()">x</button></form>
<input autofocus onfocus=hit()>
<input type=image src=/evil.png>
<isindex type=image src=/evil.png onerror=hit()>
<select autofocus onfocus=hit()><option>
<textarea autofocus onfocus=hit()>
<keygen autofocus onfocus=hit()>
<button autofocus onfocus=hit()>x</button>
<link rel=stylesheet href=/evil.css>
<link rel=prefetch href=/evil>
<link rel=import href=/evil.html>
<meta http-equiv=refresh content="0;url=/evil">
<meta http-equiv="Set-Cookie" content="a=b">
<base href=https://evil.test/>
<style>@import "/evil.css";</style>
<style>*{background:url(/evil.png)}</style>
<p style="background:url(/evil.png)">x</p>
<div style="position:fixed;inset:0">x</div>
<body onload=hit()>
<body background=/evil.png>
<html onmouseover=hit()>
<table background=/evil.png><td background=/evil.png>
<bgsound src=/evil.wav>
<audio src=/evil.mp3 autoplay onerror=hit()></audio>
<video poster=/evil.png src=/evil.mp4 onerror=hit()></video>
<video><source onerror=hit()></video>
<track src=/evil.vtt onerror=hit()>
<details open ontoggle=hit()><summary>x</summary></details>
<marquee onstart=hit()>x</marquee>
<dialog open onclose=hit()>x</dialog>
<a href="javascript:hit()">x</a>
<a href=https://evil.test ping=/evil>x</a>
<a href="https://evil.test" target=_blank>x</a>
<a id=x name=forms>x</a>
<img name=getElementById>
<p id=main>x</p>
<p class="button is-danger">x</p>
<custom-element onclick=hit()>x</custom-element>
<xss contenteditable autofocus onfocus=hit()>x</xss>
<portal src=/evil></portal>
<fencedframe src=/evil></fencedframe>
<slot name=x onslotchange=hit()></slot>
<template><script>hit()</script></template>
<template shadowrootmode=open><img src=x onerror=hit()></template>
<plaintext>
<xmp><img src=x onerror=hit()></xmp>
<listing><img src=x onerror=hit()></listing>
<noembed><img src=x onerror=hit()></noembed>
<noframes><img src=x onerror=hit()></noframes>
<!--><script>hit()</script>-->
<!-- --!><img src=x onerror=hit()>
<![CDATA[<img src=x onerror=hit()>]]>
<!DOCTYPE html><script>hit()</script>
<?xml version="1.0"?><script>hit()</script>
<?php echo 1 ?><img src=x onerror=hit()>
</p><img src=x onerror=hit()>
</main></body></html><script>hit()</script>
</div></div></div><img src=x onerror=hit()>
<img src=x onerror=hit()
<a href="x
<p title="</p><img src=x onerror=hit()>">
<div hx-get=/evil hx-trigger=load>x</div>
<div data-hx-get=/evil data-hx-trigger=load>x</div>
<div hx-post="/evil" hx-trigger="load" hx-swap="outerHTML">x</div>
<div hx-on:load="hit()" hx-on::after-init="hit()">x</div>
<div hx-vals="js:{a:hit()}" hx-get=/evil hx-trigger=load></div>
<div hx-boost=true><a href=/evil>x</a></div>
<div sse-connect=/evil ws-connect=/evil>x</div>
<hx-partial hx-target="body"><script>hit()</script></hx-partial>
<p data-person=evil data-hx-trigger="load">x</p>
<noscript><p title="</noscript><img src=x onerror=hit()>"></noscript>
<style><p title="</style><img src=x onerror=hit()>"></style>
<title><p title="</title><img src=x onerror=hit()>"></title>
<textarea><p title="</textarea><img src=x onerror=hit()>"></textarea>
<svg></p><style><a id="</style><img src=1 onerror=hit()>">
<svg><style><img src=x onerror=hit()></style></svg>
<svg><title><img src=x onerror=hit()></title></svg>
<svg><desc><img src=x onerror=hit()></desc></svg>
<math><mtext><img src=x onerror=hit()></mtext></math>
<form><math><mtext></form><form><mglyph><style></math><img src onerror=hit()>
<math><mtext><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=hit()&gt;">
<select><noembed></select><script>x='<script>';hit()</script></noembed></select>
<p><svg><![CDATA[<img src=x onerror=hit()>]]></svg></p>
<svg><p><style><g title="</style><img src=x onerror=hit()>">
<table><tr><td><svg><foreignobject><p></table><img src=x onerror=hit()>
"""

HTML = tuple(line for line in _LINES.split("\n") if line)
