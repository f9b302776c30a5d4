// Shows articles of the help beside the form while a message is written. The form works without it.
"use strict";

for (const place of document.querySelectorAll(".suggestions")) suggestBeside(place);

function suggestBeside(place) {
  const writing = document.querySelector("form[data-sending]");
  const never = place.dataset.never.split(" ");
  const [shown, list] = [place.querySelector("div"), place.querySelector("ul")];
  let [pause, asked, running] = [0, "", new AbortController()];

  for (const name of ["input", "change"]) {
    writing.addEventListener(name, () => {
      clearTimeout(pause);
      pause = setTimeout(ask, 400);
    });
  }

  async function ask() {
    const address = addressOf(writing.elements);
    if (address === asked) return;
    asked = address;
    running.abort();
    running = new AbortController();
    if (!address) return show([]);
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" }, signal: running.signal });
      if (answer.ok) show((await answer.json()).results);
    } catch {
      // Nobody asked for this help, so nobody is told that it did not come.
    }
  }

  // "" while there is nothing to ask, and for messages that no article may hold up. The form of a chat has no kind and no
  // subject.
  function addressOf({ kind, topic, subject, message }) {
    const chosen = kind?.value ?? "";
    if (chosen && never.includes(chosen)) return "";
    const said = `${subject?.value ?? ""} ${message.value}`.trim().slice(0, 300);
    if (said.length < 4 && !topic?.value) return "";
    return `${place.dataset.from}&${new URLSearchParams({ kind: chosen, topic: topic?.value ?? "", q: said })}`;
  }

  function show(results) {
    list.replaceChildren(...results.map(itemOf));
    shown.hidden = results.length === 0;
  }

  function itemOf({ title, url, snippet }) {
    const [item, link, unseen, answer] = ["li", "a", "span", "p"].map((name) => document.createElement(name));
    Object.assign(link, { href: url, target: "_blank", rel: "noopener", textContent: title });
    Object.assign(unseen, { className: "unseen", textContent: ` ${place.dataset.newTab}` });
    Object.assign(answer, { className: "quiet", textContent: snippet });
    link.append(unseen);
    item.append(link, answer);
    return item;
  }
}
