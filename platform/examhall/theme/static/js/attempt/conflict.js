/** Two copies of one answer: the other one is shown at the question, and the candidate says which of them counts. */
import { picture, section } from "./answers.js";

/** Show the other copy; `keep` and `take` are called when the candidate has decided. */
export function ask(slot, response, decimal, { keep, take }) {
  const place = section(slot);
  place.querySelector("[data-conflict]")?.remove();
  const panel = document.getElementById("conflict").content.firstElementChild.cloneNode(true);
  const copy = picture(slot, response, decimal);
  panel.dataset.empty = String(copy.childNodes.length === 0);
  panel.querySelector("[data-other]").append(copy);
  for (const [name, act] of Object.entries({ keep, take })) {
    panel.querySelector(`[data-${name}]`).addEventListener("click", () => {
      panel.remove();
      act();
      document.getElementById(`q-${slot}-title`).focus();
    });
  }
  (place.querySelector(".prompt:not([data-shape])") ?? place.querySelector(".question-head")).after(panel);
}
