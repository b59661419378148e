/** Pieces of pages that the server draws for a script, and what becomes of them when somebody's sign-in ends meanwhile. */

/**
 * A piece: `html`, null where there is none; `gone` where nobody is signed in any more, for then the sign-in page comes in
 * its place; `outdated` where somebody signed in anew after the page was loaded.
 */
export async function piece(url, options) {
  const answer = await fetch(url, options);
  const gone = new URL(answer.url).pathname !== new URL(url, document.baseURI).pathname;
  return { gone, outdated: answer.status === 403, html: answer.ok && !gone ? await answer.text() : null };
}

/** Give a form, and the page, the CSRF value of the present sign-in. Tells whether it is another one. */
export async function readAgain(form, signal) {
  const { html } = await piece(location.href, { signal });
  const fresh = html && new DOMParser().parseFromString(html, "text/html").querySelector("meta[name=csrf-token]")?.content;
  const field = form.elements.csrf_token;
  if (!fresh || fresh === field.value) return false;
  field.value = fresh;
  document.querySelector("meta[name=csrf-token]").content = fresh;
  return true;
}
