// Sends files as soon as they are chosen or dropped, with progress, while the rest of the form is
// filled in. What could not be sent stays in the form and goes along when it is saved.

class FileDrop extends HTMLElement {
  private underWay = 0;

  connectedCallback(): void {
    const input = this.input;
    if (!input) return;
    input.addEventListener("change", () => this.take(input.files));
    this.addEventListener("dragover", (event) => {
      event.preventDefault();
      this.classList.add("dragging");
    });
    this.addEventListener("dragleave", () => this.classList.remove("dragging"));
    this.addEventListener("drop", (event) => {
      event.preventDefault();
      this.classList.remove("dragging");
      this.take(event.dataTransfer?.files ?? null);
    });
    this.closest("form")?.addEventListener("submit", (event) => this.wait(event));
  }

  private get input(): HTMLInputElement | null {
    return this.querySelector("input[type=file]");
  }

  private take(files: FileList | null): void {
    const chosen = [...(files ?? [])];
    if (this.input) this.input.value = "";
    this.show(".evidence-refusals", "");
    for (const file of chosen) this.send(file);
  }

  private send(file: File): void {
    const data = new FormData();
    data.append("evidence_files", file);
    const token = this.closest("form")?.querySelector<HTMLInputElement>(
      "[name=csrfmiddlewaretoken]",
    );
    data.append("csrfmiddlewaretoken", token?.value ?? "");
    const request = new XMLHttpRequest();
    request.open("POST", this.dataset.upload ?? "");
    request.upload.addEventListener("progress", ({ loaded, total }) =>
      this.tell(this.dataset.busy, file, Math.round((loaded * 100) / (total || 1))),
    );
    request.addEventListener("load", () => this.receive(request, file));
    request.addEventListener("error", () => this.keep(file));
    request.addEventListener("loadend", () => this.finish());
    this.underWay += 1;
    this.tell(this.dataset.busy, file, 0);
    request.send(data);
  }

  private receive(request: XMLHttpRequest, file: File): void {
    // Who is signed out meanwhile is sent to another page: then nothing was kept.
    const sent = new URL(this.dataset.upload ?? "", location.href).href;
    if (request.responseURL !== sent) this.keep(file);
    else if (request.status === 200) {
      this.show(".evidence-choices", request.responseText, "beforeend");
      this.tell(this.dataset.ready, file);
      this.dispatchEvent(new Event("change", { bubbles: true }));
    } else if (request.status === 422) {
      this.show(".evidence-refusals", request.responseText, "beforeend");
      this.tell("", file);
    } else this.keep(file);
  }

  // Back into the form, so that it goes along when the form is saved.
  private keep(file: File): void {
    const input = this.input;
    if (!input) return;
    const all = new DataTransfer();
    for (const kept of [...(input.files ?? []), file]) all.items.add(kept);
    input.files = all.files;
    this.tell(this.dataset.failed, file);
  }

  private finish(): void {
    this.underWay -= 1;
    if (this.underWay === 0) this.dispatchEvent(new Event("all-sent"));
  }

  private wait(event: SubmitEvent): void {
    if (this.underWay === 0) return;
    event.preventDefault();
    event.stopPropagation();
    const { target, submitter } = event;
    this.addEventListener(
      "all-sent",
      () => (target as HTMLFormElement).requestSubmit(submitter as HTMLElement),
      { once: true },
    );
  }

  private show(place: string, html: string, where?: InsertPosition): void {
    const element = this.querySelector(place);
    if (where) element?.insertAdjacentHTML(where, html);
    else element?.replaceChildren();
  }

  private tell(text = "", file: File, percent = 0): void {
    const state = this.querySelector(".upload-state");
    if (state)
      state.textContent = text.replace("{name}", file.name).replace("{percent}", String(percent));
  }
}

customElements.define("file-drop", FileDrop);
