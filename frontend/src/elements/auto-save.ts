// Saves a form while somebody types, a moment after the last key. The form keeps its own button:
// without script, or without a connection, nothing is lost.

const QUIET = 1500;

class AutoSave extends HTMLElement {
  private timer = 0;
  private isSaving = false;
  private isStale = false;

  connectedCallback(): void {
    const form = this.querySelector("form");
    if (!form) return;
    form.addEventListener("input", () => this.soon(form));
    form.addEventListener("submit", () => clearTimeout(this.timer));
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden" && this.timer) void this.save(form);
    });
  }

  private soon(form: HTMLFormElement): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.save(form), QUIET);
  }

  private async save(form: HTMLFormElement): Promise<void> {
    clearTimeout(this.timer);
    this.timer = 0;
    if (this.isSaving) {
      this.isStale = true;
      return;
    }
    this.isSaving = true;
    this.isStale = false;
    this.tell(this.dataset.saving);
    const isSaved = await this.send(form);
    this.isSaving = false;
    if (isSaved && !this.isStale) this.forgetDraft();
    this.tell(isSaved ? this.dataset.saved : this.dataset.failed);
    if (this.isStale) this.soon(form);
  }

  private async send(form: HTMLFormElement): Promise<boolean> {
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new FormData(form),
        headers: { "X-Autosave": "yes" },
        redirect: "manual",
        keepalive: true,
      });
      return answer.status === 204;
    } catch {
      return false;
    }
  }

  // The server has it now. What is typed after this makes a new draft.
  private forgetDraft(): void {
    this.dispatchEvent(new CustomEvent("draft-saved", { bubbles: false }));
  }

  private tell(text = ""): void {
    const state = this.querySelector(".autosave-state");
    const time = new Date().toLocaleTimeString(document.documentElement.lang, {
      hour: "2-digit",
      minute: "2-digit",
    });
    if (state) state.textContent = text.replace("{time}", time);
  }
}

customElements.define("auto-save", AutoSave);
