/**
 * Adds, moves and removes rows of a form: options and answers of a question, and rows inside of these.
 *
 * `data-rows="NAME"` holds rows (`data-row`) and a <template> of one, whose names begin with its `data-pattern`. `data-adds`,
 * `data-moves` and `data-removes` are buttons that only a script makes useful, so they are hidden until it runs. The server
 * reads rows in the order of the numbers in their names, so these are given anew whenever a row comes or moves.
 */
const NAMES = ["id", "for", "name", "aria-describedby", "data-rows", "data-pattern", "href"];

function own(rows) {
  return [...rows.children].filter((child) => child.matches("[data-row]"));
}

function pattern(rows) {
  return rows.querySelector(":scope > template");
}

/** Let all names inside begin with `after` in place of `before`, in templates, too. */
function rename(root, before, after) {
  for (const element of root.querySelectorAll("*")) {
    for (const attribute of NAMES) {
      const value = element.getAttribute(attribute);
      if (value?.includes(before)) element.setAttribute(attribute, value.replaceAll(before, after));
    }
    if (element.content) rename(element.content, before, after);
  }
}

/** Number the rows as they stand: in their headings and in their names. */
function number(rows) {
  const format = new Intl.NumberFormat(document.documentElement.lang, { numberingSystem: "latn" });
  const name = rows.dataset.rows;
  const shape = new RegExp(`^${name}-(\\d+)-`);
  const all = own(rows);
  const present = all.map((row) => row.querySelector("[name]").name.match(shape)[1]);
  if (present.some((each, index) => Number(each) !== index)) {
    // By way of names that nothing has, so that no two rows ever share one: browsers would untick one of two radio buttons
    all.forEach((row, index) => rename(row, `${name}-${present[index]}-`, `${name}-moving${index}-`));
    all.forEach((row, index) => rename(row, `${name}-moving${index}-`, `${name}-${index}-`));
  }
  all.forEach((row, index) => {
    row.querySelector("[data-number]").textContent = format.format(index + 1);
    const [up, down] = ["up", "down"].map((way) => row.querySelector(`:scope > .row-foot [data-moves="${way}"]`));
    up?.setAttribute("aria-disabled", String(index === 0));
    down?.setAttribute("aria-disabled", String(index === all.length - 1));
  });
}

function changed(place) {
  place.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Add a row and return it. */
export function add(rows) {
  const template = pattern(rows);
  const copy = template.content.cloneNode(true);
  rename(copy, template.dataset.pattern, `${rows.dataset.rows}-${own(rows).length}-`);
  const row = copy.querySelector("[data-row]");
  template.before(copy);
  prepare(row);
  number(rows);
  row.dispatchEvent(new CustomEvent("row-added", { bubbles: true }));
  changed(rows);
  return row;
}

function remove(rows, row) {
  const all = own(rows);
  const neighbour = all[all.indexOf(row) + 1] ?? all[all.indexOf(row) - 1];
  row.remove();
  number(rows);
  changed(rows);
  (neighbour?.querySelector(":scope > .row-foot [data-removes]") ?? rows.querySelector(":scope > p > [data-adds]")).focus();
}

function move(rows, row, button) {
  const all = own(rows);
  const other = all[all.indexOf(row) + (button.dataset.moves === "up" ? -1 : 1)];
  if (!other) return;
  if (button.dataset.moves === "up") other.before(row);
  else other.after(row);
  number(rows);
  button.focus();
  changed(rows);
}

function prepare(root) {
  for (const button of root.querySelectorAll("[data-adds], [data-moves], [data-removes]")) button.hidden = false;
  for (const note of root.querySelectorAll("[data-without-script]")) note.hidden = true;
  for (const rows of root.querySelectorAll("[data-rows]")) number(rows);
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-adds], [data-moves], [data-removes]");
  const rows = button?.closest("[data-rows]");
  if (!rows) return;
  const row = button.closest("[data-row]");
  if ("adds" in button.dataset) add(rows).querySelector("textarea, input:not([type=hidden]), select").focus();
  else if ("moves" in button.dataset) move(rows, row, button);
  else remove(rows, row);
});

prepare(document);
