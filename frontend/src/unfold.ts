// Opens the folds around something that must be in sight.
export function unfold(element: Element): void {
  for (let fold = element.closest("details"); fold;) {
    fold.open = true;
    fold = fold.parentElement?.closest("details") ?? null;
  }
}

// Not every browser opens the fold around what an address leads to.
const target = document.getElementById(location.hash.slice(1));
if (target?.closest("details:not([open])")) {
  unfold(target);
  target.scrollIntoView();
}
