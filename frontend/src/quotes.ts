// Puts what is quoted into the answer box of the same conversation: the sentences that are chosen,
// or what is selected in the message when the button is pressed.

import type { InPlace } from "./elements/in-place";
import { put } from "./text";

function boxOf(element: Element): HTMLTextAreaElement | null {
  const conversation = element.closest("[data-conversation]");
  return conversation?.querySelector<HTMLTextAreaElement>(".answer-box textarea") ?? null;
}

function quote(field: HTMLTextAreaElement, sentences: string[]): void {
  const lines = sentences.map((text) => `> ${text.replace(/\s+/g, " ").trim()}`);
  const { value } = field;
  // Nobody was in the field yet: below what stands there.
  const at = field.selectionStart || value.length;
  const before = value.slice(0, at).trimEnd();
  const after = value.slice(at).trimStart();
  const text = `${before ? "\n\n" : ""}${lines.join("\n>\n")}\n\n`;
  put(field, text + after, before.length, value.length);
  const caret = before.length + text.length;
  field.setSelectionRange(caret, caret);
}

// What is selected within the message that a button belongs to.
function selectedIn(link: Element): string {
  const selection = getSelection();
  const text = selection?.toString().trim() ?? "";
  const message = link.closest("[data-message]")?.querySelector(".formatted");
  const source = message ?? link.closest("[data-conversation]")?.querySelector("[data-quotable]");
  return text && selection?.anchorNode && source?.contains(selection.anchorNode) ? text : "";
}

document.addEventListener(
  "click",
  (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>("a[data-quotes]");
    const field = link && boxOf(link);
    const text = link ? selectedIn(link) : "";
    if (!field || !text) return;
    event.preventDefault();
    quote(field, [text]);
  },
  true,
);

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target as HTMLFormElement;
    const field = form.matches("[data-quote]") ? boxOf(form) : null;
    if (!field) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const chosen = [...form.querySelectorAll<HTMLInputElement>("input:checked")];
    const sentences = chosen.map((box) => box.parentElement?.textContent ?? "");
    if (sentences.length) quote(field, sentences);
    form.closest<InPlace>("in-place")?.hide();
  },
  true,
);
