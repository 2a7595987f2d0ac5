// Puts the text of a field on the clipboard. Its button shows only where the browser allows that.

class CopyText extends HTMLElement {
  connectedCallback(): void {
    const field = document.getElementById(this.dataset.from ?? "");
    const button = this.querySelector("button");
    if (!(field instanceof HTMLInputElement) || !button || !navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", () => void this.copy(field));
  }

  private async copy(field: HTMLInputElement): Promise<void> {
    await navigator.clipboard.writeText(field.value);
    const status = this.querySelector("[role=status]");
    if (status) status.textContent = this.dataset.copied ?? "";
  }
}

customElements.define("copy-text", CopyText);
