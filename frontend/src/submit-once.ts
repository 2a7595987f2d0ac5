// A slow double tap sends a form once; the server recognises a second copy as well.

document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  if (form.dataset.sending) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.dataset.sending = "yes";
  form.setAttribute("aria-busy", "true");
});

function release(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sending]")) {
    delete form.dataset.sending;
    form.removeAttribute("aria-busy");
  }
}

window.addEventListener("pageshow", release);
document.addEventListener("htmx:afterRequest", release);
