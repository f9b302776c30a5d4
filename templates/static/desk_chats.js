// The desk's list of chats: says that somebody is there, and shows the list again when it is another.
"use strict";

(function () {
  const box = document.getElementById("chats");
  if (!box || !window.fetch) return;
  const words = box.dataset;
  const every = 5000;
  if (words.beat) setInterval(beat, Number(words.beat));
  setTimeout(look, every);

  function beat() {
    fetch(words.presence, {
      method: "POST",
      headers: { Accept: "application/json", "Content-Type": "application/json" },
      body: JSON.stringify({ csrf: words.csrf, takes: "yes" }),
    }).catch(() => {});
  }

  async function look() {
    try {
      const answer = await fetch(words.news, { headers: { Accept: "application/json" } });
      const news = answer.ok ? await answer.json() : {};
      if (news.mark && news.mark !== words.mark) return location.reload();
      if (news.mark) document.dispatchEvent(new CustomEvent("untaken", { detail: news }));
    } catch {
      // The next look may find it.
    }
    setTimeout(look, document.hidden ? 3 * every : every);
  }
})();
