// Keeps the list of what is broken fresh; not while somebody stands in it, and not in a hidden tab. Without script: "Look again".
setInterval(async () => {
  const list = document.getElementById("active-list");
  if (!list || document.hidden || list.contains(document.activeElement) || list.querySelector("details[open]")) return;
  try {
    const answer = await fetch("/control/faults/active");
    if (answer.ok) list.outerHTML = await answer.text();
  } catch { /* the sandbox is away; the next turn will tell */ }
}, 2000);
