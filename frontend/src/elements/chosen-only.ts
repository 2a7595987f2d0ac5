// Shows what is inside only while one of the values of a choice in the same form is picked. Without
// script it always stands there, with words that say when it counts.

class ChosenOnly extends HTMLElement {
  connectedCallback(): void {
    const form = this.closest("form");
    if (!form) return;
    form.addEventListener("change", this.look);
    // A reset, or a draft that is put back, changes choices without saying so.
    form.addEventListener("reset", () => window.setTimeout(this.look));
    window.setTimeout(this.look);
    this.look();
  }

  private look = (): void => {
    const form = this.closest("form");
    const picked = form?.querySelector<HTMLInputElement>(
      `input[name="${this.dataset.name}"]:checked`,
    );
    const values = (this.dataset.value ?? "").split(" ");
    this.hidden = !picked || !values.includes(picked.value);
  };
}

customElements.define("chosen-only", ChosenOnly);
