// Verifies a signed text (JWS, compact) with keys as an address gives them: the npm package jose.
// Arguments: a file with the text, and one with the keys (JWKS). Prints what is in it as JSON.
import { readFileSync } from "node:fs";

import { compactVerify, createLocalJWKSet, importJWK } from "jose";

const [text, keys] = process.argv.slice(2).map((name) => readFileSync(name, "utf8"));
const known = JSON.parse(keys);
const find = createLocalJWKSet(known);
const verified = await compactVerify(
  text.trim(),
  async (header, token) => {
    // In a DID document the name of a key stands behind the identifier of whose it is.
    const name = header.kid.split("#").pop();
    const one = known.keys.find((key) => key.kid === name);
    return one && header.kid !== name ? importJWK(one, header.alg) : find(header, token);
  },
  { algorithms: ["RS256"] },
);
const payload = Buffer.from(verified.payload).toString("utf8");
console.log(JSON.stringify({ header: verified.protectedHeader, payload }));
