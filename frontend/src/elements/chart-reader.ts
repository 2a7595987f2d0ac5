// Reads a chart part by part: by pointing at it, or with the arrow keys. Each part carries its own
// words, and the table below has the same numbers, so nothing is lost without this.

const KEYS: Record<string, (at: number, last: number) => number> = {
  ArrowRight: (at, last) => Math.min(at + 1, last),
  ArrowUp: (at, last) => Math.min(at + 1, last),
  ArrowLeft: (at) => Math.max(at - 1, 0),
  ArrowDown: (at) => Math.max(at - 1, 0),
  Home: () => 0,
  End: (_at, last) => last,
};

class ChartReader extends HTMLElement {
  private marks: SVGGElement[] = [];
  private at = -1;
  private readonly words = document.createElement("p");

  connectedCallback(): void {
    this.marks = [...this.querySelectorAll<SVGGElement>(".chart-mark")];
    if (!this.marks.length || this.words.isConnected) return;
    this.words.className = "chart-words quiet-text";
    this.words.textContent = this.dataset.hint ?? "";
    this.parentElement?.append(this.words);
    this.tabIndex = 0;
    this.role = "slider";
    this.ariaLabel = this.dataset.label ?? "";
    this.ariaValueMin = "1";
    this.ariaValueMax = `${this.marks.length}`;
    this.ariaValueNow = "1";
    this.ariaValueText = this.dataset.hint ?? "";
    this.addEventListener("keydown", (event) => this.step(event));
    this.addEventListener("pointermove", (event) => this.point(event));
    this.addEventListener("pointerdown", (event) => this.point(event));
  }

  private step(event: KeyboardEvent): void {
    const move = KEYS[event.key];
    if (!move || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.read(move(this.at, this.marks.length - 1));
  }

  private point(event: PointerEvent): void {
    const mark = event.target instanceof Element ? event.target.closest(".chart-mark") : null;
    if (mark instanceof SVGGElement) this.read(this.marks.indexOf(mark));
  }

  private read(at: number): void {
    if (at < 0 || at === this.at) return;
    this.marks[this.at]?.classList.remove("read");
    this.at = at;
    const mark = this.marks[at];
    mark?.classList.add("read");
    const text = mark?.querySelector("title")?.textContent ?? "";
    this.words.textContent = text;
    this.ariaValueNow = `${at + 1}`;
    this.ariaValueText = text;
  }
}

customElements.define("chart-reader", ChartReader);
