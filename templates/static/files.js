// A form's files: told at once when they cannot go along, and sent ahead, one by one, when they are too large for the
// form itself. What the input may hold and what is said of it stands in its data attributes.
"use strict";

// `note`: where it is said. `onAhead`: told that files are being sent ahead.
function filesOf(input, note, onAhead) {
  const limits = input.dataset;
  const form = input.form;
  let done = false;
  let busy = false;

  if (limits.hint) document.getElementById(`${input.id}-hint`).textContent = limits.hint;
  input.addEventListener("change", say);
  form.addEventListener("submit", beforeSending);
  window.addEventListener("pageshow", startAnew);

  // Why the files cannot be sent, in words; "" when they can.
  function fault() {
    const files = [...input.files];
    const large = files.find((file) => file.size > Number(limits.each));
    if (files.length > Number(limits.most)) return limits.tooMany;
    return large ? limits.eachTooLarge.replace("{name}", large.name) : "";
  }

  function say(words) {
    note.textContent = typeof words === "string" ? words : fault();
    note.hidden = note.textContent === "";
  }

  function fits() {
    return [...input.files].reduce((sum, file) => sum + file.size, 0) <= Number(limits.together);
  }

  function beforeSending(event) {
    if (done || input.disabled) return;
    say();
    if (note.textContent) {
      input.focus();
    } else if (fits()) {
      return;
    } else if (!busy) {
      busy = true;
      onAhead(true);
      sendAhead()
        .then(() => goOn(event.submitter))
        .catch(giveUp);
    }
    // Whoever else listens sees that it is not sent now.
    event.preventDefault();
  }

  function goOn(button) {
    done = true;
    form.requestSubmit(button);
  }

  function giveUp() {
    startAnew();
    say(limits.uploadFailed);
  }

  // The form names the files from then on instead of holding them.
  async function sendAhead() {
    const tokens = [];
    for (const file of input.files) tokens.push(await upload(file));
    for (const value of tokens) {
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "uploads", value }));
    }
    input.disabled = true;
  }

  async function upload(file) {
    const type = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/.test(file.type) ? file.type : "application/octet-stream";
    const body = JSON.stringify({ filename: file.name, content_type: type, size: file.size });
    const headers = { "Content-Type": "application/json", Accept: "application/json" };
    const place = await (await succeeded(fetch(limits.uploads, { method: "POST", headers, body }))).json();
    const sent = new FormData();
    for (const [name, value] of Object.entries(place.fields)) sent.append(name, value);
    sent.append("file", file);
    await succeeded(fetch(place.url, { method: "POST", body: sent }));
    return place.upload;
  }

  // After a failure, and for who comes back to the page.
  function startAnew() {
    done = busy = false;
    input.disabled = false;
    for (const sent of form.querySelectorAll("input[name=uploads]")) sent.remove();
    onAhead(false);
  }
}

async function succeeded(request) {
  const response = await request;
  if (!response.ok) throw new Error(response.statusText);
  return response;
}
