/**
 * Adds and removes rows of a form: options and answers of a question.
 *
 * `data-rows="NAME"` holds rows (`data-row`) and a <template> of one, whose names begin with its `data-pattern`. `data-adds`
 * and `data-removes` are buttons that only a script makes useful, so they are hidden until it runs. Numbers in names only
 * have to differ.
 */
function numbers(rows) {
  return [...rows.querySelectorAll("[data-row] [name]")].map((field) => Number(field.name.split("-")[1]));
}

function count(rows) {
  const format = new Intl.NumberFormat(document.documentElement.lang, { numberingSystem: "latn" });
  rows.querySelectorAll("[data-row]").forEach((row, index) => {
    row.querySelector("[data-number]").textContent = format.format(index + 1);
  });
}

function add(rows) {
  const name = rows.dataset.rows;
  const next = Math.max(-1, ...numbers(rows)) + 1;
  const template = rows.querySelector("template");
  const copy = template.content.cloneNode(true);
  for (const element of copy.querySelectorAll("*")) {
    for (const attribute of ["id", "for", "name", "aria-describedby"]) {
      const value = element.getAttribute(attribute);
      if (value) element.setAttribute(attribute, value.replaceAll(template.dataset.pattern, `${name}-${next}-`));
    }
  }
  const row = copy.querySelector("[data-row]");
  template.before(copy);
  show(rows);
  row.querySelector("textarea, input:not([type=hidden])").focus();
}

function remove(rows, row) {
  const neighbour = row.nextElementSibling?.closest("[data-row]") ?? row.previousElementSibling?.closest("[data-row]");
  row.remove();
  show(rows);
  (neighbour?.querySelector("[data-removes]") ?? rows.querySelector("[data-adds]")).focus();
}

function show(rows) {
  count(rows);
  for (const button of rows.querySelectorAll("[data-adds], [data-removes]")) button.hidden = false;
}

for (const rows of document.querySelectorAll("[data-rows]")) {
  show(rows);
  rows.querySelector("[data-without-script]").hidden = true;
  rows.addEventListener("click", (event) => {
    const button = event.target.closest("[data-adds], [data-removes]");
    if (!button) return;
    if ("adds" in button.dataset) add(rows);
    else remove(rows, button.closest("[data-row]"));
  });
}
