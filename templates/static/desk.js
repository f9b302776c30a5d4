// Comfort for the desk, which works without it: one send button at a time, drafts kept while typing, keys.
"use strict";

const DRAFT_PAUSE = 1500;
const TYPED_IN = "input, textarea, select, [contenteditable]";
const KEYS_OFF = "desk-keys-off";
const page = document.body.dataset;
const composer = document.querySelector("form[data-draft]");

if (composer) {
  showOneMode(composer);
  sendFiles(composer);
  keepDraft(composer);
}
window.addEventListener("hashchange", unfoldTarget);
document.addEventListener("keydown", sendByKey);
document.addEventListener("keydown", listenToKeys());
offerSwitch(document.querySelector("[data-keys]"));
unfoldTarget();
document.querySelector(".dismiss")?.addEventListener("click", dismiss);

// Of answer, question and note only what is chosen can be sent, and the box says whom it is for.
function showOneMode(form) {
  const pieces = form.querySelectorAll("[data-mode]");
  const area = form.elements.text;
  const wrong = area.getAttribute("aria-describedby") ?? "";
  const show = () => {
    const mode = form.elements.mode.value;
    for (const piece of pieces) piece.hidden = piece.dataset.mode !== mode;
    area.placeholder = area.dataset[mode];
    area.setAttribute("aria-describedby", `whom-${mode} ${wrong}`.trim());
  };
  form.addEventListener("change", (event) => event.target.name === "mode" && show());
  show();
}

// Larger files than a form holds go ahead of it; a second press meanwhile does nothing (files.js).
function sendFiles(form) {
  const files = form.elements.attachments;
  const state = form.querySelector(".ahead");
  filesOf(files, form.querySelector(".too-large"), (ahead) => {
    state.textContent = ahead ? files.dataset.uploading : "";
  });
}

// Who else is writing. Where there is a tick for that, it takes the tick: `beside` is two fields then.
function showWriters(form, told) {
  const place = form.parentElement.querySelector(".writers");
  const sentences = told.others.map((sentence) => {
    const line = document.createElement("p");
    line.className = "warning";
    line.textContent = sentence;
    return line;
  });
  const same = [...place.children].map((line) => line.textContent).join("\n") === told.others.join("\n");
  if (!same) place.replaceChildren(...sentences);
  if (form.elements.beside instanceof HTMLInputElement) form.elements.beside.value = told.beside;
}

// Keeps what is typed, a moment after the last key and when the page is left; says whether it is kept.
function keepDraft(form) {
  const area = form.elements.text;
  const note = form.querySelector(".kept");
  let kept = area.value;
  let timer = 0;
  let sending = false;
  let saving = null;

  async function save() {
    clearTimeout(timer);
    if (sending || area.value === kept) return;
    saving?.abort();
    saving = new AbortController();
    const text = area.value;
    const request = {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams({ csrf: form.elements.csrf.value, text }),
      // Browsers hold little of what outlives its page: it is for leaving alone.
      keepalive: document.hidden,
      signal: saving.signal,
    };
    try {
      const answer = await fetch(form.dataset.draft, request);
      if (answer.ok) {
        kept = text;
        showWriters(form, await answer.json());
      }
      const trouble = answer.status === 422 ? form.dataset.tooLong : form.dataset.notKept;
      note.textContent = answer.ok ? form.dataset.kept : trouble;
    } catch (error) {
      if (error.name !== "AbortError") note.textContent = form.dataset.notKept;
    }
  }

  area.addEventListener("input", () => {
    note.textContent = "";
    clearTimeout(timer);
    timer = setTimeout(save, DRAFT_PAUSE);
  });
  document.addEventListener("visibilitychange", () => document.hidden && save());
  // What is being sent is no draft any more.
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    sending = true;
    clearTimeout(timer);
    saving?.abort();
  });
  window.addEventListener("pageshow", () => {
    sending = false;
  });
}

// A link may lead to what is folded away.
function unfoldTarget() {
  const target = document.getElementById(named(location.hash));
  const folded = target?.matches(".msg") ? target.querySelector(":scope > details") : target?.matches("details") && target;
  if (folded) folded.open = true;
}

// What was done has been read: no reason to load the page again.
function dismiss(event) {
  event.preventDefault();
  event.currentTarget.parentElement.remove();
  history.replaceState(null, "", location.pathname + location.hash);
  document.getElementById("content").focus({ preventScroll: true });
}

function named(hash) {
  try {
    return decodeURIComponent(hash.slice(1));
  } catch {
    return ""; // it names nothing of ours
  }
}

// Ctrl+Enter sends the form that is being written.
function sendByKey(event) {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !event.target.matches("textarea")) return;
  const form = event.target.form;
  const button = [...form.querySelectorAll(".buttons button")].find((one) => !one.hidden);
  event.preventDefault();
  form.requestSubmit(button);
}

// Single keys, for those who want them; typing is never taken for them.
function listenToKeys() {
  let before = "";
  const actions = {
    j: () => step(1),
    k: () => step(-1),
    o: openChosen,
    r: () => write("answer"),
    n: () => write("note"),
    "/": () => document.getElementById("search")?.focus(),
    "?": () => go("/desk/help"),
    gi: () => go("/desk"),
  };
  return (event) => {
    const typing = event.target.closest(TYPED_IN);
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || off()) return;
    const action = actions[before + event.key] ?? actions[event.key];
    before = event.key === "g" ? "g" : "";
    if (!action) return;
    event.preventDefault();
    action();
  };
}

function places() {
  const rows = document.querySelectorAll(".list .subject a");
  return [...(rows.length ? rows : document.querySelectorAll(".conversation .msg"))];
}

function step(by) {
  const all = places();
  const now = all.findIndex((place) => place.contains(document.activeElement));
  const next = all[now < 0 ? (by > 0 ? 0 : all.length - 1) : now + by];
  if (!next) return;
  if (!next.matches("a")) next.tabIndex = -1;
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

function openChosen() {
  const chosen = places().find((place) => place.contains(document.activeElement));
  if (chosen?.matches("a")) chosen.click();
  else chosen?.querySelector("details > summary")?.click();
}

function write(mode) {
  if (!composer) return;
  const choice = composer.querySelector(`[name=mode][value=${mode}]`);
  if (choice && !choice.checked) choice.click();
  composer.elements.text.focus();
}

function go(path) {
  location.assign(page.root + path);
}

function off() {
  try {
    return localStorage.getItem(KEYS_OFF) !== null;
  } catch {
    return false; // a browser that keeps nothing
  }
}

// Who speaks to their device, or lives with a cat, can do without keys (WCAG 2.2, 2.1.4).
function offerSwitch(place) {
  if (!place) return;
  const box = place.querySelector("input");
  place.hidden = false;
  box.checked = !off();
  box.addEventListener("change", () => {
    if (box.checked) localStorage.removeItem(KEYS_OFF);
    else localStorage.setItem(KEYS_OFF, "1");
  });
}
