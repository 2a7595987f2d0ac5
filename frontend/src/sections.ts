// The menu with more sections closes when somebody turns elsewhere, as menus do.

const more = document.querySelector<HTMLDetailsElement>(".sections-more");

function close(): void {
  if (more) more.open = false;
}

document.addEventListener("click", (event) => {
  if (event.target instanceof Node && !more?.contains(event.target)) close();
});

more?.addEventListener("focusout", (event) => {
  if (event.relatedTarget instanceof Node && !more.contains(event.relatedTarget)) close();
});

more?.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  close();
  more.querySelector("summary")?.focus();
});
