/** The fields of a question: what they say as a response, and how a response is shown in them. */
import * as numbers from "./numbers.js";

/** A question's section on the page. */
export function section(slot) {
  return document.getElementById(`q-${slot}`);
}

/** What the fields say: `{response}`, or `{fault}` for a number that cannot be read. */
export function read(slot, type, decimal) {
  const place = section(slot);
  const checked = [...place.querySelectorAll("input:checked")].map((input) => input.value);
  if (type === "multiple_choice") return { response: checked.length > 0 ? { choices: checked } : null };
  if (type === "single_choice") return { response: checked.length > 0 ? { choice: checked[0] } : null };
  if (type === "true_false") return { response: checked.length > 0 ? { value: checked[0] === "true" } : null };
  const text = place.querySelector(".answer").value;
  if (type === "short_text") return { response: text.trim() === "" ? null : { text: storable(text) } };
  const found = numbers.read(text, decimal);
  return found?.fault ? { fault: found.fault } : { response: found };
}

/** Put a response into the fields. */
export function write(slot, response, decimal) {
  const place = section(slot);
  const field = place.querySelector(".answer");
  if (field) {
    field.value = shown(response, decimal);
    return;
  }
  const chosen = ids(response);
  place.querySelectorAll("input").forEach((input) => (input.checked = chosen.includes(input.value)));
}

/** A response to look at, as the question words it: a copy of the chosen options, or what was written. Empty for none. */
export function picture(slot, response, decimal) {
  const copy = document.createDocumentFragment();
  const chosen = ids(response);
  section(slot)
    .querySelectorAll(".option")
    .forEach((option) => {
      if (!chosen.includes(option.querySelector("input").value)) return;
      const line = document.createElement("p");
      line.dir = "auto";
      line.append(...option.querySelector(".option-text").cloneNode(true).childNodes);
      copy.append(line);
    });
  if (response && chosen.length === 0) {
    const line = document.createElement("p");
    line.dir = "auto";
    line.textContent = shown(response, decimal);
    copy.append(line);
  }
  return copy;
}

/** Say at a number's field how it was read, and mark every field whose answer did not get through. */
export function mark(slot, type, decimal, trouble) {
  const place = section(slot);
  const found = type === "numeric" ? read(slot, type, decimal) : {};
  place.dataset.trouble = found.fault ?? (trouble === "invalid" ? "invalid" : "");
  const field = place.querySelector(".answer");
  if (field) field.setAttribute("aria-invalid", String(place.dataset.trouble !== ""));
  const reading = place.querySelector("[data-reading]");
  if (reading) {
    const figure = found.response ? numbers.written(found.response.number, decimal) : "";
    reading.querySelector("[data-figure]").textContent = figure;
    reading.hidden = figure === "" || figure === field.value.trim();
  }
}

function ids(response) {
  if (response?.choices) return response.choices;
  return [response?.choice ?? response?.value].filter((value) => value !== undefined).map(String);
}

function shown(response, decimal) {
  return response?.text ?? (response?.number ? numbers.written(response.number, decimal) : "");
}

/** Halves of pairs and NUL cannot be stored anywhere. */
function storable(text) {
  return text.replace(/\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "");
}
