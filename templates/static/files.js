// A form's files: reports at once if they cannot be sent, and uploads them first, one by one, if they are too large
// for the form itself. The input's data attributes have the limits and the messages.
"use strict";

// `note`: the element for messages. `onAhead`: called with true when uploading begins, with false when it fails.
// Returns what makes the form ready for other files, without loading the page.
function filesOf(input, note, onAhead) {
  const limits = input.dataset;
  const form = input.form;
  let done = false;
  let busy = false;

  if (limits.hint) document.getElementById(`${input.id}-hint`).textContent = limits.hint;
  input.addEventListener("change", say);
  form.addEventListener("submit", beforeSending);
  window.addEventListener("pageshow", startAnew);

  // Why the files cannot be sent, in words; "" if they can.
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
    // Other listeners see from this that the form is not being sent now.
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

  // Uploads the files; the form then has their tokens instead of the files.
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

  // After a failure, and when somebody comes back to the page.
  function startAnew() {
    done = busy = false;
    input.disabled = false;
    for (const sent of form.querySelectorAll("input[name=uploads]")) sent.remove();
    onAhead(false);
  }

  return startAnew;
}

async function succeeded(request) {
  const response = await request;
  if (!response.ok) throw new Error(response.statusText);
  return response;
}
