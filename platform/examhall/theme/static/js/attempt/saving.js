/**
 * The queue of answers on their way to the server.
 *
 * What was sent is sent again as it was until the server has answered: an exact repeat is accepted again, so an
 * acknowledgement that was lost on the way does no harm. What changes meanwhile waits behind it. Every answer says which
 * stored one it was written over (`base`), so that a copy from another tab or device is never overwritten unseen.
 */
const CHOICE = 150;
const TYPING = 1000;
const LONGEST = 1500;
const BACKOFF = [1000, 2000, 4000, 8000];
const SIGN_IN_PAUSE = 15_000;
const SLOTS_AT_ONCE = 100;
const SETS = new Set(["choices", "regions"]);
const NOTHING = { seq: 0, response: null };

export class Saver {
  /**
   * `answers` is what the server holds; `on` is told of: `state()` any change of it, `stored(slot)` an acknowledged answer,
   * `conflict(slot)`, `invalid(slot)`, `elsewhere(slot)` a newer answer from another tab, `ended(code)`,
   * `signedOut(whether)`, `time(data)` the server's clock.
   */
  constructor({ slots, answers, store, session, url, on }) {
    Object.assign(this, { store, session, url, on });
    const held = new Map(answers.map(({ slot, seq, response }) => [slot, { seq, response }]));
    this.slots = new Map(slots.map((slot) => [slot, this.#restored(slot, held.get(slot) ?? NOTHING)]));
    this.failures = 0;
    this.notBefore = 0;
    this.offline = !navigator.onLine;
    this.signedOut = false;
    this.ended = false;
  }

  /** The answer as the candidate sees it: the newest one, saved or not. */
  response(slot) {
    const { queue, stored } = this.slots.get(slot);
    return (queue.at(-1) ?? stored).response;
  }

  /** `saved`, `saving`, `unsaved` or `offline`, for everything together. */
  get state() {
    const all = [...this.slots.values()];
    if (all.every(({ queue, trouble }) => queue.length === 0 && !trouble)) return "saved";
    if (this.offline) return "offline";
    return this.failures > 0 || this.signedOut || all.some(({ trouble }) => trouble) ? "unsaved" : "saving";
  }

  /** The slots that need the candidate: `conflict`, `invalid` or `unreadable`. */
  get troubled() {
    return [...this.slots].filter(([, { trouble }]) => trouble).map(([slot]) => slot);
  }

  /**
   * Take a new answer; typing waits for a pause of a second, and for no longer than a second and a half in all. Where a part
   * of it cannot be read, the candidate has to look at it again.
   */
  change(slot, response, { typing = false, unreadable = false } = {}) {
    const state = this.slots.get(slot);
    if (this.ended) return;
    if (!state.other) state.trouble = unreadable ? "unreadable" : null;
    if (!same(response, this.response(slot))) {
      const last = state.queue.at(-1) ?? state.stored;
      const replaced = state.queue.length > 0 && !last.sent;
      if (replaced) state.queue.pop();
      state.queue.push({
        seq: Math.max(last.seq, state.stored.seq) + 1,
        base: replaced ? last.base : last.seq,
        response,
        client_time: new Date().toISOString(),
        sent: false,
      });
      this.store.keep(slot, state.queue);
      this.#schedule(typing ? TYPING : CHOICE);
    }
    this.on.state();
  }

  /** Decide a conflict: this page's copy goes over the other one. */
  keepMine(slot) {
    const state = this.slots.get(slot);
    const response = this.response(slot);
    state.queue = [];
    state.trouble = null;
    state.other = null;
    this.store.keep(slot, []);
    this.change(slot, response);
  }

  /** Decide a conflict: the other copy stays; it is what `response` gives from now on. */
  takeOther(slot) {
    const state = this.slots.get(slot);
    state.queue = [];
    state.trouble = null;
    state.other = null;
    this.store.keep(slot, []);
    this.on.state();
  }

  /** Learn of an answer that was stored from elsewhere. One's own unsaved copy stays; the server will speak of both. */
  learn(slot, stored) {
    const state = this.slots.get(slot);
    if (!state || stored.seq <= state.stored.seq || state.queue.length > 0) return;
    const differs = !same(stored.response, state.stored.response);
    state.stored = stored;
    if (differs) this.on.elsewhere(slot);
  }

  /** The browser says that the network came or went. */
  network(online) {
    this.offline = !online;
    this.on.state();
    if (online) this.flush();
  }

  /** Send everything now; true when all of it is stored. */
  async flush() {
    clearTimeout(this.timer);
    if (this.running) await this.running;
    this.notBefore = 0;
    do {
      await this.run();
    } while (this.#batch().length > 0 && this.failures === 0 && !this.signedOut && !this.ended);
    return [...this.slots.values()].every(({ queue }) => queue.length === 0);
  }

  /** The page goes: send what is not acknowledged with requests that outlive it. */
  leave() {
    const answers = [...this.slots].flatMap(([slot, state]) => (state.other ? [] : this.#freeze(slot, state.queue)));
    if (answers.length > 0) this.session.leave("PUT", this.url, { answers });
  }

  /** Send the next batch, unless one is under way or the server asked for patience. */
  run() {
    if (this.ended || Date.now() < this.notBefore) return Promise.resolve();
    this.running ??= this.#send().finally(() => {
      this.running = null;
      this.on.state();
    });
    return this.running;
  }

  async #send() {
    const slots = this.#batch();
    if (slots.length === 0) return;
    if (!navigator.onLine) {
      this.offline = true;
      this.#retry();
      return;
    }
    const answers = slots.flatMap((slot) => this.#freeze(slot, this.#sendable(this.slots.get(slot))));
    this.on.state();
    let answer;
    try {
      answer = await this.session.call("PUT", this.url, { answers });
    } catch {
      this.offline = true;
      this.#retry();
      return;
    }
    this.offline = false;
    this.#judge(answer, slots);
  }

  #judge({ status, data, retryAfter }, slots) {
    const lost = status === 401 || status === 403 || status === 404;
    if (lost !== this.signedOut) this.on.signedOut((this.signedOut = lost));
    if (status === 200) {
      this.failures = 0;
      this.alone = false;
      this.on.time(data);
      data.accepted.forEach(({ slot, seq }) => this.#settle(slot, seq));
      data.refused.forEach((refusal) => this.#refuse(refusal));
      if (this.#batch().length > 0) this.#schedule(CHOICE);
    } else if (status < 500 && status !== 429 && !lost) {
      // The whole request is refused: find the one answer that spoils it
      if (slots.length === 1) this.#spoiled(slots[0]);
      this.alone = slots.length > 1;
      this.#schedule(CHOICE);
    } else {
      this.#retry(lost ? SIGN_IN_PAUSE : retryAfter * 1000);
    }
  }

  /** The server holds the entry of this seq now: it and what came before are done. */
  #settle(slot, seq) {
    const state = this.slots.get(slot);
    const place = state.queue.findIndex((entry) => entry.seq === seq);
    if (place < 0) return;
    state.stored = { seq, response: state.queue[place].response };
    this.#drop(slot, place + 1);
    this.on.stored(slot, state.stored);
  }

  #refuse({ slot, seq, code, current }) {
    const state = this.slots.get(slot);
    const place = state.queue.findIndex((entry) => entry.seq === seq);
    if (code === "late" || code === "closed") {
      // What comes late is kept by the server though it does not count: the others are sent as well
      this.#drop(slot, place + 1);
      this.ended ||= code === "closed";
      this.on.ended(code);
    } else if (place < 0) {
      return; // a later one of the same batch is stored, or was spoken of already
    } else if (code === "invalid") {
      state.queue.slice(place + 1, place + 2).forEach((next) => (next.base = state.stored.seq));
      this.#drop(slot, place + 1);
      if (state.queue.length === 0) this.#invalid(slot);
    } else {
      const mine = this.response(slot);
      state.stored = current ?? NOTHING;
      if (same(mine, state.stored.response)) {
        this.#drop(slot, state.queue.length);
        this.on.stored(slot, state.stored);
      } else if (!state.other) {
        state.other = state.stored;
        state.trouble = "conflict";
        this.on.conflict(slot);
      }
    }
  }

  #spoiled(slot) {
    this.#drop(slot, this.slots.get(slot).queue.length);
    this.#invalid(slot);
  }

  #invalid(slot) {
    this.slots.get(slot).trouble = "invalid";
    this.on.invalid(slot);
  }

  #drop(slot, count) {
    const { queue } = this.slots.get(slot);
    queue.splice(0, count);
    this.store.keep(slot, queue);
  }

  /** The slots whose entries are to be sent next: those whose entries were sent before come first and alone. */
  #batch() {
    const waiting = [...this.slots].filter(([, state]) => state.queue.length > 0 && !state.other);
    const again = waiting.filter(([, state]) => state.queue[0].sent);
    return (again.length > 0 ? again : waiting).slice(0, this.alone ? 1 : SLOTS_AT_ONCE).map(([slot]) => slot);
  }

