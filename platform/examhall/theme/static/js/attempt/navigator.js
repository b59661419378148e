/** One question at a time: forward, back, by the cells, and back to where the candidate was. Flags stay in the browser. */
import { section } from "./answers.js";

export class Navigator {
  /** `slots` are all of them in order, `places` what each is called: "3 of 20". */
  constructor({ slots, places, store }) {
    Object.assign(this, { slots, places, store });
    this.cells = new Map(slots.map((slot) => [slot, document.querySelector(`#navigator [data-slot="${slot}"]`)]));
    this.back = document.querySelector("[data-back]");
    this.next = document.querySelector("[data-next]");
    this.finish = document.querySelector("[data-finish]");
    this.#listen();
    this.#showFlags();
    const asked = Number(/^#q-(\d+)$/.exec(location.hash)?.[1]) || store.place;
    this.show(slots.includes(asked) ? asked : slots[0], false);
  }

  get flagged() {
    return this.store.flags;
  }

  /** Show a question and put the focus on its title, from where a screen reader reads on. */
  show(slot, focus = true) {
    this.current = slot;
    const index = this.slots.indexOf(slot);
    this.slots.forEach((each) => (section(each).hidden = each !== slot));
    this.cells.forEach((cell, each) => cell.toggleAttribute("aria-current", each === slot));
    this.cells.get(slot).setAttribute("aria-current", "step");
    document.querySelectorAll("[data-place]").forEach((text) => (text.textContent = this.places.get(slot)));
    this.back.disabled = index === 0;
    this.next.hidden = index === this.slots.length - 1;
    this.finish.hidden = !this.next.hidden;
    history.replaceState(null, "", `#q-${slot}`);
    this.store.place = slot;
    if (!focus) return;
    document.getElementById("navigator").hidePopover();
    document.getElementById(`q-${slot}-title`).focus({ preventScroll: true });
    window.scrollTo({ top: 0 });
  }

  /** Mark a question as answered or not. */
  answered(slot, whether) {
    this.cells.get(slot).dataset.answered = String(whether);
  }

  #listen() {
    const step = (by) => this.show(this.slots[this.slots.indexOf(this.current) + by]);
    this.back.addEventListener("click", () => step(-1));
    this.next.addEventListener("click", () => step(1));
    document.addEventListener("click", (event) => {
      const link = event.target.closest('a[href^="#q-"]');
      if (link && this.slots.includes(Number(link.hash.slice(3)))) {
        event.preventDefault();
        link.closest("dialog")?.close();
        this.show(Number(link.hash.slice(3)));
      }
      const flag = event.target.closest("[data-flag]");
      if (flag) this.#flag(Number(flag.closest("[data-slot]").dataset.slot));
    });
    window.addEventListener("hashchange", () => {
      const slot = Number(location.hash.slice(3));
      if (this.slots.includes(slot) && slot !== this.current) this.show(slot);
    });
    window.addEventListener("storage", ({ key }) => key === `${this.store.prefix}flags` && this.#showFlags());
  }

  #flag(slot) {
    const flags = this.store.flags;
    if (!flags.delete(slot)) flags.add(slot);
    this.store.flags = flags;
    this.#showFlags(flags);
  }

  #showFlags(flags = this.store.flags) {
    this.slots.forEach((slot) => {
      this.cells.get(slot).dataset.flagged = String(flags.has(slot));
      section(slot).querySelector("[data-flag]")?.setAttribute("aria-pressed", String(flags.has(slot)));
    });
  }
}
