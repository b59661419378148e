/** The fields of a question: what they say as a response, and how a response is shown in them. */
import * as numbers from "./numbers.js";
import * as shapes from "./shapes.js";

/** A question's section on the page. */
export function section(slot) {
  return document.getElementById(`q-${slot}`);
}

/** What the fields say. `fault` names what is wrong with a number that cannot be read; what it was `before` stays then. */
export function read(slot, before, decimal) {
  let fault = null;
  const response = shapes.read(root(slot), before, { decimal, fault: (_place, name) => (fault ??= name) });
  return { response, fault };
}

/** Put a response into the fields. */
export function write(slot, response, decimal) {
  shapes.write(root(slot), response, { decimal });
}

/** A response to look at, as the question words it. Empty for none. */
export function picture(slot, response, decimal) {
  const copy = document.createDocumentFragment();
  for (const part of shapes.show(root(slot), response, { decimal })) {
    const line = document.createElement("div");
    line.dir = "auto";
    line.append(part);
    copy.append(line);
  }
  return copy;
}

/** Say at each number how it was read, and mark every field whose answer did not get through. */
export function mark(slot, decimal, trouble) {
  const place = section(slot);
  const faults = new Map();
  shapes.read(root(slot), null, { decimal, fault: (field, name) => faults.set(field, name) });
  place.dataset.trouble = [...faults.values()][0] ?? (trouble === "invalid" ? "invalid" : "");
  for (const field of place.querySelectorAll(".answer")) {
    const own = field.closest("[data-shape]");
    field.setAttribute("aria-invalid", String(faults.has(own) || trouble === "invalid"));
  }
  for (const number of place.querySelectorAll('[data-shape="number"]')) reading(number, decimal);
}

function root(slot) {
  return section(slot).querySelector("[data-shape]");
}

function reading(place, decimal) {
  const typed = place.querySelector("[data-number]").value;
  const found = numbers.read(typed, decimal);
  const figure = found?.number ? numbers.written(found.number, decimal) : "";
  const told = place.querySelector("[data-reading]");
  told.querySelector("[data-figure]").textContent = figure;
  told.hidden = figure === "" || figure === typed.trim();
}
