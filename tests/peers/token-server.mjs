// Gives out tokens by client credentials (RFC 6749, section 4.4), and says what they are worth
// (RFC 7662): the npm package oidc-provider. Arguments: the port, and a file of clients as JSON.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

import { Provider } from "oidc-provider";

const [port, file] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}/oidc`;
const provider = new Provider(issuer, {
  clients: JSON.parse(readFileSync(file, "utf8")),
  scopes: ["openid", "statements/write", "statements/read"],
  features: {
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
    devInteractions: { enabled: false },
  },
});
const answer = provider.callback();
createServer((request, response) => {
  request.originalUrl = request.url;
  request.url = request.url.replace(/^\/oidc/, "") || "/";
  answer(request, response);
}).listen(Number(port), "127.0.0.1", () => console.log("ready"));
