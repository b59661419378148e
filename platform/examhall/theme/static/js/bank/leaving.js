/** Asks before a page is left on which something was written that has not been sent: in a form with `data-asks-to-leave`. */
const forms = document.querySelectorAll("[data-asks-to-leave]");
const written = new Set([...forms].filter((form) => form.querySelector("[aria-invalid=true]")));

for (const form of forms) form.addEventListener("input", () => written.add(form));

// At the window, so that every script of the page has had its say before
window.addEventListener("submit", (event) => event.defaultPrevented || written.delete(event.target));
window.addEventListener("beforeunload", (event) => written.size && event.preventDefault());
