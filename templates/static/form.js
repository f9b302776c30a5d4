// Conveniences for the forms, which work without them: count characters, show the kind's fields, send only once.
"use strict";

const form = document.querySelector("form[data-sending]");
const words = form.dataset;
const button = form.querySelector("[type=submit]");
const label = button.textContent;
const fileInput = form.querySelector("input[type=file]");

for (const area of document.querySelectorAll("textarea[data-most]")) countCharacters(area);
followKind(form.elements.kind);
filesOf(fileInput, noteAfter(fileInput, "error"), (ahead) => {
  button.textContent = ahead ? words.uploading : label;
  if (ahead) button.setAttribute("aria-disabled", "true");
  else button.removeAttribute("aria-disabled");
});
sendOnce();

// Shows the characters left once nine tenths are used.
function countCharacters(area) {
  const most = Number(area.dataset.most);
  const note = noteAfter(area, "count");
  area.addEventListener("input", () => {
    const left = most - [...area.value].length;
    note.classList.toggle("over", left < 0);
    note.textContent = left > most / 10 ? "" : `${left < 0 ? words.over : words.left} ${Math.abs(left)}`;
  });
}

// Shows only the fields of the chosen kind, and unfolds its part.
function followKind(kinds) {
  if (!kinds) return;
  // A question before buying has its kind and topic in hidden fields.
  const topics = form.elements.topic?.options ? form.elements.topic : null;
  const all = topics ? [...topics.options] : [];
  const follow = () => {
    if (topics) narrow(topics, all, kinds.value);
    for (const part of form.querySelectorAll("details[data-kind]")) unfold(part, kinds.value);
  };
  form.addEventListener("change", (event) => event.target.name === "kind" && follow());
  follow();
}

// Offers only the kind's topics, and hides the field if only "none" is left.
function narrow(topics, all, kind) {
  const chosen = topics.value;
  const fits = ({ dataset }) => !kind || !dataset.kinds || dataset.kinds.split(" ").includes(kind);
  topics.replaceChildren(...all.filter(fits));
  topics.value = [...topics.options].some((option) => option.value === chosen) ? chosen : "";
  topics.closest(".field").hidden = topics.options.length < 2;
}

// Fields that are filled in stay visible, even if the kind changes afterwards.
function unfold(part, kind) {
  const filled = [...part.querySelectorAll("input")].some((input) => input.value);
  part.open = part.dataset.kind === kind || filled || part.querySelector(".at-fault") !== null;
}

// A second press during sending does nothing; coming back to the page makes the form ready again.
function sendOnce() {
  let sending = false;
  window.addEventListener("pageshow", () => {
    sending = false;
    button.removeAttribute("aria-disabled");
    button.textContent = label;
  });
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (sending) return event.preventDefault();
    sending = true;
    button.setAttribute("aria-disabled", "true");
    button.textContent = words.sending;
  });
}

function noteAfter(control, className) {
  const note = document.createElement("p");
  note.className = className;
  note.setAttribute("role", "status");
  control.after(note);
  return note;
}
