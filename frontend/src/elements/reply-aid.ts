// Helps with a reply while it is written: puts the parts of the frame in at their places, and asks
// for hints when the typing pauses. Without script the same buttons send the draft to be looked at.

import { put } from "../text";

const QUIET = 1200;
const DOTS = "…";
const CORE = 2;
const CLOSING = 4;
// As in guidance/rules_replies.py.
const GREETING =
  /^(?:hoi|hallo|hey|hi|ha|dag|beste|lieve|goede(?:morgen|middag|avond)|hello|dear|good (?:morning|afternoon|evening))\b[^.?!]{0,40}[,!]?$/i;
const SIGN_OFF =
  /^(?:(?:met )?(?:hartelijke |vriendelijke )?groet(?:en|jes)?|mvg|tot (?:snel|gauw|dan)|succes|(?:kind |best |warm )?regards|best wishes|cheers|good luck)\b[^\n]{0,40}(?:\n[^\n]{0,60})?$/i;

class ReplyAid extends HTMLElement {
  private timer = 0;
  private latest = 0;

  connectedCallback(): void {
    const field = this.field;
    if (!field) return;
    field.addEventListener("input", () => this.soon());
    this.addEventListener("click", (event) => {
      const button = (event.target as Element).closest<HTMLButtonElement>("button[formaction]");
      if (!button) return;
      event.preventDefault();
      this.press(button, field);
    });
    // What an earlier visit left in the field, or an error gave back.
    if (field.value.trim()) this.soon();
  }

  disconnectedCallback(): void {
    window.clearTimeout(this.timer);
  }

  private get field(): HTMLTextAreaElement | null {
    return this.querySelector("textarea");
  }

  private get region(): HTMLElement | null {
    return this.querySelector(".reply-hints");
  }

  private press(button: HTMLButtonElement, field: HTMLTextAreaElement): void {
    if (button.dataset.words) this.insert(field, button.dataset.words, Number(button.dataset.rank));
    else void this.ask(button);
  }

  private insert(field: HTMLTextAreaElement, words: string, rank: number): void {
    const paragraphs = field.value
      .trim()
      .split(/\n[ \t]*\n\s*/)
      .filter(Boolean);
    if (paragraphs.includes(words.trim())) {
      field.focus();
      return;
    }
    const later = paragraphs.findIndex((paragraph) => this.rank(paragraph) > rank);
    const at = later < 0 ? paragraphs.length : later;
    const before = paragraphs
      .slice(0, at)
      .map((paragraph) => `${paragraph}\n\n`)
      .join("");
    const after = paragraphs
      .slice(at)
      .map((paragraph) => `\n\n${paragraph}`)
      .join("");
    put(field, before + words.trim() + after, 0, field.value.length);
    const dots = words.trim().indexOf(DOTS);
    const end = before.length + words.trim().length;
    if (dots < 0) field.setSelectionRange(end, end);
    else field.setSelectionRange(before.length + dots, before.length + dots + DOTS.length);
  }

  private rank(paragraph: string): number {
    for (const { dataset } of this.querySelectorAll<HTMLElement>(".reply-frame [data-words]")) {
      const beginning = dataset.words?.split(DOTS)[0]?.split("\n")[0]?.trim();
      if (beginning && paragraph.startsWith(beginning)) return Number(dataset.rank);
    }
    if (GREETING.test(paragraph)) return 0;
    return SIGN_OFF.test(paragraph) ? CLOSING : CORE;
  }

  private soon(): void {
    window.clearTimeout(this.timer);
    if (this.querySelector("button[name=hints][value=on]")) return;
    this.timer = window.setTimeout(() => void this.ask(), QUIET);
  }

  private async ask(button?: HTMLButtonElement): Promise<void> {
    window.clearTimeout(this.timer);
    const form = this.closest("form");
    if (!form || !this.dataset.url) return;
    const number = ++this.latest;
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    if (button) data.append(button.name, button.value);
    try {
      const answer = await fetch(this.dataset.url, {
        method: "POST",
        body: data,
        headers: { "HX-Request": "true" },
        redirect: "manual",
      });
      if (answer.ok && number === this.latest) this.show(await answer.text(), button);
    } catch {
      // Hints can wait until there is a connection.
    }
  }

  // Nothing is said anew that stands there already.
  private show(html: string, button?: HTMLButtonElement): void {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    const region = this.region;
    if (!region || region.innerHTML.trim() === fresh.innerHTML.trim()) return;
    const held = region.contains(document.activeElement);
    region.replaceChildren(fresh.content);
    this.say(region.querySelector<HTMLElement>("[data-said]")?.dataset.said ?? "");
    if (button && held) this.goOn(button);
  }

  // Who listens hears how many hints there are, not each of them at every pause.
  private say(text: string): void {
    const status = this.querySelector("[role=status]");
    if (status && status.textContent !== text) status.textContent = text;
  }

  // The button that was pressed may be gone: the focus stays near.
  private goOn(button: HTMLButtonElement): void {
    const same = this.region?.querySelector<HTMLElement>(`button[name="${button.name}"]`);
    (same ?? this.field)?.focus();
  }
}

customElements.define("reply-aid", ReplyAid);
