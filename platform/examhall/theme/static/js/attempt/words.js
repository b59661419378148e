/** Words are counted while somebody writes. Too few or too many are said; they never keep an answer from being saved. */

/** Count the words of a text that asks for it. */
export function count(place) {
  const told = place?.querySelector("[data-words]");
  if (!told) return;
  const words = place.querySelector("textarea").value.match(/\S+/g)?.length ?? 0;
  const { least, most } = told.dataset;
  told.querySelector("[data-count]").textContent = String(words);
  told.dataset.state = words < Number(least) ? "few" : most && words > Number(most) ? "many" : "right";
}

document.addEventListener("input", ({ target }) => count(target.closest?.("[data-shape]")));
