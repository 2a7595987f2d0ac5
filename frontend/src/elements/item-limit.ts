// Says how many items are chosen and closes the others at the limit; the server keeps the limit.

class ItemLimit extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("change", () => this.update());
    this.update();
  }

  private update(): void {
    const boxes = [...this.querySelectorAll<HTMLInputElement>("input[type=checkbox]")];
    const limit = Number(this.dataset.limit);
    const chosen = boxes.filter((box) => box.checked).length;
    for (const box of boxes) box.disabled = chosen >= limit && !box.checked;
    const count = this.querySelector("output");
    if (count) count.textContent = (this.dataset.text ?? "").replace("{n}", String(chosen));
  }
}

customElements.define("item-limit", ItemLimit);
