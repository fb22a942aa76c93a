// Every two seconds the parts that change by themselves are read again; without this script "Look again" does it.
const tour = document.querySelector("[data-live]");
const look = async () => {
  if (document.hidden) return;
  const answer = await fetch(tour.dataset.live).catch(() => null);
  if (!answer || !answer.ok) return;
  const read = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of ["tour-steps", "tour-finding"]) {
    const here = document.getElementById(id), there = read.getElementById(id);
    if (there && here.outerHTML !== there.outerHTML && !here.contains(document.activeElement)) here.replaceWith(there);
  }
};
setInterval(look, 2000);
document.addEventListener("visibilitychange", look);
// Where the steps are one narrow row, the current one is in sight.
document.querySelector("#tour-steps [aria-current]").parentElement.scrollIntoView({ block: "nearest", inline: "center" });
