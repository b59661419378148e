/**
 * The toolbar of rich fields: emphasis, pictures and sounds with the words that they need, formulas with a look at them.
 *
 * The page holds the toolbar as a template and the dialogs; a script only inserts what they say into the text.
 */
import { piece, readAgain } from "./pieces.js";
import { add } from "./rows.js";

const tools = document.getElementById("rich-tools");
const form = document.querySelector("[data-authoring]");
const media = document.getElementById("media-dialog");
const formula = document.getElementById("formula-dialog");

function insert(text, before, after = "") {
  const { selectionStart: start, selectionEnd: end, value } = text;
  text.setRangeText(before + value.slice(start, end) + after, start, end, "end");
  if (after && start === end) text.setSelectionRange(start + before.length, start + before.length);
  text.focus();
  text.dispatchEvent(new Event("input", { bubbles: true }));
}

/* Pictures, sounds and films */

/** Ask for a medium; `take` gets it and the words that describe it. */
export function choose(take, opener, only = "") {
  const say = (error) => {
    media.querySelector("[data-error]").textContent = error ?? "";
    media.querySelector("[data-error]").hidden = !error;
  };
  const file = media.querySelector("[data-file]");
  const words = media.querySelector("[data-words-for]");
  file.value = "";
  words.value = "";
  file.accept = only ? file.dataset.pictures : file.dataset.accept;
  say(null);
  list(only);
  media.onclose = () => opener.focus();
  media.querySelector("[data-takes]").onclick = async () => {
    if (!words.value.trim()) {
      say(media.dataset.wordless);
      words.focus();
      return;
    }
    const medium = file.files.length ? await upload(file.files[0], say) : media.querySelector("[name=medium]:checked")?.medium;
    if (!medium) {
      if (!file.files.length) say(media.dataset.nothing);
      return;
    }
    media.onclose = null;
    media.close();
    take(medium, words.value);
  };
  media.showModal();
}

async function upload(file, say) {
  const data = new FormData();
  data.append("file", file);
  const once = () => {
    const headers = { "X-CSRF-TOKEN": document.querySelector("meta[name=csrf-token]").content };
    return fetch(media.dataset.url, { method: "POST", body: data, headers });
  };
  let answer;
  try {
    answer = await once();
    if (answer.status === 403 && (await readAgain(form))) answer = await once();
  } catch {
    say(media.dataset.offline);
    return null;
  }
  const said = await answer.json();
  if (answer.ok) return said;
  say(said.errors?.[0]?.message ?? said.detail ?? said.title);
  return null;
}

async function list(only) {
  const place = media.querySelector("[data-list]");
  place.replaceChildren();
  const answer = await fetch(`${media.dataset.url}?page_size=60`).catch(() => null);
  if (!answer?.ok) return;
  const pattern = media.querySelector("template");
  for (const medium of await answer.json()) {
    if (only && !medium.media_type.startsWith(`${only}/`)) continue;
    const copy = pattern.content.cloneNode(true);
    copy.querySelector("input").medium = medium;
    copy.querySelector("[data-name]").textContent = medium.name;
    const picture = copy.querySelector("img");
    if (medium.width) picture.src = medium.url;
    else picture.remove();
    place.append(copy);
  }
  media.querySelector("[data-kept]").hidden = !place.children.length;
}

/** The tag of a medium. It is made in a document that nobody sees, where nothing is loaded. */
function element(medium, words) {
  const kind = medium.media_type.split("/").at(0);
  const made = document.implementation.createHTMLDocument("").createElement(kind === "image" ? "img" : kind);
  const attributes = { src: `media:${medium.digest}` };
  if (kind === "image") Object.assign(attributes, { alt: words, width: medium.width, height: medium.height });
  else Object.assign(attributes, { title: words, controls: "" });
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made.outerHTML;
}

/* Formulas */

let drawing;

async function draw() {
  const query = new URLSearchParams({ latex: formula.querySelector("[data-latex]").value, display: display() });
  const drawn = await piece(`${formula.dataset.url}?${query}`).catch(() => null);
  if (drawn?.html) formula.querySelector("[data-drawn]").innerHTML = drawn.html;
}

function display() {
  return formula.querySelector("[data-display]").checked ? "block" : "inline";
}

/** What a formula stands between. */
function signs(way) {
  return formula.dataset[way].split(" ");
}

function write(text, opener) {
  const latex = formula.querySelector("[data-latex]");
  latex.value = text.value.slice(text.selectionStart, text.selectionEnd);
  for (const [begin, end] of [signs("inline"), signs("block")]) {
    if (latex.value.startsWith(begin) && latex.value.endsWith(end)) latex.value = latex.value.slice(begin.length, -end.length);
  }
  formula.querySelector("[data-drawn]").replaceChildren();
  if (latex.value) draw();
  formula.oninput = () => {
    clearTimeout(drawing);
    drawing = setTimeout(draw, 300);
  };
  formula.onclose = () => opener.focus();
  formula.querySelector("[data-takes]").onclick = () => {
    if (!latex.value.trim()) {
      latex.focus();
      return;
    }
    formula.onclose = null;
    formula.close();
    const [begin, end] = signs(display());
    text.setRangeText("", text.selectionStart, text.selectionEnd, "end");
    insert(text, begin + latex.value.trim() + end);
  };
  formula.showModal();
}

/* Gaps */

function gap(text) {
  const rows = form.querySelector('[data-rows="gaps"]');
  const taken = [...text.value.matchAll(/\{#(\d+)\}/g)].map((found) => Number(found[1]));
  const next = Math.max(0, ...taken) + 1;
  insert(text, `{#${next}}`);
  if (rows.querySelectorAll(":scope > [data-row]").length < next) add(rows);
}

/* The toolbar */

const TOOLS = {
  bold: (text) => insert(text, "<strong>", "</strong>"),
  italic: (text) => insert(text, "<em>", "</em>"),
  media: (text, button) => choose((medium, words) => insert(text, element(medium, words)), button),
  formula: write,
  gap,
};

function equip(root) {
  for (const text of root.querySelectorAll("textarea[data-rich]")) {
    const copy = tools.content.cloneNode(true);
    const bar = copy.querySelector("[role=toolbar]");
    if (text.name !== "prompt" || !form.querySelector('[data-rows="gaps"]')) bar.querySelector('[data-tool="gap"]').remove();
    bar.querySelectorAll("button").forEach((button, index) => (button.tabIndex = index ? -1 : 0));
    text.before(copy);
  }
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-tool]");
  if (button) TOOLS[button.dataset.tool](button.closest(".field").querySelector("textarea"), button);
});

// One stop of the Tab key for each toolbar; the arrows go on inside, in the direction of reading
document.addEventListener("keydown", (event) => {
  const button = event.target.closest?.("[role=toolbar] [data-tool]");
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!button || !step) return;
  event.preventDefault();
  const all = [...button.parentElement.children];
  const way = getComputedStyle(button).direction === "rtl" ? -step : step;
  const next = all[(all.indexOf(button) + way + all.length) % all.length];
  for (const each of all) each.tabIndex = each === next ? 0 : -1;
  next.focus();
});

document.addEventListener("row-added", ({ target }) => equip(target));
equip(document);
