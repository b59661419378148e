/**
 * The picture of a hotspot question: chosen from the media store, with its regions drawn on it. A press on "Draw" lets the
 * pointer outline a region; the numbers in the fields say the same and do for the keyboard.
 */
import { choose } from "./rich.js";

const place = document.querySelector("[data-hotspot]");
const canvas = place?.querySelector("[data-canvas]");
const picture = place?.querySelector("[data-canvas-picture]");
const shapes = place?.querySelector("[data-canvas-shapes]");
const told = place?.querySelector("[data-canvas-told]");
const NS = "http://www.w3.org/2000/svg";

let drawing = null; // the row whose region is outlined
let corners = [];

function named(name) {
  return place.querySelector(`[name="${name}"]`);
}

function part(row, name) {
  return row.querySelector(`[name$="-${name}"]`);
}

function numbers(row) {
  return (part(row, "coords").value.match(/\d+/g) ?? []).map(Number);
}

function outline(shape, c) {
  const attributes = {
    rect: c.length === 4 && {
      x: Math.min(c[0], c[2]), y: Math.min(c[1], c[3]), width: Math.abs(c[2] - c[0]), height: Math.abs(c[3] - c[1]),
    },
    circle: c.length === 3 && { cx: c[0], cy: c[1], r: c[2] },
    polygon: c.length >= 4 && { points: c.join(" ") },
  }[shape];
  if (!attributes) return null;
  const drawn = document.createElementNS(NS, shape);
  for (const [name, value] of Object.entries(attributes)) drawn.setAttribute(name, value);
  return drawn;
}

function paint() {
  const digest = named("image").value.trim();
  const size = [Number(named("width").value), Number(named("height").value)];
  canvas.hidden = !/^[0-9a-f]{64}$/.test(digest) || !(size[0] > 0 && size[1] > 0);
  if (canvas.hidden) return;
  const address = document.getElementById("media-dialog").dataset.url + "/" + digest;
  if (picture.getAttribute("src") !== address) picture.src = address;
  shapes.setAttribute("viewBox", `0 0 ${size[0]} ${size[1]}`);
  shapes.replaceChildren();
  for (const row of place.querySelectorAll("[data-row]")) {
    const drawn = outline(part(row, "shape").value, numbers(row));
    if (!drawn) continue;
    drawn.classList.toggle("is-drawn", row === drawing);
    shapes.append(drawn);
  }
  const dots = part(drawing ?? place, "shape")?.value === "polygon" ? corners : [];
  for (const [x, y] of dots) {
    const dot = outline("circle", [x, y, Math.max(2, size[0] / 150)]);
    shapes.append(dot);
  }
}

function at(event) {
  const box = shapes.getBoundingClientRect();
  const within = (value, most) => Math.round(Math.min(Math.max(value, 0), most));
  const [width, height] = [Number(named("width").value), Number(named("height").value)];
  return [
    within(((event.clientX - box.left) / box.width) * width, width),
    within(((event.clientY - box.top) / box.height) * height, height),
  ];
}

function put(coords) {
  part(drawing, "coords").value = coords.join(", ");
  paint();
}

function stop() {
  const button = drawing?.querySelector("[data-draws]");
  if (button) {
    button.setAttribute("aria-pressed", "false");
    button.textContent = button.dataset.draw;
    part(drawing, "coords").dispatchEvent(new Event("input", { bubbles: true }));
  }
  drawing = null;
  corners = [];
  canvas.classList.remove("is-drawing");
  told.textContent = "";
  paint();
}

function start(button) {
  const row = button.closest("[data-row]");
  const again = row === drawing;
  stop();
  if (again) return;
  drawing = row;
  button.setAttribute("aria-pressed", "true");
  button.textContent = button.dataset.done;
  canvas.classList.add("is-drawing");
  told.textContent = part(row, "shape").value === "polygon" ? told.dataset.press : told.dataset.drag;
  canvas.scrollIntoView({ block: "nearest" });
}

function drag(event) {
  const kind = part(drawing, "shape").value;
  const [x, y] = at(event);
  if (kind === "polygon") {
    corners.push([x, y]);
    put(corners.flat());
    return;
  }
  const to = (moved) => {
    const [nx, ny] = at(moved);
    put(kind === "circle" ? [x, y, Math.max(1, Math.round(Math.hypot(nx - x, ny - y)))] : [x, y, nx, ny]);
  };
  shapes.setPointerCapture(event.pointerId);
  shapes.addEventListener("pointermove", to);
  shapes.addEventListener(
    "lostpointercapture",
    () => {
      shapes.removeEventListener("pointermove", to);
      stop();
    },
    { once: true },
  );
}

function prepare(root) {
  for (const button of root.querySelectorAll("[data-draws], [data-chooses]")) button.hidden = false;
}

/** What the button fills in needs no field, unless something is wrong with it. */
function tidy() {
  for (const name of ["image", "width", "height"]) {
    const field = named(name).closest(".field");
    field.hidden = !field.querySelector(".field-error");
  }
}

if (place) {
  prepare(place);
  tidy();
  paint();
  place.addEventListener("input", paint);
  place.addEventListener("change", paint);
  place.addEventListener("row-added", ({ target }) => prepare(target));
  place.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-draws]");
    if (button) start(button);
    const chooses = target.closest("[data-chooses]");
    if (!chooses) return;
    const take = (medium, words) => {
      named("image").value = medium.digest;
      named("width").value = medium.width;
      named("height").value = medium.height;
      named("alt").value = words;
      named("alt").dispatchEvent(new Event("input", { bubbles: true }));
      chooses.focus();
    };
    choose(take, chooses, "image");
  });
  shapes.addEventListener("pointerdown", (event) => {
    if (!drawing || event.button !== 0) return;
    event.preventDefault();
    drag(event);
  });
}
