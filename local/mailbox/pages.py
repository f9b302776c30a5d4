"""The mailbox's pages: the list and a mail. A mail's own HTML is shown in a frame that can't run scripts."""

import base64
import time
from collections.abc import Sequence
from html import escape
from urllib.parse import quote

from local.mailbox.box import Entry
from local.mailbox.reading import Mail, Part

PER_PAGE = 100
# Only the pages' own script may run; the mail's frame has its own policy.
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; frame-src 'self'; img-src data:; "
    "form-action 'self'"
)
# A mail's links may open as normal pages beside it; nothing in the mail itself may run.
SANDBOX = "allow-popups allow-popups-to-escape-sandbox"
MAIL_POLICY = f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox {SANDBOX}"

STYLE = """
:root { color-scheme: light dark; --line: #8884; --quiet: #777; --link: #1f5fa8 }
@media (prefers-color-scheme: dark) { :root { --quiet: #aaa; --link: #8bbcf0 } }
* { box-sizing: border-box }
body { font: 16px/1.45 system-ui, sans-serif; margin: 0 auto; max-width: 64rem; padding: 1rem }
header { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; margin-bottom: 1rem }
h1 { font-size: 1.25rem; margin: 0; flex: 1 }
input, button { font: inherit; padding: .35rem .6rem } input { min-width: 16rem }
a { color: var(--link) }
.mails { list-style: none; margin: 0; padding: 0; border-top: 1px solid var(--line) }
.mails a { display: grid; gap: .1rem 1rem; padding: .55rem .25rem; grid-template-columns: 15rem 1fr 7rem;
  grid-template-areas: "to subject time" "from snippet date";
  border-bottom: 1px solid var(--line); color: inherit; text-decoration: none }
.to { grid-area: to } .from { grid-area: from } .subject { grid-area: subject } .snippet { grid-area: snippet }
.time { grid-area: time } .date { grid-area: date } .time, .date { text-align: right }
.mails a:hover, .mails a:focus { background: #8882 }
.mails span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
.subject { font-weight: 600 } .quiet { color: var(--quiet); font-weight: 400 }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: 0 0 1rem }
dt { color: var(--quiet) } dd { margin: 0; overflow-wrap: anywhere }
pre { white-space: pre-wrap; overflow-wrap: anywhere; border: 1px solid var(--line); padding: 1rem; margin: 0 0 1rem }
iframe { width: 100%; height: 44rem; max-height: 80vh; margin: 0 0 1rem;
  border: 1px solid var(--line); background: #fff }
h2 { font-size: 1rem; margin: 1rem 0 .4rem } summary { cursor: pointer; margin: .5rem 0 }
@media (max-width: 40rem) {
  .mails a { grid-template-columns: 1fr auto; grid-template-areas: "subject subject" "to time" }
  .from, .snippet, .date { display: none }
}
"""

# Checks every two seconds for newer mail; does not reload the page while someone types.
SCRIPT = """
const list = document.querySelector('[data-newest]');
if (list) setInterval(async () => {
  if (document.activeElement && document.activeElement.tagName === 'INPUT') return;
  try {
    const query = new URLSearchParams(location.search).get('query') || '';
    const answer = await fetch('/api/v1/search?limit=1&query=' + encodeURIComponent(query));
    const found = await answer.json();
    const newest = found.messages_count + ' ' + (found.messages[0] ? found.messages[0].ID : '');
    if (newest !== list.dataset.newest) location.reload();
  } catch { /* the run has ended, or is about to be back */ }
}, 2000);
"""


def list_page(found: Sequence[Entry], total: int, query: str, start: int) -> str:
    """The list, newest first, up to one page of it."""
    shown = found[start : start + PER_PAGE]
    newest = f"{len(found)} {found[0].id if found else ''}"
    lines = "".join(_line(entry) for entry in shown) or f"<li><p>{_nothing(query)}</p></li>"
    pages = _turn("← newer", query, start - PER_PAGE) if start else ""
    if start + PER_PAGE < len(found):
        pages += " " + _turn("older →", query, start + PER_PAGE)
    count = f"{len(found)} of {total}" if query else f"{total}"
    return _page(
        f"{count} mails sent",
        query,
        f'<ul class="mails" data-newest="{escape(newest)}">{lines}</ul><p>{pages}</p>',
    )


