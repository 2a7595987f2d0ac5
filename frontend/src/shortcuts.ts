// Keys for what is on the page: whatever carries `data-shortcut` is opened, pressed or focused by
// its key. `?` shows them all, and there they can be switched off (WCAG 2.1.4).

const OFF = "shortcuts-off";

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest("input, textarea, select, [contenteditable]") !== null
  );
}

function targets(): HTMLElement[] {
  const seen = new Set<string>();
  return [...document.querySelectorAll<HTMLElement>("[data-shortcut]")].filter((element) => {
    const key = element.dataset.shortcut ?? "";
    return element.getClientRects().length > 0 && !seen.has(key) && seen.add(key);
  });
}

function act(element: HTMLElement): void {
  if (element.matches("input, textarea")) element.focus();
  else element.click();
}

function describe(list: HTMLElement): void {
  const rows = targets().flatMap((element) => {
    const key = document.createElement("kbd");
    key.textContent = element.dataset.shortcut ?? "";
    const term = document.createElement("dt");
    term.append(key);
    const text = document.createElement("dd");
    text.textContent = element.dataset.shortcutLabel ?? element.textContent?.trim() ?? "";
    return [term, text];
  });
  list.querySelectorAll("[data-found]").forEach((row) => row.remove());
  for (const row of rows) row.dataset.found = "yes";
  list.prepend(...rows);
}

function start(dialog: HTMLDialogElement): void {
  const list = dialog.querySelector<HTMLElement>("dl");
  const isOn = dialog.querySelector<HTMLInputElement>("input[type=checkbox]");
  if (!list || !isOn) return;
  const show = (): void => {
    describe(list);
    isOn.checked = !localStorage.getItem(OFF);
    dialog.showModal();
  };
  isOn.addEventListener("change", () => {
    if (isOn.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "yes");
  });
  const opener = document.querySelector<HTMLElement>("[data-shortcuts]");
  opener?.removeAttribute("hidden");
  opener?.addEventListener("click", show);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit(event);
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (dialog.open || localStorage.getItem(OFF)) return;
    // Until the page is drawn again, the focus is still where it was in the dialog that just closed.
    if (isTyping(event.target) && !dialog.contains(event.target as Node)) return;
    if (event.key === "?") show();
    const found = targets().find(({ dataset }) => dataset.shortcut === event.key);
    if (!found && event.key !== "?") return;
    event.preventDefault();
    if (found) act(found);
  });
}

function submit(event: KeyboardEvent): void {
  const form = (event.target as HTMLElement).closest("form");
  const button = form?.querySelector<HTMLButtonElement>("button:not([type=button])");
  if (!form || !button || form.method !== "post") return;
  event.preventDefault();
  form.requestSubmit(button);
}

const dialog = document.querySelector<HTMLDialogElement>("dialog#shortcuts");
if (dialog) start(dialog);
