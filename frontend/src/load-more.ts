// Whoever asks for more by keyboard goes on at the first new row.

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, requestConfig } = (event as CustomEvent).detail as {
    target: HTMLElement;
    requestConfig: { elt: HTMLElement };
  };
  if (!requestConfig.elt.matches(".load-more a")) return;
  if (requestConfig.elt !== document.activeElement) return;
  const last = target.previousElementSibling;
  document.addEventListener(
    "htmx:afterSettle",
    () => last?.nextElementSibling?.querySelector<HTMLElement>("a, button")?.focus(),
    { once: true },
  );
});
