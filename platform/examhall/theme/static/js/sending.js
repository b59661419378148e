/**
 * A form that is being sent is not sent again: further presses do nothing until the answer is there.
 *
 * The server does a form's work once in any case; this spares it the others, and shows which button was pressed.
 * `aria-disabled`, not `disabled`: the button's name and value belong to what is sent.
 */
const PATIENCE = 10_000; // somebody who stopped the page from loading may press again after this

function rest(form) {
  form.removeAttribute("aria-busy");
  document.querySelectorAll("button[data-sent]").forEach((button) => {
    button.removeAttribute("aria-disabled");
    delete button.dataset.sent;
  });
}

// At the window, so that every script of the page has had its say before
window.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.getAttribute("method") !== "post" || form.hasAttribute("target")) return;
  if (form.hasAttribute("aria-busy")) {
    event.preventDefault();
    return;
  }
  form.setAttribute("aria-busy", "true");
  if (event.submitter) {
    event.submitter.dataset.sent = "";
    event.submitter.setAttribute("aria-disabled", "true");
  }
  setTimeout(rest, PATIENCE, form);
});

// Back to a page that the browser has kept as it was
window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[aria-busy]").forEach(rest);
});