def mail_page(entry: Entry, mail: Mail) -> str:
    """A mail: sender and recipients, its HTML, its text, its attachments, its headers."""
    facts = {
        "From": str(entry.sender),
        "To": _names(entry.to),
        "Cc": _names(entry.cc),
        "Bcc": _names(entry.bcc),
        "Reply to": _names(entry.reply_to),
        "Sent": _when(entry.at, "%a %d %b %Y, %H:%M:%S"),
    }
    body = "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in facts.items() if value)
    body = f"<dl>{body}</dl>"
    if mail.html:
        body += f'<iframe title="The mail as HTML" sandbox="{SANDBOX}" src="/mail/{entry.id}/html"></iframe>'
    if mail.text:
        body += f"{'<h2>Text</h2>' if mail.html else ''}<pre>{escape(mail.text)}</pre>"
    if mail.parts:
        body += f"<h2>Attachments</h2><ul>{''.join(_file(entry, part) for part in mail.parts)}</ul>"
    headers = "\n".join(f"{name}: {value}" for name, value in mail.headers)
    body += f"<details><summary>Headers</summary><pre>{escape(headers)}</pre></details>"
    body += f'<p><a href="/api/v1/message/{entry.id}/raw">The mail as it was sent</a></p>'
    return _page(entry.subject or "(no subject)", "", body)


def mail_html(mail: Mail) -> str:
    """A mail's HTML for its frame: with the mail's own pictures; links open beside it."""
    html = mail.html
    for part in mail.parts:
        if part.content_id:
            data = f"data:{part.content_type};base64,{base64.b64encode(part.content).decode()}"
            html = html.replace(f"cid:{part.content_id}", data)
    return f'<base target="_blank">{html}'


def _page(title: str, query: str, body: str) -> str:
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/style.css">
<link rel="icon" href="data:,"></head><body><header><a href="/">Mailbox</a><h1>{escape(title)}</h1>
<form action="/" role="search"><input name="query" type="search" value="{escape(query)}" aria-label="Search"
placeholder="Address or words; to: from: subject:"> <button>Search</button></form></header>
<main>{body}</main><script src="/script.js"></script></body></html>"""


def _line(entry: Entry) -> str:
    cells = {
        "to": ", ".join(person.address for person in entry.people()),
        "subject": entry.subject or "(no subject)",
        "time": _when(entry.at, "%H:%M:%S"),
        "from quiet": f"from {entry.sender.name or entry.sender.address}",
        "snippet quiet": entry.snippet[:160],
        "date quiet": _when(entry.at, "%d %b %Y"),
    }
    spans = "".join(f'<span class="{kind}">{escape(text)}</span>' for kind, text in cells.items())
    return f'<li><a href="/mail/{entry.id}">{spans}</a></li>'


def _file(entry: Entry, part: Part) -> str:
    name = escape(part.filename)
    return (
        f'<li><a href="/api/v1/message/{entry.id}/part/{part.id}" download="{name}">{name}</a> '
        f'<span class="quiet">{escape(part.content_type)}, {len(part.content):,} bytes</span></li>'
    )


def _names(people: Sequence[object]) -> str:
    return ", ".join(map(str, people))


def _nothing(query: str) -> str:
    return f"No mail matches “{escape(query)}”." if query else "No mail has been sent yet; it is shown as it comes."


def _turn(label: str, query: str, start: int) -> str:
    return f'<a href="/?query={quote(query)}&amp;start={max(start, 0)}">{label}</a>'


def _when(at: float, form: str) -> str:
    return time.strftime(form, time.localtime(at))
