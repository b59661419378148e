/**
 * Answers that the server has not acknowledged, kept in this browser: they survive a reload, a crash and a lost network.
 *
 * Keys begin with tenant, user and attempt, since several people, and by the path door several tenants, share one
 * origin. Each slot has a key of its own, so that two tabs do not overwrite each other's other answers.
 */
export class Store {
  constructor({ tenant, user, attempt }) {
    this.prefix = `examhall/${tenant}/${user}/${attempt}/`;
    this.written = new Map();
  }

  /** What is kept of a slot, oldest first: `[{seq, base, response, client_time, sent}]`. */
  queue(slot) {
    return this.#read(`answer/${slot}`) ?? [];
  }

  /** The slots of which something is kept. */
  get slots() {
    const prefix = `${this.prefix}answer/`;
    return this.#keys(prefix).map((key) => Number(key.slice(prefix.length)));
  }

  /** Keep a slot's entries; none takes them away, unless another tab has put its own there meanwhile. */
  keep(slot, entries) {
    const key = this.prefix + `answer/${slot}`;
    try {
      if (entries.length > 0) {
        const text = JSON.stringify(entries);
        localStorage.setItem(key, text);
        this.written.set(slot, text);
      } else if (!this.written.has(slot) || localStorage.getItem(key) === this.written.get(slot)) {
        localStorage.removeItem(key);
      }
    } catch {
      // Storage is full or switched off: the answers are still in this page, which warns before it closes
    }
  }

  /** The slots that the candidate has flagged. */
  get flags() {
    return new Set(this.#read("flags") ?? []);
  }

  set flags(slots) {
    this.#write("flags", [...slots]);
  }

  /** The slot that was looked at last. */
  get place() {
    return this.#read("place");
  }

  set place(slot) {
    this.#write("place", slot);
  }

  /** Forget the attempt: it has ended. */
  clear() {
    this.#keys(this.prefix).forEach((key) => localStorage.removeItem(key));
  }

  #keys(prefix) {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
    } catch {
      return []; // nothing can be kept here, so nothing is left
    }
  }

  #read(name) {
    try {
      return JSON.parse(localStorage.getItem(this.prefix + name));
    } catch {
      return null;
    }
  }

  #write(name, value) {
    try {
      localStorage.setItem(this.prefix + name, JSON.stringify(value));
    } catch {
      // A flag that cannot be kept lasts as long as the page
    }
  }
}
