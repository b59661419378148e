/** Leads from a fault of an import to its line, `data-line`, in the text that stands there to be mended. */
import "./leaving.js";

const text = document.getElementById("mended");

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-line]");
  if (!link) return;
  event.preventDefault();
  const lines = text.value.split("\n");
  const before = lines.slice(0, Number(link.dataset.line) - 1);
  const start = before.reduce((sum, line) => sum + line.length + 1, 0);
  text.setSelectionRange(start, start);
  text.focus(); // a text scrolls to where it is written when it gets the focus
  text.setSelectionRange(start, start + lines[before.length].length);
});
