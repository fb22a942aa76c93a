// Pictures of a listing put in order by dragging; the buttons beside each do the same from the keyboard.
(function () {
  "use strict";
  let dragged = null;

  function list(target) {
    return target.closest ? target.closest("[data-sortable]") : null;
  }

  function ready(root) {
    (root.querySelectorAll ? root : document).querySelectorAll("[data-sortable] > [data-key]").forEach((item) => {
      item.draggable = item.parentElement.children.length > 1;
    });
  }

  function order(box) {
    return Array.from(box.children, (item) => item.dataset.key).join(",");
  }

  document.addEventListener("dragstart", (event) => {
    const box = list(event.target);
    if (!box) return;
    dragged = { item: event.target.closest("[data-key]"), box, before: order(box) };
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.item.dataset.key);
    dragged.item.classList.add("dragged");
  });

  document.addEventListener("dragover", (event) => {
    if (!dragged || list(event.target) !== dragged.box) return;
    event.preventDefault();
    const over = event.target.closest("[data-key]");
    if (!over || over === dragged.item) return;
    const middle = over.getBoundingClientRect().top + over.offsetHeight / 2;
    dragged.box.insertBefore(dragged.item, event.clientY < middle ? over : over.nextSibling);
  });

  document.addEventListener("drop", (event) => {
    if (dragged && list(event.target) === dragged.box) event.preventDefault();
  });

  document.addEventListener("dragend", () => {
    if (!dragged) return;
    const { item, box, before } = dragged;
    dragged = null;
    item.classList.remove("dragged");
    if (order(box) === before) return;
    const form = box.closest("form");
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "order";
    field.value = order(box);
    form.append(field);
    form.requestSubmit();
  });

  document.addEventListener("htmx:load", (event) => ready(event.target));
  ready(document);
})();
