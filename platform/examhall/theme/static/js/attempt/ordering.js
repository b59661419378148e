/**
 * Items to be put into order: by two buttons each, which do for keyboard and phone, or by dragging their grip.
 *
 * An order that nobody has touched is no answer; `data-taken` says whether one has.
 */

/** The ids in their order, or null. */
export function read(place) {
  return place.dataset.taken === "true" ? items(place).map(({ dataset }) => dataset.item) : null;
}

/** Put the items into this order; for null back into that in which they came. */
export function write(place, ids) {
  const list = place.querySelector("ol");
  const first = firsts(place);
  place.dataset.taken = String(ids !== null);
  const order = (ids ?? first).map((id) => items(place).find(({ dataset }) => dataset.item === id));
  list.append(...order.filter(Boolean));
  marks(place);
}

/** An order to look at. */
export function show(place, ids) {
  const list = document.createElement("ol");
  for (const id of ids) {
    const text = items(place).find(({ dataset }) => dataset.item === id)?.querySelector("[data-label]");
    const line = document.createElement("li");
    line.dir = "auto";
    if (text) line.append(...text.cloneNode(true).childNodes);
    list.append(line);
  }
  return [list];
}

function items(place) {
  return [...place.querySelectorAll("[data-item]")];
}

/** The ids as they came with the page. */
function firsts(place) {
  place.dataset.first ??= items(place)
    .map(({ dataset }) => dataset.item)
    .join(" ");
  return place.dataset.first.split(" ");
}

/** The first cannot go up and the last not down; the buttons stay focusable, so that the focus is never lost. */
function marks(place) {
  const all = items(place);
  all.forEach((item, index) => {
    const [up, down] = item.querySelectorAll("[data-move]");
    up.setAttribute("aria-disabled", String(index === 0));
    down.setAttribute("aria-disabled", String(index === all.length - 1));
  });
}

function moved(place, item) {
  marks(place);
  place.dataset.taken = "true";
  const number = items(place).indexOf(item) + 1;
  place.querySelector("[data-moved]").textContent = place.dataset.movedTo.replace("{n}", number);
  place.dispatchEvent(new Event("change", { bubbles: true }));
}

function step(button) {
  const item = button.closest("[data-item]");
  const up = button.dataset.move === "-1";
  const other = up ? item.previousElementSibling : item.nextElementSibling;
  if (!other) return;
  firsts(item.closest('[data-shape="order"]'));
  if (up) other.before(item);
  else other.after(item);
  button.focus();
  moved(item.closest('[data-shape="order"]'), item);
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.('[data-shape="order"] [data-move]');
  if (button) step(button);
  const take = target.closest?.("[data-take-order]");
  if (!take) return;
  const place = take.closest('[data-shape="order"]');
  place.dataset.taken = "true";
  place.dispatchEvent(new Event("change", { bubbles: true }));
  place.querySelector("[data-move]").focus();
});

document.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest?.('[data-shape="order"] [data-grip]');
  if (!grip || event.button !== 0 || grip.parentElement.querySelector("[data-move]").disabled) return;
  event.preventDefault();
  const place = grip.closest('[data-shape="order"]');
  const item = grip.closest("[data-item]");
  const before = firsts(place) && items(place).indexOf(item);
  grip.setPointerCapture(event.pointerId);
  item.dataset.dragged = "true";
  const middle = (each) => each.getBoundingClientRect().top + each.offsetHeight / 2;
  const below = () => item.nextElementSibling;
  const above = () => item.previousElementSibling;
  // The others make room: an element that is itself moved loses the pointer
  const drag = ({ clientY }) => {
    while (below() && clientY > middle(below())) item.before(below());
    while (above() && clientY < middle(above())) item.after(above());
  };
  const drop = () => {
    grip.removeEventListener("pointermove", drag);
    delete item.dataset.dragged;
    if (items(place).indexOf(item) !== before) moved(place, item);
  };
  grip.addEventListener("pointermove", drag);
  grip.addEventListener("lostpointercapture", drop, { once: true });
});
