// A button for storefronts that opens the shop's chat in a frame:
// <script src="https://…/static/chat-launcher.js" data-chat="https://…/shops/northlight/chat" data-label="Chat" defer></script>
// It sets no cookie and loads nothing before the button is pressed. Without scripts, a link to the same address does.
"use strict";

(function () {
  const own = document.currentScript;
  const { chat, label = "Chat", close = "×" } = own.dataset;
  if (!chat) return;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = label;
  place(button, "1rem", "");
  button.addEventListener("click", open);
  document.body.append(button);
  let dialog = null;

  function open() {
    dialog = dialog || made();
    dialog.show();
    button.hidden = true;
  }

  function made() {
    const box = document.createElement("dialog");
    const shut = document.createElement("button");
    const frame = document.createElement("iframe");
    box.setAttribute("aria-label", label);
    place(box, "1rem", "min(26rem, calc(100vw - 2rem))");
    box.style.height = "min(40rem, calc(100vh - 2rem))";
    box.style.cssText += "padding:2.5rem 0 0;box-sizing:border-box;border:1px solid #7b776f;border-radius:0.5rem;overflow:hidden;background:#fff";
    shut.type = "button";
    shut.textContent = close;
    shut.setAttribute("aria-label", own.dataset.closeLabel || "Close");
    shut.style.cssText = "position:absolute;top:0.25rem;right:0.25rem;min-width:2rem;min-height:2rem";
    shut.addEventListener("click", () => {
      box.close();
      button.hidden = false;
      button.focus();
    });
    frame.src = chat;
    frame.title = label;
    frame.style.cssText = "width:100%;height:100%;border:0";
    box.append(frame, shut);
    document.body.append(box);
    return box;
  }

  function place(element, edge, width) {
    element.style.cssText = `position:fixed;right:${edge};bottom:${edge};left:auto;top:auto;z-index:2147483000;margin:0`;
    if (width) element.style.width = width;
  }
})();
