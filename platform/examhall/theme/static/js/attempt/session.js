/**
 * Requests in the candidate's name: with the CSRF value, and with a quiet renewal when the access token has run out.
 *
 * The tokens stand in cookies that no script can read. All tokens of a sign-in share one CSRF value; after a new sign-in,
 * in another tab, it is read from the attempt's page again.
 */
const PATIENCE = 15_000;

export class Session {
  constructor({ attempt, user, tenant, csrf, urls }) {
    Object.assign(this, { attempt, user, csrf, urls });
    this.name = `examhall/${tenant}/${user}/renewed`;
  }

  /**
   * One request and its answer, `{status, data, retryAfter}`; a 401 or an outdated CSRF value only where nobody, or
   * somebody else, is signed in any more. Throws where the network fails or nothing comes within 15 seconds.
   */
  call(method, url, body, headers = {}) {
    return this.#renewing(() => this.#fetch(method, url, body, headers));
  }

  /**
   * POST a form with files; `on` is told the share of it that has gone, from 0 to 1. `{status, data}`, or throws where the
   * network fails. No clock runs: a slow line may take its time.
   */
  upload(url, form, on) {
    return this.#renewing(() => this.#send(url, form, on));
  }

  async #renewing(once) {
    const began = Date.now();
    const answer = await once();
    const renewed =
      (answer.status === 401 && (await this.#renew(began))) || (isOutdated(answer) && (await this.#reread()));
    return renewed ? once() : answer;
  }

  /** `fetch` does not tell how much has gone. */
  #send(url, form, on) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("POST", url);
      request.setRequestHeader("accept", "application/json");
      request.setRequestHeader("X-CSRF-TOKEN", this.csrf);
      request.responseType = "json";
      request.upload.onprogress = ({ loaded, total }) => on(total > 0 ? loaded / total : 0);
      request.onload = () => resolve({ status: request.status, data: request.response ?? {} });
      request.onerror = () => reject(new Error("network"));
      request.send(form);
    });
  }

  /** Send a request that outlives the page. Nobody waits for its answer. */
  leave(method, url, body) {
    const options = this.#options(method, body, {});
    fetch(url, { ...options, keepalive: true, signal: undefined }).catch(() => {});
  }

  #options(method, body, headers) {
    const type = body === undefined ? {} : { "Content-Type": "application/json" };
    return {
      method,
      headers: { Accept: "application/json", "X-CSRF-TOKEN": this.csrf, ...type, ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE),
    };
  }

  async #fetch(method, url, body, headers) {
    const response = await fetch(url, this.#options(method, body, headers));
    const data = await response.json().catch(() => ({}));
    return { status: response.status, data, retryAfter: Number(response.headers.get("Retry-After")) || 0 };
  }

  /** A new pair of tokens; one tab asks for it and the others, which wait, find it done. */
  #renew(began) {
    const once = async () => {
      if (lastRenewal(this.name) > began) return true;
      const answer = await this.#fetch("POST", this.urls.refresh, undefined, {});
      if (answer.status !== 200) return this.#reread();
      noteRenewal(this.name);
      return true;
    };
    // Locks exist on secure origins only; without them the server gives tabs of one moment the same successor
    return navigator.locks ? navigator.locks.request(this.name, once) : once();
  }

  /** Take the CSRF value from the attempt's page; false where it does not show this attempt to this person. */
  async #reread() {
    const response = await fetch(this.urls.page, {
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE),
    });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const block = page.getElementById("attempt-data");
    const data = block ? JSON.parse(block.textContent) : {};
    if (data.attempt !== this.attempt || data.user !== this.user) return false;
    this.csrf = data.csrf;
    return true;
  }
}

function isOutdated(answer) {
  return answer.status === 403 && answer.data.code === "csrf";
}

function lastRenewal(name) {
  try {
    return Number(localStorage.getItem(name));
  } catch {
    return 0;
  }
}

function noteRenewal(name) {
  try {
    localStorage.setItem(name, String(Date.now()));
  } catch {
    // Each tab renews for itself then
  }
}
