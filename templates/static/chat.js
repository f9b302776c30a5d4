// A chat's page, made live: asks for what is new after the last line it has, sends what was typed until it is taken, and
// keeps what was not sent through a reload. Whatever asks it to look (a "ring" event) only makes it ask sooner.
"use strict";

(function () {
  const box = document.getElementById("chat");
  if (!box || !window.fetch) return;
  const words = box.dataset;
  const list = document.getElementById("lines");
  const log = document.getElementById("log");
  const form = document.getElementById("say");
  const field = form.elements.namedItem("text");
  const chosen = form.elements.namedItem("attachments");
  const refused = document.getElementById("refused");
  const state = document.getElementById("state");
  const store = `chat:${words.url}`;
  const clock = new Intl.DateTimeFormat(document.documentElement.lang, {
    hour: "2-digit",
    minute: "2-digit",
    hour12: false,
    timeZone: words.zone,
  });
  const slowest = 15000;
  const hint = document.getElementById("typing");
  // Who types on is heard every three seconds.
  const typingFor = 6000;
  let hiding = 0;
  let last = Number(words.last);
  let timer = 0;
  let asking = false;
  let again = false;
  let sending = false;
  let failures = 0;
  let queue = [];
  // Words that stand in the field again because their files were lost with the page.
  let lost = [];

  document.getElementById("reload").hidden = true;
  if (words.beat) setInterval(beat, Number(words.beat));
  recover();
  const ahead = document.getElementById("ahead");
  const otherFiles = filesOf(chosen, refused, (begins) => {
    ahead.textContent = begins ? chosen.dataset.uploading : "";
  });
  form.addEventListener("submit", said);
  field.addEventListener("input", keep);
  chosen.addEventListener("change", () => chosen.files.length && found());
  field.addEventListener("input", () => box.dispatchEvent(new CustomEvent("typed")));
  field.addEventListener("keydown", byEnter);
  box.addEventListener("ring", ask);
  box.addEventListener("lost", ask);
  box.addEventListener("typing", typing);
  window.addEventListener("online", now);
  document.addEventListener("visibilitychange", () => document.hidden || now());
  down();
  send();
  wait(Number(words.next));

  // What is kept of this page in this tab: words that were not taken yet, and what stands in the field. Files cannot be
  // kept, so words that came with some stand in the field again, and the page says which files are to be chosen again.
  function keep() {
    const waiting = queue.filter((each) => each.body).map(({ id, text, files }) => ({ id, text, files }));
    const kept = { queue: queue.filter((each) => !each.body), waiting, lost, text: field.value };
    try {
      sessionStorage.setItem(store, JSON.stringify(kept));
    } catch {
      // A browser that keeps nothing shows the words all the same.
    }
  }

  function recover() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(store) || "{}");
      queue = Array.isArray(kept.queue) ? kept.queue : [];
      if (!field.value) putBack(kept);
    } catch {
      queue = [];
    }
    queue.forEach((each) => shown(each.id) || show({ id: each.id, who: "you", text: each.text }, words.sending));
  }

  // A line that was taken, though its answer never came, is on the page.
  function putBack({ waiting = [], lost: before = [], text = "" }) {
    const back = waiting.filter((each) => !shown(each.id));
    field.value = [...back.map((each) => each.text), text].filter(Boolean).join("\n");
    lost = [...before, ...back].filter((each) => !shown(each.id));
    if (lost.length) askForFiles(lost);
    keep();
  }

  function askForFiles(lines) {
    const names = lines.flatMap((each) => each.files).join(", ");
    refused.textContent = words.again.replace("{files}", () => names);
    refused.hidden = false;
  }

  // The files were chosen again, or are not wanted any more.
  function found() {
    lost = [];
    keep();
  }

  function byEnter(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  }

  function said(event) {
    if (event.defaultPrevented) return; // its files are being uploaded, or cannot be sent
    if (event.submitter && event.submitter.hasAttribute("formaction")) return; // a ready reply: the page comes back
    event.preventDefault();
    const text = field.value.trim();
    const files = [...chosen.files].map((file) => ({ name: file.name }));
    if (!text && !files.length) return field.focus();
    const each = { id: newId(), text };
    if (files.length) Object.assign(each, { body: bodyOf(each), files: files.map((file) => file.name) });
    queue.push(each);
    lost = [];
    field.value = "";
    chosen.value = "";
    otherFiles();
    refused.hidden = true;
    keep();
    show({ id: each.id, who: "you", text, files }, words.sending);
    down();
    field.focus();
    send();
  }

  // The form with its files, or with what names those that were uploaded before it.
  function bodyOf(each) {
    const body = new FormData(form);
    body.set("id", each.id);
    body.set("text", each.text);
    return body;
  }

  function newId() {
    if (crypto.randomUUID) return crypto.randomUUID();
    return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  // One after the other, in the order in which they were typed; each with its own id until it is taken.
  async function send() {
    if (sending || !queue.length) return;
    sending = true;
    const [first] = queue;
    let answer = null;
    try {
      answer = await fetch(`${words.url}/say`, {
        method: "POST",
        headers: { Accept: "application/json", ...(first.body ? {} : { "Content-Type": "application/json" }) },
        body: first.body || JSON.stringify(words.csrf ? { ...first, csrf: words.csrf } : first),
      });
    } catch {
      answer = null;
    }
    sending = false;
    if (answer && answer.ok) return taken(first, await answer.json().catch(() => ({})));
    if (answer && answer.status < 500 && answer.status !== 429 && answer.status !== 409) return undone(first, answer);
    failures += 1;
    if (queue.includes(first)) note(first.id, words.unsent);
    setTimeout(send, Math.min(slowest, 500 * 2 ** failures));
  }

  function taken(each, answer) {
    failures = 0;
    leave(each.id);
    note(each.id, answer.as_message ? words.asMessage : "");
    if (!answer.as_message) ask();
    send();
  }

  function leave(id) {
    queue = queue.filter((each) => each.id !== id);
    keep();
  }

  // A line of ours is on the page. If its words stand in the field again, they were taken after all.
  function arrived({ id, text }) {
    if (lost.some((each) => each.id === id)) {
      lost = lost.filter((each) => each.id !== id);
      if (field.value.trim() === text) field.value = "";
      refused.hidden = lost.length === 0;
    }
    leave(id);
  }

  // What cannot be taken stands in the field again, with the reason.
  async function undone(each, answer) {
    const said = await answer.json().catch(() => ({}));
    leave(each.id);
    const line = shown(each.id);
    if (line) line.remove();
    field.value = field.value ? `${each.text}\n${field.value}` : each.text;
    keep();
    const why = (said.errors || []).map((error) => error.detail).join(" ");
    const files = each.files ? words.again.replace("{files}", () => each.files.join(", ")) : "";
    refused.textContent = `${words.refused} ${why || said.title || answer.status} ${files}`;
    refused.hidden = false;
    send();
  }

  async function ask() {
    if (asking) {
      again = true;
      return;
    }
    asking = true;
    let pause = 5000;
    try {
      const answer = await fetch(`${words.url}/live?after=${last}`, { headers: { Accept: "application/json" } });
      if (answer.status === 200) pause = read(await answer.json());
      if (answer.status === 204) pause = Number(answer.headers.get("Next-Poll-Ms")) || pause;
    } catch {
      pause = 5000;
    }
    asking = false;
    if (again) {
      again = false;
      ask();
    } else {
      wait(pause);
    }
  }

  function now() {
    send();
    ask();
  }

  function wait(pause) {
    clearTimeout(timer);
    // While the page can be rung it looks seldom, in case a bell was lost.
    const seldom = document.hidden || "connected" in words;
    if (pause) timer = setTimeout(ask, seldom ? Math.max(pause, slowest) : pause);
  }

  function read(news) {
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
    news.messages.filter((each) => each.number > last).forEach(add);
    turn(news.state, news.with);
    if (atEnd) down();
    return news.next_poll_ms;
  }

  function add(each) {
    last = each.number;
    if (each.who === "shop") typed();
    const mine = each.id ? shown(each.id) : null;
    if (mine) mine.remove();
    if (each.id) arrived(each);
    show(each, "");
    // What is still to be sent stays below what was said.
    queue.forEach((waiting) => list.append(shown(waiting.id)));
  }

  function show(each, said) {
    const line = document.createElement("li");
    line.className = `line ${each.who}`;
    if (each.number) line.dataset.number = each.number;
    if (each.id) line.dataset.id = each.id;
    if (each.who !== "note") line.append(by(each));
    const text = document.createElement("p");
    text.className = "said";
    text.dir = "auto";
    text.textContent = each.text;
    line.append(text);
    if (each.files && each.files.length) line.append(filesIn(each.files));
    list.append(line);
    if (each.id) note(each.id, said);
  }

  // A file that is still to be sent has no link.
  function filesIn(files) {
    const all = document.createElement("ul");
    all.className = "files";
    for (const file of files) {
      const name = document.createElement(file.url ? "a" : "span");
      if (file.url) Object.assign(name, { href: file.url, target: "_blank", rel: "noopener" });
      name.dir = "auto";
      name.textContent = file.name;
      const item = document.createElement("li");
      item.append(name);
      all.append(item);
    }
    return all;
  }

  function by(each) {
    const who = document.createElement("p");
    const name = document.createElement("strong");
    who.className = "by";
    name.textContent = each.who === "you" ? words.you : each.name;
    who.append(name);
    if (each.at) {
      const time = document.createElement("time");
      time.dateTime = each.at;
      time.textContent = clock.format(new Date(each.at));
      who.append(" ", time);
    }
    return who;
  }

  function shown(id) {
    return [...list.children].find((line) => line.dataset.id === id);
  }

  function typing() {
    hint.hidden = false;
    clearTimeout(hiding);
    hiding = setTimeout(typed, typingFor);
  }

  function typed() {
    hint.hidden = true;
  }

  function note(id, text) {
    const line = shown(id);
    if (!line) return;
    let hint = line.querySelector(".hint");
    if (!hint && text) {
      hint = document.createElement("p");
      hint.className = "hint";
      line.append(hint);
    }
    if (hint && text) hint.textContent = text;
    if (hint && !text) hint.remove();
  }

  function turn(to, agent) {
    state.textContent = words[to].replace("{name}", agent);
    box.dataset.state = to;
    const choices = document.getElementById("choices");
    if (choices) choices.hidden = to !== "offered";
    const over = document.getElementById("over");
    if (over) over.hidden = to === "ended" || to === "message";
  }

  // At the desk: somebody is there, as long as this page is open, and is told how many other chats wait.
  async function beat() {
    try {
      const answer = await fetch(words.presence, {
        method: "POST",
        headers: { Accept: "application/json", "Content-Type": "application/json" },
        body: JSON.stringify({ csrf: words.csrf, takes: "yes", news: "yes" }),
      });
      if (answer.ok) document.dispatchEvent(new CustomEvent("untaken", { detail: await answer.json() }));
    } catch {
      // The next one says it.
    }
  }

  function down() {
    log.scrollTop = log.scrollHeight;
  }
})();
