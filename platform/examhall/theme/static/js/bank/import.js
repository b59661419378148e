/**
 * Follows an import that is being read: moves the bar, and loads the page anew when the reading has ended.
 *
 * `data-progress` on the section holds the address of the import in the API.
 */
const FIRST = 1000;
const SLOWEST = 5000;

const section = document.querySelector("[data-progress]");
const bar = section.querySelector("progress");
const stages = section.querySelectorAll("[data-stage]");

async function look(pause) {
  let found = null;
  try {
    const answer = await fetch(section.dataset.progress, { headers: { Accept: "application/json" } });
    if (answer.ok) found = await answer.json();
  } catch {
    // the network is away for a moment: the next look will tell
  }
  if (found && found.state !== "reading") {
    location.reload();
    return;
  }
  if (found?.progress) {
    if (found.progress.share > 0) bar.value = found.progress.share;
    else bar.removeAttribute("value");
    for (const stage of stages) stage.hidden = stage.dataset.stage !== found.progress.stage;
  }
  setTimeout(look, pause, Math.min(pause * 1.3, SLOWEST));
}

setTimeout(look, FIRST, FIRST);
