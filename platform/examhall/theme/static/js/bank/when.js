/**
 * Shows parts of a form only while they mean something: `data-when="NAME"` is shown while the field NAME, of the nearest row
 * that has one or of the form, has one of the values that `data-is` lists. What is hidden is still sent.
 */
function field(place) {
  const name = place.dataset.when;
  for (let row = place.closest("[data-row]"); row; row = row.parentElement.closest("[data-row]")) {
    const found = [...row.querySelectorAll(`[name$="-${name}"]`)].find((each) => each.closest("[data-row]") === row);
    if (found) return found;
  }
  return document.querySelector(`[name="${name}"]`);
}

function show(root) {
  for (const place of root.querySelectorAll("[data-when]")) {
    const control = field(place);
    place.hidden = Boolean(control) && !place.dataset.is.split(",").includes(control.value);
  }
}

document.addEventListener("change", ({ target }) => {
  if (target.matches?.("select")) show(target.closest("[data-row]") ?? document);
});
document.addEventListener("row-added", ({ target }) => show(target));
show(document);
