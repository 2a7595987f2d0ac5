// An independent SAML identity provider for the tests: samlify, which reads and checks our requests,
// and signs what the tests let it say. Started as `node saml-provider.mjs <folder with keys>`.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import * as samlify from "samlify";
import { SignedXml } from "xml-crypto";

const folder = process.argv[2];
const NAME_ID = "urn:oasis:names:tc:SAML:2.0:nameid-format:";

// Structure is not what it is here for; signatures are.
samlify.setSchemaValidator({ validate: async () => "skipped" });

let key = "first";
let person = { name_id: "nobody", attributes: {} };
let sp;
let idp;
let sent = null;

function pem(kind, name = key) {
  return readFileSync(`${folder}/${name}.${kind}.pem`, "utf8");
}

function make() {
  idp = samlify.IdentityProvider({
    entityID: `${address}/metadata`,
    privateKey: pem("key"),
    signingCert: pem("cert"),
    wantAuthnRequestsSigned: true,
    wantLogoutRequestSigned: true,
    wantLogoutResponseSigned: true,
    requestSignatureAlgorithm: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    nameIDFormat: [`${NAME_ID}persistent`],
    singleSignOnService: [{ Binding: redirect, Location: `${address}/sso` }],
    singleLogoutService: [{ Binding: redirect, Location: `${address}/slo` }],
    loginResponseTemplate: { context: "<unused/>", attributes: [] },
  });
}

const redirect = samlify.Constants.namespace.binding.redirect;

