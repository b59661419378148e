/**
 * How an answer stands in the fields of a page, by the shape that they declare, whatever the type of the question:
 * `data-shape` is one, many, bool, text, number, map, order, files or regions. `data-as` names the member of the response
 * that holds the value; `data-key` names the value in the map around it. A null value is no answer.
 */
import * as numbers from "./numbers.js";
import * as ordering from "./ordering.js";
import * as regions from "./regions.js";
import * as uploads from "./uploads.js";
import * as words from "./words.js";

const FIELDS = "input, select, textarea";

const SHAPES = {
  one: { read: (place) => chosen(place)[0] ?? null, write: (place, id) => choose(place, [id]), show: showChosen },
  bool: {
    read: (place) => ({ true: true, false: false })[chosen(place)[0]] ?? null,
    write: (place, value) => choose(place, [String(value)]),
    show: (place, value) => showChosen(place, String(value)),
  },
  many: { read: readMany, write: writeMany, show: showChosen },
  text: { read: readText, write: writeText, show: (place, text) => [text] },
  number: { read: readNumber, write: writeNumber, show: showNumber },
  map: { read: readMap, write: writeMap, show: showMap },
  order: { read: ordering.read, write: ordering.write, show: ordering.show },
  files: { read: uploads.read, write: uploads.write, show: uploads.show },
  regions: {
    read: (place) => listed(chosen(place)),
    write: (place, ids) => {
      choose(place, ids ?? []);
      regions.paint(place);
    },
    show: showChosen,
  },
};

/**
 * The value that the fields of a place hold. `ways.decimal` is the language's decimal sign; where a number cannot be read
 * `ways.fault(place, name)` is told, and the value `before` stays.
 */
export function read(place, before, ways) {
  const { shape, as } = place.dataset;
  const value = SHAPES[shape].read(place, as && before ? before[as] : before, ways);
  return value === null || !as ? value : { [as]: value };
}

/** Put a value, or null, into the fields of a place. */
export function write(place, value, ways) {
  const { shape, as } = place.dataset;
  SHAPES[shape].write(place, (as && value ? value[as] : value) ?? null, ways);
}

/** A value to look at, as the page words it: nodes and texts, none for null. */
export function show(place, value, ways) {
  const { shape, as } = place.dataset;
  const inner = (as && value ? value[as] : value) ?? null;
  return inner === null ? [] : SHAPES[shape].show(place, inner, ways);
}

/** What a place is called: a copy of its label. */
export function label(place) {
  return [...(place.querySelector("[data-label]")?.cloneNode(true).childNodes ?? [])];
}

function chosen(place) {
  const ticked = [...place.querySelectorAll("input:checked")].map(({ value }) => value);
  return [...ticked, ...[...place.querySelectorAll("select")].map(({ value }) => value).filter(Boolean)];
}

function choose(place, ids) {
  place.querySelectorAll("input").forEach((input) => (input.checked = ids.includes(input.value)));
  place.querySelectorAll("select").forEach((select) => (select.value = ids[0] ?? ""));
}

function listed(ids) {
  return ids.length > 0 ? ids : null;
}

/** The row that says «none of these» makes an empty list an answer. */
function readMany(place) {
  return place.querySelector("[data-none]:checked") ? [] : listed(chosen(place));
}

function writeMany(place, ids) {
  choose(place, ids ?? []);
  const none = place.querySelector("[data-none]");
  if (none) none.checked = ids?.length === 0;
}

function showChosen(place, ids) {
  const named = [ids].flat();
  const meant = (field) => ("none" in field.dataset ? named.length === 0 : named.includes(field.value));
  const rows = [...place.querySelectorAll(".option")].filter((row) => meant(row.querySelector("input")));
  const copies = rows.map((row) => line(row.querySelector(".option-text").cloneNode(true).childNodes));
  const picked = [...place.querySelectorAll("option")].filter(({ value }) => value && named.includes(value));
  return [...copies, ...picked.map(({ textContent }) => textContent)];
}

function readText(place) {
  const { value } = place.querySelector(FIELDS);
  const untouched = value.trim() === "" || value === place.dataset.template;
  return untouched ? null : storable(value);
}

function writeText(place, text) {
  const field = place.querySelector(FIELDS);
  const value = text ?? place.dataset.template ?? "";
  if (field.value !== value) field.value = value;
  words.count(place);
}

/** Halves of pairs and NUL cannot be stored anywhere. */
function storable(text) {
  return text.replace(/\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "");
}

function readNumber(place, before, { decimal, fault }) {
  const found = numbers.read(place.querySelector("[data-number]").value, decimal);
  if (found?.fault) {
    fault(place, found.fault);
    return before ?? null;
  }
  const unit = storable(place.querySelector("[data-unit]")?.value.trim() ?? "");
  return found && unit ? { ...found, unit } : found;
}

function writeNumber(place, value, { decimal }) {
  place.querySelector("[data-number]").value = value ? numbers.written(value.number, decimal) : "";
  const unit = place.querySelector("[data-unit]");
  if (unit) unit.value = value?.unit ?? "";
}

function showNumber(place, { number, unit }, { decimal }) {
  return [[numbers.written(number, decimal), unit].filter(Boolean).join(" ")];
}

function parts(place) {
  return [...place.querySelectorAll("[data-key]")];
}

function readMap(place, before, ways) {
  const values = parts(place).map((part) => [part.dataset.key, read(part, before?.[part.dataset.key] ?? null, ways)]);
  const given = values.filter(([, value]) => value !== null);
  return given.length > 0 ? Object.fromEntries(given) : null;
}

function writeMap(place, value, ways) {
  parts(place).forEach((part) => write(part, value?.[part.dataset.key] ?? null, ways));
}

function showMap(place, value, ways) {
  return parts(place)
    .filter((part) => part.dataset.key in value)
    .map((part) => line([...label(part), ": ", ...show(part, value[part.dataset.key], ways)]));
}

function line(nodes) {
  const place = document.createElement("div");
  place.dir = "auto";
  place.append(...nodes);
  return place;
}

/** «None of these» and the others exclude each other; done before anybody reads the fields. */
function exclude({ target }) {
  const place = target.closest?.('[data-shape="many"]');
  if (!place || !target.checked) return;
  const none = "none" in target.dataset;
  for (const input of place.querySelectorAll("input")) if (("none" in input.dataset) !== none) input.checked = false;
}

document.addEventListener("change", exclude, true);
