"""HTML in mails: what is shown of it, how it becomes text, and that no document takes long."""

import html as entities
import re
import time

import pytest

from chalicelib.mail.bodies import html_safe, html_text

DANGEROUS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="java\nscript:alert(1)">x</a>',
    '<a href="data:text/html,x">x</a>',
    "<svg onload=alert(1)><script>1</script></svg>",
    "<iframe src=https://x.example></iframe>",
    "<form action=https://x.example><input name=a><button>go</button></form>",
    "<style>@import 'https://x.example'</style>",
    '<div style="background:url(https://x.example)">x</div>',
    "<math><mi//xlink:href='data:x,<script>1</script>'>",
    "<meta http-equiv=refresh content=0><base href=https://x.example><link rel=stylesheet href=https://x.example>",
    '<img srcset="https://x.example/a 1x" src="https://x.example/b">',
    "<body background=https://x.example/x>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
]


@pytest.mark.parametrize("html", DANGEROUS)
def test_nothing_dangerous_is_left(html: str) -> None:
    clean = html_safe.sanitise(html, []).lower()
    for sign in (
        "<script",
        "onerror",
        "onload",
        "javascript:",
        "data:",
        "<iframe",
        "<form",
        "<input",
        "<style",
        "style=",
        "<svg",
        "<meta",
        "<link",
        "<base",
        "srcset",
        "background",
        "<img",
    ):
        assert sign not in clean


def test_links_send_no_referrer() -> None:
    assert html_safe.sanitise('<a href="https://x.example" target=_top>x</a>', []) == (
        '<a href="https://x.example" rel="noopener nofollow noreferrer">x</a>'
    )


def test_a_remote_picture_becomes_a_link_with_its_alt_text() -> None:
    defects: list[str] = []
    clean = html_safe.sanitise('<img src="https://x.example/a.png" alt="Our lamp">', defects)
    assert clean == '<a href="https://x.example/a.png" rel="noopener nofollow noreferrer">[Our lamp]</a>'
    assert defects == ["1 remote picture not loaded"]


@pytest.mark.parametrize(
    "link",
    [
        "/desk/out",
        "//host.example/x",
        "desk/out",
        "?out",
        "#out",
        "",
        "\\\\host.example",
        "/\\host.example",
        "https:desk/out",
        "https:/desk/out",
        "https:\\desk",
        "http:out",
        "&#x2f;desk/out",
        " /desk/out",
        "\t//host.example",
        "javascript:x",
        "cid:x",
    ],
)
def test_a_link_into_the_page_itself_is_removed(link: str) -> None:
    clean = html_safe.sanitise(f'<p><a href="{link}">x</a><img src="{link}" alt="y"></p>', [])
    assert "href" not in clean
    assert clean.startswith('<p><a rel="noopener nofollow noreferrer">x</a>')


@pytest.mark.parametrize("link", ["https://x.example/a?b=c", "HTTP://x.example", "mailto:a@x.example", "tel:+49301"])
def test_a_link_to_another_site_stays(link: str) -> None:
    assert f'href="{link}"' in html_safe.sanitise(f'<a href="{link}">x</a>', [])


@pytest.mark.parametrize("piece", ["&", "<", "&#", "<a ", "&amp", "<p>x"])
def test_html_too_large_for_the_sanitiser_is_shown_as_text(piece: str) -> None:
    defects: list[str] = []
    clean = html_safe.sanitise(f"<b>It broke.</b> {piece * 300_000}", defects)
    assert clean.startswith("<pre>It broke.")
    assert not re.search(r"<(?!/?pre>)", clean)
    assert defects == ["HTML larger than 200 KB: shown as text"]


@pytest.mark.parametrize(
    ("link", "shown", "text"),
    [
        ("mailto:mira%40example.com", "mira@example.com", "mira@example.com"),
        ("MAILTO:Mira@Example.com?subject=x", "mira@example.com", "mira@example.com"),
        ("mailto:mira@example.com", "Mira <mira@example.com>", "Mira <mira@example.com>"),
        ("mailto:mira@example.com", "Mira", "Mira (mira@example.com)"),
        ("mailto:mira%2blamp@example.com", "Mira", "Mira (mira+lamp@example.com)"),
        ("https://x.example/a%20b", "See", "See (https://x.example/a%20b)"),
        ("HTTPS://www.x.example/", "x.example", "x.example"),
        ("/desk", "Desk", "Desk"),
    ],
)
def test_a_links_target_appears_once(link: str, shown: str, text: str) -> None:
    assert html_text.to_text(f'<a href="{link}">{entities.escape(shown)}</a>') == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<div>One</div><div>Two<br>Three</div>", "One\nTwo\nThree"),
        ("a  b\n c", "a b c"),
        ("<ul><li>a<li>b</ul>", "- a\n- b"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("x<blockquote>q<blockquote>r</blockquote></blockquote>y", "x\n\n> q\n>\n> > r\n\ny"),
        ('<a href="https://x.example/">x.example</a>', "x.example"),
        ('<a href="mailto:a@x.example">a@x.example</a>', "a@x.example"),
        ('<a href="javascript:x">click</a>', "click"),
        ('<img alt="Logo" src="cid:x">', "[Logo]"),
        ('<div style="display:none">preheader</div>seen', "seen"),
        ("<head><title>t</title></head><body>b</body>", "b"),
        ("&lt;b&gt; &amp;nbsp;&nbsp;x", "<b> &nbsp; x"),
        ("", ""),
    ],
)
def test_text(html: str, text: str) -> None:
    assert html_text.to_text(html) == text


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 100_000,
        "<b>" * 300_000,
        "<table><tr><td>" * 30_000,
        "<a href=x>" * 90_000,
        "<" * 500_000,
        "<!--" * 200_000,
    ],
)
def test_no_document_takes_long(html: str) -> None:
    start = time.process_time()
    html_text.to_text(html + "words")
    html_safe.sanitise(html + "words", [])
    assert time.process_time() - start < 3
