/**
 * Files to hand up: each is sent as soon as it is chosen, and the answer names those that the server holds.
 *
 * The list on the page is the answer; `data-slot-files` tells names and sizes of what has reached the server before.
 */
const MEGABYTE = 1024 * 1024;
const UNKNOWN = "…";
const known = new Map();
let connection = null;
let going = Promise.resolve();

/** `session` sends, `url` takes and gives files, `files()` asks the server for all there are: `[{id, name, size}]`. */
export function connect({ session, url, files }) {
  connection = { session, url, files };
}

/** Resolves when nothing is on its way any more. */
export function settled() {
  return going;
}

/** Whether a file is on its way. */
export function busy() {
  return document.querySelector("[data-going]:not([hidden])") !== null;
}

export function read(place) {
  const ids = rows(place).map(({ dataset }) => dataset.id);
  return ids.length > 0 ? ids : null;
}

export function write(place, ids) {
  learn(JSON.parse(place.dataset.slotFiles));
  place.querySelector("[data-files]").replaceChildren(...(ids ?? []).map((id) => row(place, id)));
  if ((ids ?? []).every((id) => known.has(id))) return;
  lookUp().then(() => rows(place).forEach((item) => item.replaceWith(row(place, item.dataset.id))));
}

export function show(place, ids) {
  return ids.map((id) => {
    const name = document.createElement("bdi");
    name.textContent = known.get(id)?.name ?? UNKNOWN;
    if (!known.has(id)) lookUp().then(() => (name.textContent = known.get(id)?.name ?? UNKNOWN));
    return name;
  });
}

function learn(files) {
  for (const { id, name, size } of files) known.set(id, { name, size });
}

/** Another tab has sent a file: ask for its name. */
async function lookUp() {
  learn((await connection?.files()) ?? []);
}

function rows(place) {
  return [...place.querySelectorAll("[data-files] > [data-id]")];
}

function row(place, id) {
  const { name, size } = known.get(id) ?? { name: UNKNOWN, size: null };
  const item = place.querySelector("template[data-file]").content.firstElementChild.cloneNode(true);
  item.dataset.id = id;
  item.querySelectorAll("[data-name]").forEach((text) => (text.textContent = name));
  item.querySelector("[data-size]").textContent = size === null ? "" : weight(size);
  if (connection) item.querySelector("a").href = `${connection.url}/${id}`;
  return item;
}

/** As the server words it, which counts in powers of two. */
function weight(bytes) {
  const [unit, share] = bytes < MEGABYTE ? ["kilobyte", Math.max(bytes / 1024, 0.1)] : ["megabyte", bytes / MEGABYTE];
  const style = { style: "unit", unit, maximumFractionDigits: 1, numberingSystem: "latn" };
  return new Intl.NumberFormat(document.documentElement.lang, style).format(share);
}

function say(place, trouble, detail = "") {
  const told = place.querySelector("[data-trouble-of]");
  told.dataset.troubleOf = trouble;
  told.querySelector("[data-detail]").textContent = detail;
}

/** What is wrong with a file before it is sent; "" for nothing. */
function wrong(place, file) {
  const { most, bytes, accept } = place.dataset;
  const ending = file.name.split(".").at(-1).toLowerCase();
  if (rows(place).length >= Number(most)) return "count";
  if (accept && !accept.split(" ").includes(ending)) return "kind";
  return file.size > Number(bytes) ? "size" : "";
}

async function send(place, file) {
  const fault = wrong(place, file);
  if (fault || !connection) {
    say(place, fault);
    return;
  }
  const bar = place.querySelector("[data-going]");
  const progress = bar.querySelector("progress");
  const form = new FormData();
  form.append("slot", place.closest("[data-slot]").dataset.slot);
  form.append("file", file);
  progress.value = 0;
  bar.hidden = false;
  try {
    const { status, data } = await connection.session.upload(connection.url, form, (share) => (progress.value = share));
    if (status === 201) add(place, data);
    else if (status === 413) say(place, "size");
    else if (status === 409 || status === 422) say(place, "refused", data.errors?.[0]?.message ?? data.detail);
    else say(place, "failed");
  } catch {
    say(place, "failed");
  } finally {
    bar.hidden = true;
  }
}

function add(place, file) {
  learn([file]);
  place.querySelector("[data-files]").append(row(place, file.id));
  place.dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("change", ({ target }) => {
  if (!target.matches?.('[data-shape="files"] input[type="file"]')) return;
  const place = target.closest("[data-shape]");
  const files = [...target.files];
  target.value = "";
  say(place, "");
  going = files.reduce((before, file) => before.then(() => send(place, file)), going);
});

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-remove-file]");
  if (!button) return;
  const place = button.closest("[data-shape]");
  button.closest("[data-id]").remove();
  say(place, "");
  place.dispatchEvent(new Event("change", { bubbles: true }));
  place.querySelector('input[type="file"]').focus();
});
