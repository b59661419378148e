/**
 * Copies a text that is shown once, such as a one-time password.
 *
 * `data-copies="ID"` on a button names the element whose text is copied; the button's `data-copied` and `data-failed`
 * hold what is then said in the status region beside it. Where the clipboard is closed the text is selected instead.
 */
function select(element) {
  const range = document.createRange();
  range.selectNodeContents(element);
  const selection = getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copies]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copies);
  const status = button.parentElement.querySelector("[role=status]");
  try {
    await navigator.clipboard.writeText(source.textContent.trim());
    status.textContent = button.dataset.copied;
  } catch {
    select(source);
    status.textContent = button.dataset.failed;
  }
});
