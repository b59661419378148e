/**
 * After the end: answers that this browser still holds are handed over, so that nothing is lost without a trace, and the
 * attempt is forgotten here. They come too late to count, and the page says so.
 */
import { Session } from "./session.js";
import { Store } from "./store.js";

const data = JSON.parse(document.getElementById("attempt-data").textContent);
const store = new Store(data);
const answers = store.slots.flatMap((slot) =>
  store.queue(slot).map(({ seq, base, response, client_time }) => ({ slot, seq, base, response, client_time })),
);

if (answers.length === 0) {
  store.clear();
} else {
  const { status, data: told } = await new Session(data).call("PUT", data.urls.answers, { answers });
  if (status === 200) store.clear();
  document.querySelector('[data-notice="leftover"]').hidden = status === 200 && told.refused.length === 0;
}
