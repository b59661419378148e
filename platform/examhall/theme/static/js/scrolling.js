/** What is wider than its box, such as a long formula or a table, can be scrolled by keyboard, too. */
const BOXES = ['.prompt', '.option-text', '.answer-row-text', '.prose', '.prose>table', '.prose>*>table', 'math[display="block"]'].join();

const watch = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const scrolls = target.scrollWidth > target.clientWidth + 1 && getComputedStyle(target).overflowX === "auto";
    if (scrolls) target.setAttribute("tabindex", "0");
    else target.removeAttribute("tabindex");
  }
});

document.querySelectorAll(BOXES).forEach((box) => watch.observe(box));
