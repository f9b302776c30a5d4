// Comfort for the forms, which work without it: counts characters, sends large files ahead, sends once.
"use strict";

const form = document.querySelector("form[data-sending]");
const words = form.dataset;
const button = form.querySelector("[type=submit]");
const label = button.textContent;
const fileInput = form.querySelector("input[type=file]");
const fileNote = noteAfter(fileInput, "error");

for (const area of document.querySelectorAll("textarea[data-most]")) countCharacters(area);
narrowTopics(form.elements.topic, form.elements.kind);
watchFiles(fileInput.dataset);
sendOnce();

// Says what is left once nine tenths are used.
function countCharacters(area) {
  const most = Number(area.dataset.most);
  const note = noteAfter(area, "count");
  area.addEventListener("input", () => {
    const left = most - [...area.value].length;
    note.classList.toggle("over", left < 0);
    note.textContent = left > most / 10 ? "" : `${left < 0 ? words.over : words.left} ${Math.abs(left)}`;
  });
}

// Offers only the topics that belong to the kind chosen.
function narrowTopics(select, kinds) {
  if (!select || !kinds) return;
  const all = [...select.options];
  const narrow = () => {
    const fits = ({ dataset }) => !kinds.value || !dataset.kinds || dataset.kinds.split(" ").includes(kinds.value);
    const chosen = select.value;
    select.replaceChildren(...all.filter(fits));
    select.value = [...select.options].some((option) => option.value === chosen) ? chosen : "";
  };
  form.addEventListener("change", (event) => event.target.name === "kind" && narrow());
  narrow();
}

function watchFiles(limits) {
  if (limits.hint) document.getElementById(`${fileInput.id}-hint`).textContent = limits.hint;
  fileInput.addEventListener("change", () => {
    const tooLarge = limits.each
      ? [...fileInput.files].some((file) => file.size > Number(limits.each)) && limits.eachTooLarge
      : !fitsTheForm() && limits.tooLarge;
    fileNote.textContent = tooLarge || "";
  });
}

function fitsTheForm() {
  return [...fileInput.files].reduce((sum, file) => sum + file.size, 0) <= Number(fileInput.dataset.together);
}

// A second press while the first is under way does nothing; coming back to the page makes it ready again.
function sendOnce() {
  let sending = false;
  const ready = () => {
    sending = false;
    fileInput.disabled = false;
    for (const sent of form.querySelectorAll("input[name=uploads]")) sent.remove();
    button.removeAttribute("aria-disabled");
    button.textContent = label;
  };
  window.addEventListener("pageshow", ready);
  form.addEventListener("submit", (event) => {
    if (sending) return event.preventDefault();
    sending = true;
    button.setAttribute("aria-disabled", "true");
    button.textContent = words.sending;
    if (!fileInput.dataset.uploads || fitsTheForm()) return;
    event.preventDefault();
    button.textContent = words.uploading;
    sendAhead([...fileInput.files]).then(
      () => form.submit(),
      () => {
        ready();
        fileNote.textContent = words.uploadFailed;
      },
    );
  });
}

// Uploads the files one by one; the form then names them instead of holding them.
async function sendAhead(files) {
  const names = [];
  for (const file of files) names.push(await upload(file));
  for (const name of names) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "uploads", value: name }));
  }
  fileInput.disabled = true;
}

async function upload(file) {
  const type = file.type || "application/octet-stream";
  const asked = JSON.stringify({ filename: file.name, content_type: type, size: file.size });
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  const place = await succeeded(fetch(fileInput.dataset.uploads, { method: "POST", headers, body: asked }));
  const { url, fields, upload } = await place.json();
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  body.append("file", file);
  await succeeded(fetch(url, { method: "POST", body }));
  return upload;
}

async function succeeded(request) {
  const response = await request;
  if (!response.ok) throw new Error(response.statusText);
  return response;
}

function noteAfter(control, className) {
  const note = document.createElement("p");
  note.className = className;
  note.setAttribute("role", "status");
  control.after(note);
  return note;
}
