/**
 * The time that is left, by the server's clock.
 *
 * Between two words of the server it runs by the page's own monotonic clock, which nobody can set. Where that one and the
 * wall clock drift apart, the machine has slept: the server is asked before anything is decided.
 */
const DRIFT = 2000;
const TOLD = [10, 5, 1];
const MINUTE = 60_000;

export class Clock {
  /** `on` is told: `tick(figure, urgency)`, `minutes(number)` at 10, 5 and 1, `over()` once, `slept()`. */
  constructor({ deadline_at, server_time }, on) {
    this.on = on;
    this.set({ deadline_at, server_time });
    this.before = this.left;
  }

  /** Take the server's time, and its deadline. */
  set({ deadline_at, server_time }) {
    this.deadline = deadline_at ? Date.parse(deadline_at) : null;
    this.base = Date.parse(server_time);
    this.mark = performance.now();
    this.wall = Date.now();
    this.asleep = false;
  }

  /** Milliseconds left, 0 when the time is up, null where there is no limit. */
  get left() {
    if (this.deadline === null) return null;
    return Math.max(0, this.deadline - this.base - (performance.now() - this.mark));
  }

  start() {
    if (this.deadline === null) return;
    this.timer = setInterval(() => this.#tick(), 250);
    this.#tick();
  }

  stop() {
    clearInterval(this.timer);
  }

  #tick() {
    const drift = Math.abs(Date.now() - this.wall - (performance.now() - this.mark));
    if (drift > DRIFT && !this.asleep) {
      this.asleep = true;
      this.on.slept();
    }
    const left = this.left;
    this.on.tick(figure(left), left <= MINUTE ? "last" : left <= 5 * MINUTE ? "soon" : "calm");
    const passed = TOLD.filter((minutes) => left <= minutes * MINUTE && this.before > minutes * MINUTE);
    if (passed.length > 0) this.on.minutes(passed.at(-1));
    this.before = left;
    if (left === 0) {
      this.stop();
      this.on.over();
    }
  }
}

/** Milliseconds as `1:29:58` or `9:07`, counted so that 0:00 is the end itself. */
export function figure(milliseconds) {
  const seconds = Math.ceil(milliseconds / 1000);
  const two = (number) => String(number).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  return hours > 0 ? `${hours}:${two(minutes % 60)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
