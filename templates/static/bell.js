// Bells: an element with data-ring hears that its conversation has something new ("ring"), that the other side types
// ("typing"), or at the desk that another customer waits for an agent ("waits"), and tells the other side that somebody
// types here ("typed"). data-ring is where it gets a pass, data-csrf the token that the desk's forms have. Without a
// connection nothing is heard, and nothing else is different: whoever listens looks by itself too. data-connected is
// there while there is a connection, so that they look less often.
"use strict";

function bellOf(element) {
  const second = 1000;
  const minute = 60 * second;
  // API Gateway ends a connection after ten silent minutes, and any after two hours.
  const pingEvery = 8 * minute;
  const renewAfter = 110 * minute;
  const slowest = 5 * minute;
  const typedEvery = 3 * second;
  let socket = null;
  let failures = 0;
  let typedAt = 0;

  element.addEventListener("typed", typed);
  ask();

  async function ask() {
    let answer;
    let pass;
    try {
      const body = new URLSearchParams({ csrf: element.dataset.csrf || "" });
      answer = await fetch(element.dataset.ring, { method: "POST", headers: { Accept: "application/json" }, body });
      if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) return;
      pass = await answer.json();
    } catch {
      return later();
    }
    if (!answer.ok) return later();
    if (pass.url) connect(`${pass.url}?t=${encodeURIComponent(pass.ticket)}`);
  }

  function connect(url) {
    const made = new WebSocket(url);
    let pinging = 0;
    let ending = 0;
    made.addEventListener("open", () => {
      socket = made;
      failures = 0;
      element.dataset.connected = "";
      pinging = setInterval(() => made.send("{}"), pingEvery);
      ending = setTimeout(() => made.close(), renewAfter);
      tell("ring"); // something may have come in between
    });
    made.addEventListener("message", (event) => hear(event.data));
    made.addEventListener("close", () => {
      clearInterval(pinging);
      clearTimeout(ending);
      socket = null;
      delete element.dataset.connected;
      tell("lost"); // and perhaps a bell with it
      later();
    });
  }

  // At another moment than all others whose connections broke with ours.
  function later() {
    failures += 1;
    setTimeout(ask, Math.random() * Math.min(slowest, 2 ** failures * second));
  }

  function hear(text) {
    let sound;
    try {
      sound = JSON.parse(text);
    } catch {
      return;
    }
    if (sound.ring) tell("ring");
    if (sound.waits) tell("waits");
    if (sound.typing) tell("typing");
  }

  function typed() {
    if (!socket || Date.now() - typedAt < typedEvery) return;
    typedAt = Date.now();
    socket.send('{"typing": true}');
  }

  function tell(name) {
    element.dispatchEvent(new CustomEvent(name));
  }
}

if (window.WebSocket && window.fetch) document.querySelectorAll("[data-ring]").forEach(bellOf);
