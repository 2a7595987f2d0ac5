// What a page does within the page of a learning environment: keep and find the secret of a launch
// there (LTI Platform Storage 0.1), send an answer on, close its window, and open a tab of its own.

const PATIENCE = 2000;

interface Reply {
  subject?: unknown;
  message_id?: unknown;
  value?: unknown;
  error?: unknown;
}

// Asks the frame of the environment, and takes an answer from nobody else.
function ask(element: HTMLElement, subject: string, more: object): Promise<Reply | null> {
  const { frame = "", origin = "" } = element.dataset;
  const id = crypto.randomUUID();
  const outer = window.opener instanceof Object ? (window.opener as Window) : window.parent;
  return new Promise((resolve) => {
    const stop = (reply: Reply | null): void => {
      window.removeEventListener("message", hear);
      clearTimeout(timer);
      resolve(reply);
    };
    const hear = (event: MessageEvent): void => {
      const told = event.data as Reply | null;
      if (event.origin !== origin || typeof told !== "object" || told === null) return;
      if (told.message_id !== id || told.subject !== `${subject}.response`) return;
      stop(told.error ? null : told);
    };
    const timer = window.setTimeout(() => stop(null), PATIENCE);
    window.addEventListener("message", hear);
    try {
      const target =
        frame === "_parent" ? outer : (outer.frames as Window & Record<string, Window>)[frame];
      (target ?? outer).postMessage({ subject, message_id: id, ...more }, origin);
    } catch {
      stop(null);
    }
  });
}

class LtiKeep extends HTMLElement {
  connectedCallback(): void {
    void this.keep();
  }

  private async keep(): Promise<void> {
    const { key, value } = this.dataset;
    await ask(this, "lti.put_data", { key, value });
    const link = this.querySelector("a");
    if (link) window.location.assign(link.href);
  }
}

class LtiKept extends HTMLElement {
  connectedCallback(): void {
    void this.find();
  }

  private async find(): Promise<void> {
    const reply = await ask(this, "lti.get_data", { key: this.dataset.key });
    const form = this.querySelector("form");
    const field = form?.elements.namedItem("kept");
    if (!form || !(field instanceof HTMLInputElement) || typeof reply?.value !== "string") return;
    field.value = reply.value;
    form.submit();
  }
}

class SendAtOnce extends HTMLElement {
  connectedCallback(): void {
    this.querySelector("form")?.submit();
  }
}

class LtiClose extends HTMLElement {
  connectedCallback(): void {
    const button = this.querySelector("button");
    if (!button || (window.opener === null && window.parent === window)) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      const outer = (window.opener as Window | null) ?? window.parent;
      outer.postMessage({ subject: "org.imsglobal.lti.close" }, "*");
    });
  }
}

// Most other sites refuse to stand in a frame: their links open in a tab of their own.
function leaveFrame(event: MouseEvent): void {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  const isElsewhere = link && link.host !== "" && link.host !== window.location.host;
  if (!isElsewhere || link.target) return;
  link.target = "_blank";
  link.relList.add("noopener");
}

// The tab opens at once, since browsers let only a click do that; its page follows. Where frame and
// tab share a session, there is nothing to leave in the tab.
class FullScreen extends HTMLElement {
  connectedCallback(): void {
    const form = this.querySelector("form");
    this.hidden = window.parent === window;
    if (!this.hidden) document.addEventListener("click", leaveFrame);
    form?.addEventListener("submit", (event) => {
      const tab = window.open("about:blank", "_blank");
      if (!tab) return;
      event.preventDefault();
      void this.go(form, tab);
    });
  }

  private async go(form: HTMLFormElement, tab: Window): Promise<void> {
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
      const page = await answer.text();
      const link = /data-full-screen href="([^"]+)"/.exec(page)?.[1];
      if (!link) throw new Error("no link");
      tab.location.href = new URL(link, window.location.href).href;
    } catch {
      tab.close();
      form.submit();
    }
  }
}

customElements.define("lti-keep", LtiKeep);
customElements.define("lti-kept", LtiKept);
customElements.define("send-at-once", SendAtOnce);
customElements.define("lti-close", LtiClose);
customElements.define("full-screen", FullScreen);
