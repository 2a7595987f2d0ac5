// Buttons that put the signs of simple formatting around what is selected in a text, also by key.

class FormatBar extends HTMLElement {
  connectedCallback(): void {
    const field = document.getElementById(this.dataset.for ?? "");
    if (!(field instanceof HTMLTextAreaElement)) return;
    this.hidden = false;
    for (const button of this.querySelectorAll("button")) {
      button.addEventListener("click", () => this.apply(button, field));
    }
    field.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
      const button = this.querySelector<HTMLButtonElement>(`[data-key="${event.key}"]`);
      if (!button) return;
      event.preventDefault();
      this.apply(button, field);
    });
  }

  private apply(button: HTMLButtonElement, field: HTMLTextAreaElement): void {
    const { mark, line } = button.dataset;
    if (mark) this.surround(field, mark);
    if (line) this.begin(field, line);
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  private surround(field: HTMLTextAreaElement, mark: string): void {
    const { selectionStart: start, selectionEnd: end } = field;
    const selected = field.value.slice(start, end);
    field.setRangeText(`${mark}${selected}${mark}`, start, end, "end");
    field.setSelectionRange(start + mark.length, end + mark.length);
  }

  private begin(field: HTMLTextAreaElement, line: string): void {
    const { selectionStart: start, selectionEnd: end } = field;
    const first = field.value.lastIndexOf("\n", start - 1) + 1;
    const lines = field.value.slice(first, end).split("\n");
    field.setRangeText(lines.map((text) => line + text).join("\n"), first, end, "end");
  }
}

customElements.define("format-bar", FormatBar);
