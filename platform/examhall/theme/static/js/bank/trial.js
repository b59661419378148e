/**
 * Shows a question beside its form as a candidate would see it, anew while its author writes, and what an answer to it
 * earns. The server draws both and keeps nothing.
 */
import * as shapes from "../attempt/shapes.js";
import { piece, readAgain } from "./pieces.js";

const PATIENCE = 600; // milliseconds without a key, after which it is drawn anew

const form = document.querySelector("[data-authoring]");
const pane = document.querySelector("[data-trial]");
const question = pane.querySelector("[data-question]");
const result = pane.querySelector("[data-result]");
const told = pane.querySelector("[data-told]");
const check = pane.querySelector("[data-checks]");
const gone = pane.querySelector("[data-gone]");

let timer;
let drawn;
let asking;

async function ask(response) {
  asking?.abort();
  asking = new AbortController();
  const { signal } = asking;
  const once = () => {
    const body = new FormData(form);
    if (response !== undefined) body.append("response", JSON.stringify(response));
    return piece(pane.dataset.url, { method: "POST", body, signal });
  };
  let found = await once();
  if (found.outdated && (await readAgain(form, signal))) found = await once();
  gone.hidden = !found.gone;
  return found.html;
}

function say(text) {
  if (told.textContent !== text) told.textContent = text;
}

async function draw() {
  const now = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string")).toString();
  if (now === drawn) return;
  const html = await ask().catch(() => null);
  if (html === null) return;
  drawn = now;
  question.innerHTML = html;
  result.replaceChildren();
  const ready = Boolean(question.querySelector('[data-tried="shown"]'));
  if (check) check.hidden = !ready;
  say(ready ? told.dataset.ready : told.dataset.incomplete);
}

async function tried() {
  const root = question.querySelector("[data-shape]");
  const response = root && shapes.read(root, null, { decimal: pane.dataset.decimal, fault: () => {} });
  if (!response) {
    result.textContent = told.dataset.unanswered;
    result.focus();
    return;
  }
  const html = await ask(response).catch(() => null);
  if (html === null) return;
  result.innerHTML = html;
  result.focus();
}

form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(draw, PATIENCE);
});
form.addEventListener("change", () => {
  clearTimeout(timer);
  timer = setTimeout(draw, PATIENCE);
});
check?.addEventListener("click", tried);

// Nothing is sent to where it would be lost; whoever has signed in again in another tab goes on here
form.addEventListener("submit", async (event) => {
  if (gone.hidden) return;
  event.preventDefault();
  await draw();
  if (gone.hidden) form.requestSubmit(event.submitter);
  else gone.scrollIntoView({ block: "center" });
});
document.addEventListener("visibilitychange", async () => {
  if (!document.hidden && (await readAgain(form).catch(() => false))) draw();
});

pane.hidden = false;
draw();
