// Buttons that fill in a usual duration with one tap.

class DurationPicker extends HTMLElement {
  connectedCallback(): void {
    const quick = this.querySelector<HTMLElement>(".quick");
    if (!quick) return;
    quick.hidden = false;
    quick.addEventListener("click", (event) => {
      const button = (event.target as HTMLElement).closest<HTMLElement>("[data-minutes]");
      if (button) this.fill(Number(button.dataset.minutes));
    });
    this.addEventListener("input", () => this.mark());
    this.mark();
  }

  private get inputs(): HTMLInputElement[] {
    return [...this.querySelectorAll("input")];
  }

  private fill(minutes: number): void {
    const [hours, rest] = this.inputs;
    if (!hours || !rest) return;
    hours.value = String(Math.floor(minutes / 60));
    rest.value = String(minutes % 60);
    rest.dispatchEvent(new Event("input", { bubbles: true }));
  }

  private mark(): void {
    const [hours, rest] = this.inputs;
    const minutes = Number(hours?.value ?? 0) * 60 + Number(rest?.value ?? 0);
    for (const button of this.querySelectorAll<HTMLElement>("[data-minutes]"))
      button.setAttribute("aria-pressed", String(Number(button.dataset.minutes) === minutes));
  }
}

customElements.define("duration-picker", DurationPicker);
