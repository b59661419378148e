/** The picture of a hotspot: a press on a region ticks it in the list, which holds the answer; the picture follows the list. */

/** Draw what is ticked. */
export function paint(place) {
  for (const region of place.querySelectorAll("[data-region]")) {
    region.dataset.chosen = String(input(place, region.dataset.region).checked);
  }
}

function input(place, id) {
  return place.querySelector(`input[value="${CSS.escape(id)}"]`);
}

document.addEventListener("click", ({ target }) => {
  const region = target.closest?.("[data-region]");
  const place = region?.closest('[data-shape="regions"]');
  if (!place || place.closest("[inert]")) return;
  const field = input(place, region.dataset.region);
  if (!field.disabled) field.click();
});

document.addEventListener("change", ({ target }) => {
  const place = target.closest?.('[data-shape="regions"]');
  if (place) paint(place);
});
