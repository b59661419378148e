/**
 * The list of questions: ticks all of a page, counts what is ticked, and offers the bank's tags while one is typed.
 *
 * `data-ticks` is the form, `data-tick` each box, `data-all` the box for all of them (hidden without this script),
 * `data-ticked` where the number stands. `data-tags` is where the tags come from; they fill the list of that field.
 */
function ticking(form) {
  const boxes = [...form.querySelectorAll("[data-tick]")];
  const all = form.querySelector("[data-all]");
  const figure = form.querySelector("[data-ticked]");
  const format = new Intl.NumberFormat(document.documentElement.lang, { numberingSystem: "latn" });
  const show = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    figure.textContent = ticked ? format.format(ticked) : "";
    all.querySelector("input").checked = ticked === boxes.length;
    all.querySelector("input").indeterminate = ticked > 0 && ticked < boxes.length;
  };
  all.hidden = false;
  all.querySelector("input").addEventListener("change", (event) => {
    for (const box of boxes) box.checked = event.target.checked;
    show();
  });
  form.addEventListener("change", (event) => {
    if (!event.target.matches("[data-tick]")) return;
    form.querySelector('[name="which"][value="ticked"]').checked = true;
    show();
  });
  show();
}

function offering(field) {
  const list = field.list;
  field.addEventListener("focus", async () => {
    if (list.dataset.filled) return;
    list.dataset.filled = "yes";
    const answer = await fetch(field.dataset.tags, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok) return;
    list.replaceChildren(...(await answer.json()).map((tag) => Object.assign(document.createElement("option"), { value: tag })));
  });
}

document.querySelectorAll("[data-ticks]").forEach(ticking);
document.querySelectorAll("[data-tags]").forEach(offering);
