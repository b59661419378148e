/**
 * The end of an attempt: what is not answered is said, the last answers are stored first, and only then is it handed in.
 *
 * Handing in twice is the same as once: the request carries the attempt's id as its Idempotency-Key.
 */
const PAUSES = [1000, 2000, 4000, 8000];
/** Whoever's time is up at the same moment does not come at the same moment. */
const SPREAD = 2000;

export class Finish {
  /**
   * `count()` gives `{answered, unanswered, flagged}` as lists of slots, `numbers` what each is called; `settled()` is
   * waited for before one hands in, `done()` is called before the page is left.
   */
  constructor({ saver, session, attempt, urls, numbers, count, settled, done }) {
    Object.assign(this, { saver, session, attempt, urls, numbers, count, settled, done });
    this.dialog = document.getElementById("submit-dialog");
    this.dialog.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#asked();
    });
    document.addEventListener("click", (event) => event.target.closest('[data-opens="submit-dialog"]') && this.#open());
  }

  /** The time is up: store what is on its way, then hand in, and go on trying until the server has said that it is done. */
  async atDeadline() {
    if (this.busy) return;
    this.busy = true;
    await this.saver.flush();
    await pause(Math.random() * SPREAD);
    for (let tries = 0; !(await this.#submit()); tries += 1) {
      await pause(PAUSES[Math.min(tries, PAUSES.length - 1)]);
      await this.saver.flush();
    }
  }

  #open() {
    const found = this.count();
    for (const [name, slots] of Object.entries(found)) {
      this.dialog.querySelector(`[data-count="${name}"]`).textContent = String(slots.length);
    }
    this.dialog.dataset.unanswered = String(found.unanswered.length > 0);
    this.dialog.dataset.problem = "";
    this.#links("unanswered", found.unanswered);
  }

  async #asked() {
    if (this.busy) return;
    this.#set("busy", true);
    await this.settled();
    const stored = await this.saver.flush();
    const problem = this.saver.troubled.length > 0 ? "troubled" : stored || this.saver.ended ? "" : "unsaved";
    this.#links("troubled", this.saver.troubled);
    if (problem || !(await this.#submit())) {
      this.dialog.dataset.problem = problem || "failed";
      this.#set("busy", false);
    }
  }

  /** True when the attempt has ended and the page is on its way to the result. */
  async #submit() {
    let status;
    try {
      ({ status } = await this.session.call("POST", this.urls.submit, undefined, { "Idempotency-Key": this.attempt }));
    } catch {
      return false;
    }
    if (status !== 200) return false;
    this.done();
    location.assign(this.urls.result);
    return true;
  }

  #set(name, value) {
    this[name] = value;
    this.dialog.dataset[name] = String(value);
    this.dialog.querySelector("[type=submit]").disabled = value;
  }

  /** Links to questions: bare numbers, which need no words. */
  #links(name, slots) {
    const links = slots.map((slot) => {
      const link = document.createElement("a");
      Object.assign(link, { href: `#q-${slot}`, textContent: String(this.numbers.get(slot)) });
      const item = document.createElement("li");
      item.append(link);
      return item;
    });
    this.dialog.querySelector(`[data-links="${name}"]`).replaceChildren(...links);
  }
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
