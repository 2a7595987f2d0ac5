// A text as it is compared: without accents, capitals and spaces around it.
export function folded(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();
}
