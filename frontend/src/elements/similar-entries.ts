// While somebody types an own entry, shows the entries of the list that look like it: one tap
// takes what exists, so that a list does not fill with ten spellings of one word. Choosing “Other…”
// leads to its text box at once.

import { folded } from "../text";

const MOST_SHOWN = 4;

function distance(one: string, other: string): number {
  let row = [...Array(other.length + 1).keys()];
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1)
      next[j] = Math.min(
        (next[j - 1] ?? 0) + 1,
        (row[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1),
      );
    row = next;
  }
  return row[other.length] ?? 0;
}

function looksLike(typed: string, name: string): boolean {
  if (typed.length < 2) return false;
  return name.includes(typed) || typed.includes(name) || distance(typed, name) <= name.length / 3;
}

class SimilarEntries extends HTMLElement {
  private isPassing = false;

  connectedCallback(): void {
    this.own?.addEventListener("input", () => this.suggest());
    // Arrow keys choose whatever they pass: the focus must not jump away under them.
    this.addEventListener("keydown", ({ key }) => (this.isPassing = key.startsWith("Arrow")));
    this.addEventListener("pointerdown", () => (this.isPassing = false));
    this.addEventListener("change", ({ target }) => {
      if (!this.isPassing && isOther(target)) this.own?.focus();
    });
  }

  private get own(): HTMLInputElement | null {
    return this.querySelector(".other-entry input");
  }

  private choices(): { name: string; take: () => void }[] {
    const chips = [...this.querySelectorAll<HTMLInputElement>(".chip input")].map((input) => ({
      value: input.value,
      name: input.closest("label")?.textContent?.trim() ?? "",
      take: () => input.click(),
    }));
    const options = [...this.querySelectorAll<HTMLOptionElement>("select option")].map(
      (option) => ({
        value: option.value,
        name: option.text.trim(),
        take: () => {
          option.selected = true;
        },
      }),
    );
    return [...chips, ...options].filter(({ value }) => value && value !== "other");
  }

  private suggest(): void {
    const place = this.querySelector(".similar");
    if (!place || !this.own) return;
    const typed = folded(this.own.value);
    const similar = this.choices()
      .map((choice) => ({ ...choice, key: folded(choice.name) }))
      .filter(({ key }) => looksLike(typed, key))
      .sort((one, other) => distance(typed, one.key) - distance(typed, other.key));
    place.replaceChildren(
      ...(similar.length ? [document.createTextNode(this.dataset.text ?? "")] : []),
      ...similar.slice(0, MOST_SHOWN).map(({ name, take }) => this.button(name, take)),
    );
  }

  private button(name: string, take: () => void): HTMLButtonElement {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button secondary";
    button.textContent = name;
    button.addEventListener("click", () => {
      this.choose(take);
    });
    return button;
  }

  private choose(take: () => void): void {
    const other = this.querySelector<HTMLInputElement>(".chip input[value=other]");
    if (this.own) this.own.value = "";
    if (other?.type === "checkbox" && other.checked) other.click();
    take();
    this.querySelector(".similar")?.replaceChildren();
    this.dispatchEvent(new Event("change", { bubbles: true }));
    this.querySelector<HTMLElement>(".chip input:checked, select")?.focus();
  }
}

// Whether somebody just chose “Other…”, as a chip or in a list.
function isOther(target: EventTarget | null): boolean {
  if (target instanceof HTMLSelectElement) return target.value === "other";
  return target instanceof HTMLInputElement && target.value === "other" && target.checked;
}

customElements.define("similar-entries", SimilarEntries);
