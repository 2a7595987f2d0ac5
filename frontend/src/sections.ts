// On a narrow screen the row of sections scrolls: begin where somebody is.

const current = document.querySelector<HTMLElement>(".sections-list [aria-current]");
const list = current?.closest("ul");
if (current && list)
  list.scrollLeft = current.offsetLeft - (list.clientWidth - current.offsetWidth) / 2;
