// Adds what was written since to an open conversation, without loading the page again. It asks only
// while somebody looks at the page, and less often where the connection is bad.

const SLOWEST = 300_000;

class LiveMessages extends HTMLElement {
  private timer = 0;
  private pause = 0;

  connectedCallback(): void {
    this.pause = Number(this.dataset.seconds) * 1000;
    if (!this.dataset.url || !this.pause) return;
    document.addEventListener("visibilitychange", this.onVisible);
    this.wait();
  }

  disconnectedCallback(): void {
    window.clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.onVisible);
  }

  private onVisible = (): void => {
    if (document.visibilityState === "visible") void this.ask();
  };

  private wait(): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.ask(), this.pause);
  }

  private get newest(): string {
    const keys = [...this.querySelectorAll<HTMLElement>("[data-message]")];
    return keys.at(-1)?.dataset.message ?? "0";
  }

  private async ask(): Promise<void> {
    window.clearTimeout(this.timer);
    if (document.visibilityState !== "visible") return;
    try {
      const answer = await fetch(`${this.dataset.url}?after=${this.newest}`, {
        redirect: "manual",
      });
      // Signed out, or no longer open to this reader: there is nothing to ask for any more.
      if (answer.status !== 200 && answer.status !== 204) return;
      if (answer.status === 200) this.insertAdjacentHTML("beforeend", await answer.text());
      this.pause = Number(this.dataset.seconds) * 1000;
    } catch {
      this.pause = Math.min(this.pause * 2, SLOWEST);
    }
    this.wait();
  }
}

customElements.define("live-messages", LiveMessages);
