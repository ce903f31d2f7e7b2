// Runs after the terminal's own script: it measures letters, so the font must be there first.
"use strict";

const begin = window.onload;
window.onload = async (event) => {
  document.getElementById("again").addEventListener("click", () => window.location.reload());
  await document.fonts.load("16px 'Roboto Mono'").catch(() => {});
  begin(event);
};
