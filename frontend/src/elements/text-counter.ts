// Counts the characters of a text as the server does (code points) and speaks up near the limit.

const NEAR = 200;

class TextCounter extends HTMLElement {
  connectedCallback(): void {
    const field = document.getElementById(this.dataset.for ?? "");
    if (!(field instanceof HTMLTextAreaElement)) return;
    this.setAttribute("aria-live", "polite");
    field.addEventListener("input", () => this.update(field));
    this.update(field);
  }

  private update(field: HTMLTextAreaElement): void {
    const left = Number(this.dataset.limit) - [...field.value].length;
    this.classList.toggle("over", left < 0);
    const text = left < 0 ? this.dataset.over : left <= NEAR ? this.dataset.left : "";
    this.textContent = (text ?? "").replace("{n}", String(Math.abs(left)));
  }
}

customElements.define("text-counter", TextCounter);
