/**
 * Text becomes markup only by way of here, and never a script.
 *
 * The server asks for Trusted Types: without a policy no string can become markup, script or the
 * address of a script. What the few elements that put in a piece of a page give us comes from our
 * own server, escaped there. There is no way for a string to become a script, so there is no rule
 * for it, and the browser refuses.
 */
interface Policies {
  createPolicy(name: string, rules: { createHTML(html: string): string }): unknown;
}

const policies = (window as unknown as { trustedTypes?: Policies }).trustedTypes;
policies?.createPolicy("default", { createHTML: (html) => html });
