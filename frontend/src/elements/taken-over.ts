// Empties what a new activity took over from an earlier one without loading the page again, so that
// what is typed by now stays.

class TakenOver extends HTMLElement {
  connectedCallback(): void {
    const form = this.closest("draft-form")?.querySelector("form");
    if (!form) return;
    this.querySelector("a")?.addEventListener("click", (event) => {
      event.preventDefault();
      for (const part of (this.dataset.parts ?? "").split(" ").filter(Boolean)) empty(form, part);
      form.dispatchEvent(new Event("change"));
      this.tell();
    });
  }

  private tell(): void {
    const text = document.createElement("p");
    text.className = "quiet-text";
    text.tabIndex = -1;
    text.textContent = this.dataset.emptied ?? "";
    this.replaceChildren(text);
    text.focus();
  }
}

function empty(form: HTMLFormElement, part: string): void {
  for (const field of form.querySelectorAll<HTMLInputElement | HTMLSelectElement>(
    `[name="${part}"]`,
  )) {
    if (field instanceof HTMLSelectElement) field.value = "";
    else field.checked = field.value === "";
  }
}

customElements.define("taken-over", TakenOver);
