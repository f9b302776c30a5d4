// How many chats wait until somebody takes them: in a line, in the navigation and in the title of a page at which agents
// are there. When one has waited so long that all are rung, the line stands out, and the browser tells it if the agent
// has allowed that by the button. It asks nothing by itself but at that moment, which the last news named.
"use strict";

(function () {
  const line = document.getElementById("untaken");
  if (!line || !window.fetch) return;
  const words = line.dataset;
  const title = document.title.replace(/^\(\d+\) /, "");
  const button = document.getElementById("untaken-tell");
  const chat = document.getElementById("chat");
  const can = "Notification" in window;
  let rung = Number(words.rung);
  let timer = 0;

  document.addEventListener("untaken", (event) => show(event.detail));
  if (words.news) {
    chat.addEventListener("waits", look);
    wait(Number(words.next));
  }
  if (button && can) {
    button.hidden = Notification.permission !== "default";
    button.addEventListener("click", allow);
  }

  async function look() {
    try {
      const answer = await fetch(words.news, { headers: { Accept: "application/json" } });
      if (answer.ok) show(await answer.json());
    } catch {
      // The next half minute says it.
    }
  }

  function show(news) {
    document.title = news.waiting ? `(${news.waiting}) ${title}` : title;
    document.getElementById("untaken-count").textContent = news.waiting || "";
    line.classList.toggle("rung", news.rung > 0);
    if (line.textContent.trim() !== news.said) say(news.said);
    if (news.rung > rung) tell(news.said);
    rung = news.rung;
    if (words.news) wait(news.next_ms);
  }

  // A line that says the same again would be read aloud again.
  function say(said) {
    const link = document.createElement("a");
    link.href = words.list;
    link.textContent = said;
    line.replaceChildren(...(said ? [link] : []));
  }

  function wait(pause) {
    clearTimeout(timer);
    if (pause) timer = setTimeout(look, pause);
  }

  async function allow() {
    button.hidden = (await Notification.requestPermission()) !== "default";
  }

  // Whoever looks at the page sees it there. Several pages of one agent tell it once, by its tag.
  function tell(said) {
    if (!can || Notification.permission !== "granted" || document.hasFocus()) return;
    try {
      const told = new Notification(said, { tag: "untaken" });
      told.addEventListener("click", () => window.focus());
    } catch {
      // Phones tell nothing for pages.
    }
  }
})();
