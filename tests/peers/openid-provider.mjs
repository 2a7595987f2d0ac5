// An independent OpenID provider for the tests: oidc-provider, with people and keys that can change.
// Started as `node openid-provider.mjs <client id> <client secret>`; says its address when it is ready.

import { createServer } from "node:http";
import { exportJWK, generateKeyPair } from "jose";
import Provider from "oidc-provider";

const [clientId, clientSecret] = process.argv.slice(2);

const people = new Map();
let redirects = ["http://127.0.0.1/none"];
let after = ["http://127.0.0.1/none"];
let keys = [await newKey("first")];
let signedOut;
let provider;

async function newKey(kid) {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  return { ...(await exportJWK(privateKey)), kid, alg: "RS256", use: "sig" };
}

function make() {
  provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: redirects,
        post_logout_redirect_uris: after,
        ...(signedOut && {
          backchannel_logout_uri: signedOut,
          backchannel_logout_session_required: true,
        }),
      },
    ],
    jwks: { keys },
    pkce: { required: () => true },
    claims: {
      openid: ["sub"],
      email: ["email", "email_verified"],
      profile: [
        "name",
        "given_name",
        "family_name",
        "locale",
        "uids",
        "eduperson_affiliation",
        "schac_home_organization",
      ],
    },
    features: {
      rpInitiatedLogout: { enabled: true },
      backchannelLogout: { enabled: true },
    },
    // Its own dispatcher sends nothing to a machine that others cannot reach.
    fetch: (address, { dispatcher: _none, ...options }) => fetch(address, options),
    findAccount: (_context, sub) => ({
      accountId: sub,
      claims: () => ({ sub, ...(people.get(sub) ?? {}) }),
    }),
  });
}

async function bodyOf(request) {
  let text = "";
  for await (const piece of request) text += piece;
  return JSON.parse(text || "{}");
}

const server = createServer(async (request, response) => {
  if (!request.url.startsWith("/test/")) return provider.callback()(request, response);
  const told = await bodyOf(request);
  if (request.url === "/test/person") people.set(told.sub, told.claims);
  if (request.url === "/test/rotate") keys = [await newKey(told.kid)];
  if (request.url === "/test/redirects") {
    [redirects, after, signedOut] = [told.redirects, told.after, told.signed_out];
  }
  if (request.url !== "/test/person") make();
  response.end("{}");
});

server.listen(0, "127.0.0.1");
await new Promise((ready) => server.once("listening", ready));
const issuer = `http://127.0.0.1:${server.address().port}`;
make();
// Whoever started it ends it by letting go of its input, in whatever way that happens.
process.stdin.resume().on("end", () => process.exit());
console.log(`ready ${issuer}`);
