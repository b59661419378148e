/**
 * Opens and closes native dialogs by attributes.
 *
 * `data-opens="ID"` on a button opens the dialog with that id as a modal; the browser keeps the focus inside and gives
 * it back afterwards. `data-closes` on a button inside a dialog closes it, as does a press on the backdrop.
 */
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    document.getElementById(opener.dataset.opens).showModal();
    return;
  }
  const dialog = event.target.closest("dialog[open]");
  if (dialog && (event.target === dialog || event.target.closest("[data-closes]"))) dialog.close();
});
