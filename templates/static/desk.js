// Conveniences for the desk, which works without them: one send button at a time, drafts saved while typing, keys.
"use strict";

const DRAFT_PAUSE = 1500;
const TYPED_IN = "input, textarea, select, [contenteditable]";
const KEYS_OFF = "desk-keys-off";
const page = document.body.dataset;
const composer = document.querySelector("form[data-draft]");

if (composer) {
  showOneMode(composer);
  sendFiles(composer);
  insertArticles(composer);
  keepDraft(composer);
}
window.addEventListener("hashchange", unfoldTarget);
document.addEventListener("keydown", sendByKey);
document.addEventListener("keydown", listenToKeys());
offerSwitch(document.querySelector("[data-keys]"));
unfoldTarget();
document.querySelector(".dismiss")?.addEventListener("click", dismiss);

// Only the chosen one of answer, question and note can be sent; the box shows who will receive it.
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

// Puts an article's link or words where the cursor is.
function insertArticles(form) {
  const area = form.elements.text;
  area.setSelectionRange(area.value.length, area.value.length); // the page may have brought words along
  for (const buttons of form.querySelectorAll(".insert")) buttons.hidden = false;
  for (const button of form.querySelectorAll("[data-insert]")) {
    button.addEventListener("click", () => {
      area.setRangeText(button.dataset.insert, area.selectionStart, area.selectionEnd, "end");
      area.dispatchEvent(new Event("input", { bubbles: true }));
      area.focus();
    });
  }
}

// Sends files that are too large for the form before it; a second press during that time does nothing (files.js).
function sendFiles(form) {
  const files = form.elements.attachments;
  const state = form.querySelector(".ahead");
  filesOf(files, form.querySelector(".too-large"), (ahead) => {
    state.textContent = ahead ? files.dataset.uploading : "";
  });
}

// Shows who else is writing. If the form has the checkbox for that, updates it: `beside` is then two fields.
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

// Saves the typed text, shortly after the last key and when the page is left; shows whether it is saved.
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
      // Browsers limit the size of requests that outlive the page, so this is used only when it is left.
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
  // A text that is being sent is no longer a draft.
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

// A link may lead to something folded: unfold it.
function unfoldTarget() {
  const target = document.getElementById(named(location.hash));
  const folded = target?.matches(".msg") ? target.querySelector(":scope > details") : target?.matches("details") && target;
  if (folded) folded.open = true;
}

// The agent has read the notice: remove it without loading the page again.
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
    return ""; // not a valid fragment, so not one of ours
  }
}

// Ctrl+Enter sends the form that the agent writes in.
function sendByKey(event) {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !event.target.matches("textarea")) return;
  const form = event.target.form;
  const button = [...form.querySelectorAll(".buttons button")].find((one) => !one.hidden);
  event.preventDefault();
  form.requestSubmit(button);
}

// Single keys as shortcuts; they are ignored while somebody types.
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
    return false; // the browser allows no storage
  }
}

// People who use speech input, or have a cat, can switch the keys off (WCAG 2.2, 2.1.4).
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