  #sendable({ queue }) {
    return queue[0].sent ? queue.filter((entry) => entry.sent) : queue;
  }

  /** Mark entries as sent, which fixes them, and give them the form in which they travel. */
  #freeze(slot, entries) {
    entries.forEach((entry) => (entry.sent = true));
    this.store.keep(slot, this.slots.get(slot).queue);
    return entries.map(({ seq, base, response, client_time }) => ({ slot, seq, base, response, client_time }));
  }

  #schedule(delay) {
    clearTimeout(this.timer);
    const now = Date.now();
    this.since ??= now;
    const wait = Math.max(0, Math.min(delay, this.since + LONGEST - now));
    this.timer = setTimeout(async () => {
      this.since = null;
      await this.running;
      this.run();
    }, wait);
  }

  #retry(least = 0) {
    const wait = Math.max(least, BACKOFF[Math.min(this.failures, BACKOFF.length - 1)]) * (1 + Math.random() / 4);
    this.failures += 1;
    this.notBefore = Date.now() + wait;
    clearTimeout(this.again);
    this.again = setTimeout(() => this.run(), wait + 10);
  }

  /** What this browser kept of a slot, less what the server has meanwhile. */
  #restored(slot, stored) {
    let queue = this.store.queue(slot);
    const known = queue.findIndex(({ seq, response }) => seq === stored.seq && same(response, stored.response));
    queue = queue.slice(known + 1);
    if (queue.length > 0 && same(queue.at(-1).response, stored.response)) queue = [];
    this.store.keep(slot, queue);
    return { stored, queue, trouble: null, other: null };
  }
}

/** Whether two responses say the same. */
export function same(one, other) {
  return canonical(one) === canonical(other);
}

/** Members are sorted by name, and sets of ids; every other list has an order that means something. */
function canonical(value, name = "") {
  if (Array.isArray(value)) return JSON.stringify(SETS.has(name) ? [...value].sort() : value);
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return JSON.stringify(names.map((key) => [key, canonical(value[key], key)]));
}
