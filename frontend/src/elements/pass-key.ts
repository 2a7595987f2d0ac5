// Asks the browser to make or use a passkey, and sends what it answers with the form around it.
// The button shows only where that works; otherwise a sentence says that it does not.

type Described = { id: string; type: "public-key"; transports?: AuthenticatorTransport[] };

/** What the server asks, with bytes as text. */
type Asked = {
  publicKey: {
    challenge: string;
    user?: { id: string; name: string; displayName: string };
    excludeCredentials?: Described[];
    allowCredentials?: Described[];
  };
};

function toBytes(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
}

function toText(bytes: ArrayBuffer | null): string | undefined {
  if (!bytes) return undefined;
  const plain = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function described(list: Described[] | undefined): PublicKeyCredentialDescriptor[] {
  return (list ?? []).map((one) => ({ ...one, id: toBytes(one.id) }));
}

async function create(asked: Asked): Promise<object> {
  const { publicKey } = asked;
  const publicKeyOptions = {
    ...publicKey,
    challenge: toBytes(publicKey.challenge),
    user: { ...publicKey.user, id: toBytes(publicKey.user?.id ?? "") },
    excludeCredentials: described(publicKey.excludeCredentials),
  } as unknown as PublicKeyCredentialCreationOptions;
  const made = (await navigator.credentials.create({
    publicKey: publicKeyOptions,
  })) as PublicKeyCredential;
  const response = made.response as AuthenticatorAttestationResponse;
  return {
    ...common(made),
    response: {
      clientDataJSON: toText(response.clientDataJSON),
      attestationObject: toText(response.attestationObject),
      transports: response.getTransports?.() ?? [],
    },
  };
}

async function get(asked: Asked): Promise<object> {
  const { publicKey } = asked;
  const used = (await navigator.credentials.get({
    publicKey: {
      ...publicKey,
      challenge: toBytes(publicKey.challenge),
      allowCredentials: described(publicKey.allowCredentials),
    },
  })) as PublicKeyCredential;
  const response = used.response as AuthenticatorAssertionResponse;
  return {
    ...common(used),
    response: {
      clientDataJSON: toText(response.clientDataJSON),
      authenticatorData: toText(response.authenticatorData),
      signature: toText(response.signature),
      userHandle: toText(response.userHandle),
    },
  };
}

function common(one: PublicKeyCredential): object {
  return {
    id: one.id,
    rawId: toText(one.rawId),
    type: one.type,
    authenticatorAttachment: one.authenticatorAttachment,
    clientExtensionResults: one.getClientExtensionResults(),
  };
}

class PassKey extends HTMLElement {
  connectedCallback(): void {
    const button = this.querySelector("button");
    if (!button || !("PublicKeyCredential" in window)) return;
    button.hidden = false;
    this.querySelector("[data-without]")?.remove();
    button.addEventListener("click", () => void this.ask());
  }

  private async ask(): Promise<void> {
    const form = this.closest("form");
    const field = form?.elements.namedItem("credential");
    const status = this.querySelector("[role=status]");
    if (!form || !(field instanceof HTMLInputElement) || !status) return;
    status.textContent = "";
    try {
      const asked = await this.asked();
      const answer = await (this.dataset.does === "create" ? create(asked) : get(asked));
      field.value = JSON.stringify(answer);
    } catch {
      status.textContent = this.dataset.refused ?? "";
      return;
    }
    form.submit();
  }

  /** What the server asks stands in the page, or is fetched for who is not known yet. */
  private async asked(): Promise<Asked> {
    if (this.dataset.options) return JSON.parse(this.dataset.options) as Asked;
    const answer = await fetch(this.dataset.asks ?? "", {
      headers: { Accept: "application/json" },
    });
    return ((await answer.json()) as { request_options: Asked }).request_options;
  }
}

customElements.define("pass-key", PassKey);
