// What links and forms cannot do alone: toasts, the drawer, one question before danger, quiet while nobody looks.
(function () {
  "use strict";
  const TOAST_SECONDS = 6;
  let ended = false; // the session is over: nothing more is asked of the server

  function closeLater(note) {
    if (!note.classList.contains("danger")) setTimeout(() => note.remove(), TOAST_SECONDS * 1000);
  }

  // A modal drawer lies above everything but other elements of the top layer.
  function raise(place) {
    if (!place.showPopover) return;
    place.popover = "manual";
    if (place.matches(":popover-open")) place.hidePopover();
    place.showPopover();
  }

  function toast(note) {
    const template = document.getElementById("toast-template");
    const place = document.getElementById("toasts");
    if (!template || !place || !note.text) return;
    const node = template.content.firstElementChild.cloneNode(true);
    if (note.tone) node.classList.add(note.tone);
    node.querySelector(".toast-text").textContent = note.text;
    const link = node.querySelector(".toast-action");
    if (note.action && note.url && note.url.startsWith("/")) {
      link.textContent = note.action;
      link.href = note.url;
      link.hidden = false;
    }
    place.append(node);
    raise(place);
    closeLater(node);
  }

  // The browser gives the focus back to what opened the drawer, unless a swap has replaced that meanwhile.
  function returnFocus(drawer) {
    if (drawer.opener && drawer.opener.isConnected) return;
    const address = drawer.opener && drawer.opener.getAttribute("hx-get");
    const twin = Array.from(document.querySelectorAll("[data-drawer]")).find((one) => one.getAttribute("hx-get") === address);
    (twin || document.getElementById("main")).focus();
  }

  function openDrawer(wide, opener) {
    const drawer = document.getElementById("drawer");
    if (!drawer) return;
    drawer.classList.toggle("wide", wide);
    if (!drawer.querySelector(".drawer-close")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "drawer-close";
      button.dataset.closeDrawer = "";
      button.setAttribute("aria-label", "Close");
      button.textContent = "×";
      drawer.prepend(button);
      drawer.addEventListener("close", () => returnFocus(drawer));
    }
    if (!drawer.contains(opener)) drawer.opener = opener;
    if (!drawer.open) drawer.showModal();
    drawer.scrollTop = 0;
  }

  function closeDrawer() {
    const drawer = document.getElementById("drawer");
    if (drawer && drawer.open) drawer.close();
  }

  document.addEventListener("toast", (event) => toast(event.detail));
  document.addEventListener("close-drawer", closeDrawer);
  document.addEventListener("session-lost", () => { ended = true; });

  document.addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-dismiss],[data-close-drawer]");
    if (pressed && "dismiss" in pressed.dataset) pressed.closest(".toast-note").remove();
    if (pressed && "closeDrawer" in pressed.dataset) closeDrawer();
    if (event.target.id === "drawer") closeDrawer(); // a click beside the panel lands on the dialog itself
    document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });

  // One checkbox with data-select-all governs the named boxes of its form or table.
  document.addEventListener("change", (event) => {
    const all = event.target.closest("[data-select-all]");
    if (!all) return;
    const scope = all.closest("form") || all.closest("table");
    scope.querySelectorAll(`input[type="checkbox"][name="${all.dataset.selectAll}"]`).forEach((box) => {
      if (!box.disabled) box.checked = all.checked;
    });
  });

  // Danger asks once, in a dialog of our own: browsers may refuse confirm() inside a foreign frame.
  function ask(form, submitter, text) {
    const dialog = document.getElementById("ask");
    dialog.querySelector(".ask-text").textContent = text;
    const yes = dialog.querySelector("[value=yes]");
    const act = submitter || form.querySelector("[type=submit]");
    yes.textContent = act ? act.textContent.trim() : "Go on";
    dialog.onclose = () => {
      if (dialog.returnValue !== "yes") return;
      form.dataset.agreed = "yes";
      form.requestSubmit(submitter || undefined);
    };
    dialog.returnValue = "";
    dialog.showModal();
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const text = (event.submitter && event.submitter.dataset.confirm) || form.dataset.confirm;
    if (!text) return;
    if (form.dataset.agreed) {
      delete form.dataset.agreed;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(form, event.submitter, text);
  }, true);

  // Polling (hx-trigger "every …") rests while the page is hidden and stops for good with the session.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const polled = (event.detail.elt.getAttribute("hx-trigger") || "").includes("every ");
    if (polled && (ended || document.hidden)) event.preventDefault();
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.xhr.getResponseHeader("HX-Reswap") === "none") return; // a refusal: its toast says all
    const source = event.detail.requestConfig && event.detail.requestConfig.elt;
    const opener = source && source.closest && source.closest("[data-drawer]");
    if (event.detail.target.id === "drawer-body" && opener) openDrawer(opener.dataset.drawer === "wide", opener);
  });

  document.addEventListener("htmx:sendError", () => toast({ text: "The app could not be reached. Check your connection and try again.", tone: "danger" }));
  document.addEventListener("htmx:responseError", (event) => {
    const told = event.detail.xhr.getResponseHeader("HX-Trigger");
    if (!told) toast({ text: `The app answered with an error (${event.detail.xhr.status}). Reload the page and try again.`, tone: "danger" });
  });

  document.querySelectorAll("#toasts .toast-note").forEach(closeLater);

  // On narrow screens tabs scroll sideways: the current one is in sight.
  document.querySelectorAll(".tabs").forEach((tabs) => {
    const current = tabs.querySelector("[aria-current]");
    [tabs, tabs.querySelector("ul")].forEach((box) => {
      if (!current || !box || box.scrollWidth <= box.clientWidth) return;
      const ahead = current.getBoundingClientRect().left - box.getBoundingClientRect().left;
      box.scrollLeft += ahead - (box.clientWidth - current.offsetWidth) / 2;
    });
  });
})();
