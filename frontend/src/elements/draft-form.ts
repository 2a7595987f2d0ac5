// Keeps what somebody types in a form in this browser, so that an expired sign-in, a closed tab or
// a bad connection loses nothing. Drafts are kept per person, never leave the browser, and are
// wiped on signing out.

import { unfold } from "../unfold";

const PREFIX = "draft:";
type Draft = Record<string, string[]>;
type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

function storageKey(name: string): string {
  return `${PREFIX}${document.body.dataset.person ?? ""}:${name}`;
}

class DraftForm extends HTMLElement {
  private timer = 0;

  connectedCallback(): void {
    const form = this.form;
    if (!form || !document.body.dataset.person) return;
    if (!("bound" in this.dataset)) this.restore(form);
    form.addEventListener("input", () => this.keepSoon(form));
    form.addEventListener("change", () => this.keep(form));
    form.addEventListener("submit", () => this.keep(form));
    this.closest("auto-save")?.addEventListener("draft-saved", () => this.forget());
    // What the server gave back after an error is a draft as well.
    if ("bound" in this.dataset) this.keep(form);
  }

  private get form(): HTMLFormElement | null {
    return this.querySelector("form");
  }

  private get key(): string {
    return storageKey(this.dataset.key ?? location.pathname);
  }

  // The key of a form that the server saves while somebody types belongs to the draft: going on
  // with it later changes what was saved, and makes no second one.
  private keyField(form: HTMLFormElement): HTMLInputElement | null {
    return this.closest("auto-save") ? form.querySelector("input[name$=client_id]") : null;
  }

  private fields(form: HTMLFormElement): Field[] {
    const key = this.keyField(form);
    return [...form.elements].filter(
      (element): element is Field =>
        element === key ||
        (element instanceof HTMLInputElement &&
          !["hidden", "password", "file", "submit"].includes(element.type)) ||
        element instanceof HTMLTextAreaElement ||
        element instanceof HTMLSelectElement,
    );
  }

  private values(form: HTMLFormElement): Draft {
    const draft: Draft = {};
    for (const field of this.fields(form)) {
      if (!field.name) continue;
      const values = (draft[field.name] ??= []);
      const isChoice = field instanceof HTMLInputElement && /checkbox|radio/.test(field.type);
      if (!isChoice || (field as HTMLInputElement).checked) values.push(field.value);
    }
    return draft;
  }

  private keepSoon(form: HTMLFormElement): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.keep(form), 300);
  }

  private keep(form: HTMLFormElement): void {
    clearTimeout(this.timer);
    try {
      localStorage.setItem(this.key, JSON.stringify(this.values(form)));
    } catch {
      // Storage is full or off: the form still works.
    }
  }

  private forget(): void {
    clearTimeout(this.timer);
    localStorage.removeItem(this.key);
  }

  private restore(form: HTMLFormElement): void {
    const kept = localStorage.getItem(this.key);
    if (!kept || kept === JSON.stringify(this.values(form))) return;
    const draft = JSON.parse(kept) as Draft;
    const freshKey = this.keyField(form)?.value;
    for (const field of this.fields(form)) {
      const values = draft[field.name];
      if (!values) continue;
      const isChoice = field instanceof HTMLInputElement && /checkbox|radio/.test(field.type);
      if (isChoice) field.checked = values.includes(field.value);
      else field.value = values[0] ?? "";
      if (field.value && (!isChoice || field.checked)) unfold(field);
    }
    this.tell(form, freshKey);
  }

  private tell(form: HTMLFormElement, freshKey?: string): void {
    const notice = document.createElement("div");
    notice.className = "notice info";
    notice.setAttribute("role", "status");
    const text = document.createElement("p");
    text.textContent = this.dataset.restored ?? "";
    const discard = document.createElement("button");
    discard.type = "button";
    discard.className = "button quiet";
    discard.textContent = this.dataset.discard ?? "";
    discard.addEventListener("click", () => {
      localStorage.removeItem(this.key);
      form.reset();
      const key = this.keyField(form);
      if (key && freshKey) key.value = freshKey;
      notice.remove();
      form.querySelector<HTMLElement>("input:not([type=hidden]), textarea, select")?.focus();
    });
    notice.append(text, discard);
    this.prepend(notice);
  }
}

function forgetSaved(): void {
  for (const saved of document.querySelectorAll<HTMLElement>("[data-draft-saved]"))
    localStorage.removeItem(storageKey(saved.dataset.draftSaved ?? ""));
}

function forgetAll(): void {
  for (const key of Object.keys(localStorage))
    if (key.startsWith(PREFIX)) localStorage.removeItem(key);
}

forgetSaved();
document.addEventListener("htmx:afterSettle", forgetSaved);
document.addEventListener("submit", (event) => {
  if ((event.target as HTMLElement).matches("[data-sign-out]")) forgetAll();
});
customElements.define("draft-form", DraftForm);
