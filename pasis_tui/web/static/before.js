// Runs before the terminal's own script: says why a session ended, guards against a tab closed by
// mistake, and leaves pasting to the browser.
"use strict";

const LOST = "Förbindelsen till servern bröts. Det som inte var sparat ligger kvar som utkast.";
let open = false;

const Socket = window.WebSocket;
window.WebSocket = class extends Socket {
  constructor(...address) {
    super(...address);
    this.addEventListener("open", () => {
      open = true;
      document.querySelector(".xterm-helper-textarea").focus();
    });
    this.addEventListener("close", (event) => {
      open = false;
      const why = document.getElementById("why");
      why.textContent = event.reason || (event.code === 1000 ? why.textContent : LOST);
      document.getElementById("again").focus();
    });
  }
};

window.addEventListener("beforeunload", (event) => {
  if (open) event.preventDefault();
});

// Ctrl+V pastes; the terminal would send a control character instead.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey && !event.altKey && !event.metaKey && event.code === "KeyV") event.stopPropagation();
}, true);

// The terminal's script opens a finished file in a new tab, which a browser may block.
window.open = (address) => {
  const link = document.createElement("a");
  link.href = address;
  link.download = "";
  link.click();
  return null;
};
