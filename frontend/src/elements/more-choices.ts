// Searches in choices that are folded, and opens the fold when one of them is chosen elsewhere.
// Without script they all stand in the fold.

import { folded } from "../text";

class MoreChoices extends HTMLElement {
  connectedCallback(): void {
    const box = this.querySelector<HTMLInputElement>("input[type=search]");
    if (!box) return;
    box.closest("label")?.removeAttribute("hidden");
    box.addEventListener("input", () => this.show(folded(box.value)));
    box.addEventListener("keydown", (event) => {
      // Searching must not send the form.
      if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) event.preventDefault();
    });
    this.addEventListener("change", () => this.open());
  }

  private show(words: string): void {
    let found = 0;
    for (const chip of this.querySelectorAll<HTMLElement>(".chip")) {
      const isChosen = chip.querySelector<HTMLInputElement>("input")?.checked ?? false;
      const fits = folded(chip.textContent ?? "").includes(words);
      chip.hidden = !fits && !isChosen;
      if (fits) found += 1;
    }
    const state = this.querySelector("[role=status]");
    if (state)
      state.textContent = words ? (this.dataset.found ?? "").replace("{n}", String(found)) : "";
  }

  private open(): void {
    const fold = this.querySelector("details");
    if (fold && this.querySelector(".chip input:checked")) fold.open = true;
  }
}

customElements.define("more-choices", MoreChoices);