function escaped(text) {
  return String(text).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

function attribute([name, values]) {
  const all = values.map((one) => `<saml:AttributeValue>${escaped(one)}</saml:AttributeValue>`);
  return `<saml:Attribute Name="${escaped(name)}" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri">${all.join("")}</saml:Attribute>`;
}

// What an answer says, with what a test wants otherwise.
function answerXml(told) {
  const minutes = (n) => new Date(Date.now() + n * 60_000).toISOString();
  const say = {
    issuer: `${address}/metadata`,
    acs: sp.entityMeta.getAssertionConsumerService("post"),
    audience: sp.entityMeta.getEntityID(),
    format: `${NAME_ID}persistent`,
    status: "urn:oasis:names:tc:SAML:2.0:status:Success",
    begins: -1,
    ends: 5,
    response_id: `_r${crypto.randomUUID()}`,
    assertion_id: `_a${crypto.randomUUID()}`,
    in_response_to: "",
    ...person,
    ...told,
  };
  const to = say.in_response_to ? ` InResponseTo="${escaped(say.in_response_to)}"` : "";
  const recipient = say.recipient ?? say.acs;
  const audience = say.audience
    ? `<saml:AudienceRestriction><saml:Audience>${escaped(say.audience)}</saml:Audience></saml:AudienceRestriction>`
    : "";
  const attributes = Object.entries(say.attributes).map(attribute).join("");
  return {
    id: say.response_id,
    context:
      `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${say.response_id}" Version="2.0" IssueInstant="${minutes(0)}" Destination="${escaped(say.destination ?? say.acs)}"${to}>` +
      `<saml:Issuer>${escaped(say.issuer)}</saml:Issuer><samlp:Status><samlp:StatusCode Value="${say.status}"/></samlp:Status>` +
      `<saml:Assertion ID="${say.assertion_id}" Version="2.0" IssueInstant="${minutes(0)}"><saml:Issuer>${escaped(say.issuer)}</saml:Issuer>` +
      `<saml:Subject><saml:NameID Format="${say.format}">${escaped(say.name_id)}</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData NotOnOrAfter="${minutes(say.ends)}" Recipient="${escaped(recipient)}"${to}/></saml:SubjectConfirmation></saml:Subject>` +
      `<saml:Conditions NotBefore="${minutes(say.begins)}" NotOnOrAfter="${minutes(say.ends)}">${audience}</saml:Conditions>` +
      `<saml:AuthnStatement AuthnInstant="${minutes(0)}" SessionIndex="${say.assertion_id}"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>` +
      (attributes ? `<saml:AttributeStatement>${attributes}</saml:AttributeStatement>` : "") +
      "</saml:Assertion></samlp:Response>",
  };
}

async function answer(told) {
  const info = { extract: { request: { id: told.in_response_to ?? "" } } };
  const made = await idp.createLoginResponse(sp, info, "post", {}, () => answerXml(told));
  return made.context;
}

function signedMetadata(name) {
  const xml = idp.getMetadata().replace("<EntityDescriptor", '<EntityDescriptor ID="_metadata"');
  const signer = new SignedXml({ privateKey: pem("key", name), publicCert: pem("cert", name) });
  signer.signatureAlgorithm = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
  signer.canonicalizationAlgorithm = "http://www.w3.org/2001/10/xml-exc-c14n#";
  signer.addReference({
    xpath: "//*[local-name(.)='EntityDescriptor']",
    digestAlgorithm: "http://www.w3.org/2001/04/xmlenc#sha256",
    transforms: [
      "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
      "http://www.w3.org/2001/10/xml-exc-c14n#",
    ],
  });
  signer.computeSignature(xml, { prefix: "ds", location: { action: "prepend" } });
  return signer.getSignedXml();
}

function octets(url, name) {
  const raw = Object.fromEntries(url.search.slice(1).split("&").map((pair) => pair.split(/=(.*)/s)));
  return [name, "RelayState", "SigAlg"]
    .filter((one) => one in raw)
    .map((one) => `${one}=${raw[one]}`)
    .join("&");
}

function asked(url, name) {
  const query = Object.fromEntries(url.searchParams);
  return { query, octetString: octets(url, name) };
}

const page = (body) => `<!doctype html><html lang="en"><title>Campus</title><body>${body}</body></html>`;

const routes = {
  "/favicon.ico": () => "",
  "/metadata": () => idp.getMetadata(),
  "/metadata/signed": () => signedMetadata("federation"),
  // A person says yes; the answer goes by the browser, from this site to ours.
  "/sso": async (url) => {
    const request = await idp.parseLoginRequest(sp, "redirect", asked(url, "SAMLRequest"));
    const text = await answer({ in_response_to: request.extract.request.id });
    return page(
      `<h1>Campus</h1><form method="post" action="${sp.entityMeta.getAssertionConsumerService("post")}"><input type="hidden" name="SAMLResponse" value="${text}"><button>It is me</button></form>`,
    );
  },
  "/slo": async (url, _told, response) => {
    if (url.searchParams.has("SAMLResponse")) {
      sent = await idp.parseLogoutResponse(sp, "redirect", asked(url, "SAMLResponse"));
      return page("<h1>Signed out everywhere</h1>");
    }
    const request = await idp.parseLogoutRequest(sp, "redirect", asked(url, "SAMLRequest"));
    sent = request.extract.nameID;
    const made = idp.createLogoutResponse(sp, request, "redirect");
    response.writeHead(302, { Location: made.context });
    return "";
  },
  "/test/sp": (_url, told) => {
    sp = samlify.ServiceProvider({
      metadata: told.metadata,
      wantLogoutRequestSigned: true,
      wantLogoutResponseSigned: true,
    });
    return "{}";
  },
  "/test/person": (_url, told) => {
    person = told;
    return "{}";
  },
  "/test/rotate": (_url, told) => {
    key = told.key;
    make();
    return "{}";
  },
  "/test/request": async (url) => {
    const inner = new URL(url.searchParams.get("url"));
    const request = await idp.parseLoginRequest(sp, "redirect", asked(inner, "SAMLRequest"));
    return JSON.stringify(request.extract);
  },
  "/test/answer": async (_url, told) => JSON.stringify({ answer: await answer(told) }),
  "/test/logout": (_url, told) =>
    JSON.stringify({ address: idp.createLogoutRequest(sp, "redirect", { logoutNameID: told.name_id }).context }),
  "/test/sent": () => JSON.stringify({ sent }),
};

const server = createServer(async (request, response) => {
  const url = new URL(request.url, address);
  let text = "";
  for await (const piece of request) text += piece;
  try {
    const body = await routes[url.pathname](url, text ? JSON.parse(text) : {}, response);
    if (body.startsWith("<!doctype")) response.setHeader("Content-Type", "text/html");
    response.end(body);
  } catch (problem) {
    response.writeHead(400);
    response.end(String(problem?.stack ?? problem));
  }
});

let address = "";
server.listen(0, "127.0.0.1");
await new Promise((ready) => server.once("listening", ready));
address = `http://127.0.0.1:${server.address().port}`;
make();
// Whoever started it ends it by letting go of its input, in whatever way that happens.
process.stdin.resume().on("end", () => process.exit());
console.log(`ready ${address}`);
