/**
 * The sitting: wires clock, store, saving and navigator to the page.
 *
 * A script says nothing in words: every text stands in the page, and what happens sets a data attribute or copies one of
 * the texts to where a screen reader hears it.
 */
import * as answers from "./answers.js";
import { Clock } from "./clock.js";
import { ask } from "./conflict.js";
import { Finish } from "./finish.js";
import { Navigator } from "./navigator.js";
import { Saver } from "./saving.js";
import { Session } from "./session.js";
import { Store } from "./store.js";
import * as uploads from "./uploads.js";

const AWAY = 30_000;
/** What a change of it makes another answer: a field, or a shape that says so itself. */
const ANSWERED = '[data-shape], [data-shape] :is(input, select, textarea):not([type="file"])';
/** What offers no way back to no answer by itself. */
const CLEARED = 'input[type="radio"], [data-shape="order"]';
const LOCKED = ".question :is(input, select, textarea, button), [data-finish]";

const data = JSON.parse(document.getElementById("attempt-data").textContent);
const { decimal, urls } = data;
const numbers = new Map(data.slots.filter(({ number }) => number !== null).map(({ slot, number }) => [slot, number]));
const slots = [...numbers.keys()];

const store = new Store(data);
const session = new Session(data);
const clock = new Clock(data, { tick, minutes: (number) => say(`minutes-${number}`), over, slept: look });
const saver = new Saver({
  slots, answers: data.answers, store, session, url: urls.answers,
  on: { state, stored, conflict, invalid, elsewhere, ended, signedOut, time: (answer) => clock.set(answer) },
}); // prettier-ignore
const places = new Map(data.slots.map(({ slot, place }) => [slot, place]));
const guide = new Navigator({ slots: [...places.keys()], places, store });
const finish = new Finish({
  saver, session, attempt: data.attempt, urls, numbers, count, settled: uploads.settled, done,
}); // prettier-ignore
const tabs = new BroadcastChannel(store.prefix);
const saveState = document.getElementById("save-state");

uploads.connect({ session, url: urls.files, files });
slots.forEach(show);
listen();
document.getElementById("sitting").inert = false;
notice("loading", false);
clock.start();
state();
saver.run();

/** Put the newest answer into the fields of a question and mark it everywhere. */
function show(slot) {
  answers.write(slot, saver.response(slot), decimal);
  marks(slot);
}

function marks(slot) {
  const given = saver.response(slot) !== null;
  guide.answered(slot, given);
  const place = answers.section(slot);
  place.querySelector("[data-clear]").hidden = !given || !place.querySelector(CLEARED);
  answers.mark(slot, decimal, saver.slots.get(slot).trouble);
}

function take(field, typing) {
  const slot = Number(field.closest("[data-slot]").dataset.slot);
  const { response, fault } = answers.read(slot, saver.response(slot), decimal);
  saver.change(slot, response, { typing, unreadable: fault !== null });
  marks(slot);
}

function listen() {
  const main = document.getElementById("main");
  main.addEventListener("input", ({ target }) => target.matches(".answer") && take(target, true));
  main.addEventListener("change", ({ target }) => target.matches(ANSWERED) && take(target, false));
  main.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-clear]");
    if (!button) return;
    const slot = Number(button.closest("[data-slot]").dataset.slot);
    answers.write(slot, null, decimal);
    answers.section(slot).querySelector("[data-shape] :is(input, [data-move])").focus();
    take(button, false);
  });
  window.addEventListener("online", () => network(true));
  window.addEventListener("offline", () => network(false));
  window.addEventListener("pagehide", () => saver.leave());
  window.addEventListener("pageshow", ({ persisted }) => persisted && look());
  window.addEventListener("beforeunload", (event) => (saver.state !== "saved" || uploads.busy()) && !saver.ended && event.preventDefault());
  let left = 0;
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") {
      left = Date.now();
      saver.flush();
    } else {
      saver.flush();
      if (Date.now() - left > AWAY) look();
    }
  });
  tabs.addEventListener("message", ({ data: told }) => (told.ended ? leave() : saver.learn(told.slot, told.stored)));
}

/** Ask the server how things stand: its time, and what was answered elsewhere. */
async function look() {
  const answer = await session.call("GET", urls.attempt).catch(() => ({ status: 0 }));
  if (answer.status !== 200) return;
  if (answer.data.state !== "open") {
    ended(answer.data.state === "submitted" ? "closed" : "late");
    return;
  }
  clock.set(answer.data);
  answer.data.answers.forEach(({ slot, seq, response }) => saver.learn(slot, { seq, response }));
}

/** What the server holds of files, from whichever tab or device they came. */
async function files() {
  const answer = await session.call("GET", urls.attempt).catch(() => ({ status: 0 }));
  return answer.status === 200 ? (answer.data.paper ?? []).flatMap((slot) => slot.files ?? []) : [];
}

function network(online) {
  saver.network(online);
  notice("offline", !online);
}

function state() {
  const now = saver.state;
  const before = saveState.dataset.state;
  saveState.dataset.state = now;
  if (now === before) return;
  if (now === "unsaved" || now === "offline") say(now);
  else if (now === "saved" && saveState.dataset.told === "true") say("saved");
  if (now !== "saving") saveState.dataset.told = String(now !== "saved");
  notice("offline", now === "offline");
}

function stored(slot, kept) {
  marks(slot);
  tabs.postMessage({ slot, stored: kept });
}

function conflict(slot) {
  const { other } = saver.slots.get(slot);
  say("conflict");
  guide.show(slot);
  ask(slot, other.response, decimal, {
    keep: () => saver.keepMine(slot),
    take: () => {
      saver.takeOther(slot);
      show(slot);
    },
  });
}

function invalid(slot) {
  marks(slot);
  say("unsaved");
}

function elsewhere(slot) {
  show(slot);
  notice("elsewhere", true);
}

function signedOut(whether) {
  notice("signed-out", whether);
}

/** The attempt is over for the server: `closed` handed in, or `late` its time is up. */
function ended(code) {
  const dialog = document.getElementById("ended-dialog");
  if (dialog.open || finish.busy) return;
  lock();
  clock.stop();
  dialog.dataset.code = code;
  dialog.showModal();
  if (code === "closed") done();
}

function over() {
  lock();
  notice("over", true);
  finish.atDeadline();
}

function done() {
  saver.ended = true;
  store.clear();
  tabs.postMessage({ ended: true });
}

/** Another tab has handed in. */
function leave() {
  saver.ended = true;
  location.assign(urls.result);
}

function lock() {
  document.querySelectorAll(LOCKED).forEach((field) => (field.disabled = true));
  document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());
}

function count() {
  const open = (slot) => saver.response(slot) === null;
  return {
    answered: slots.filter((slot) => !open(slot)),
    unanswered: slots.filter(open),
    flagged: slots.filter((slot) => guide.flagged.has(slot)),
  };
}

function tick(figure, urgency) {
  const timer = document.getElementById("timer");
  timer.dataset.urgency = urgency;
  timer.querySelector("[data-figure]").textContent = figure;
}

function notice(name, whether) {
  document.querySelector(`[data-notice="${name}"]`).hidden = !whether;
}

/** Let a screen reader say one of the page's texts; the same text twice is said twice. */
function say(name) {
  const text = document.getElementById("says").content.querySelector(`[data-says="${name}"]`).textContent;
  const announcer = document.getElementById("announcer");
  announcer.textContent = "";
  setTimeout(() => (announcer.textContent = text), 50);
}
