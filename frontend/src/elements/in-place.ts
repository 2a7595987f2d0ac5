// Shows what a link leads to right below it, and hides it again at the next press. Where that does
// not work, the link is followed.

class InPlace extends HTMLElement {
  private panel: HTMLElement | null = null;

  connectedCallback(): void {
    const link = this.link;
    if (!link) return;
    link.setAttribute("aria-expanded", "false");
    link.addEventListener("click", (event) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      if (this.panel) this.hide();
      else void this.show(link);
    });
  }

  hide(): void {
    this.panel?.remove();
    this.panel = null;
    this.link?.setAttribute("aria-expanded", "false");
  }

  private get link(): HTMLAnchorElement | null {
    return this.querySelector("a");
  }

  private async show(link: HTMLAnchorElement): Promise<void> {
    try {
      const answer = await fetch(link.href, {
        headers: { "HX-Request": "true" },
        redirect: "manual",
      });
      if (!answer.ok) throw new Error(answer.statusText);
      this.put(await answer.text());
      link.setAttribute("aria-expanded", "true");
    } catch {
      location.assign(link.href);
    }
  }

  private put(html: string): void {
    this.hide();
    this.panel = document.createElement("div");
    this.panel.className = "in-place-panel";
    this.panel.innerHTML = html;
    this.append(this.panel);
  }
}

customElements.define("in-place", InPlace);
export type { InPlace };
