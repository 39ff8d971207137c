import { constants, generateKeyPairSync, type KeyObject, sign as signWith } from "node:crypto";
import { ANNA, NOW, SECRET } from "./admins-for-tests.ts";
import { encode, HASHES, keyFor, keyOf, type Parts, sign, signText, type Use } from "./forge-token.ts";

/** Tokens that nobody may accept, each under the name of what is wrong with it. */
export type Forgeries = Record<string, string>;

const ATTACKER = "the key of the attacker, 32 bytes.";
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const ed = generateKeyPairSync("ed25519");

/** An algorithm other than HS256, or none. */
export function wrongAlgorithms(parts: Parts): Forgeries {
  const [header = "", payload = "", signature = ""] = sign(parts).split(".");
  const unsigned = (alg: unknown) => `${encode(JSON.stringify({ ...parts.header, alg }))}.${payload}`;
  const named = (alg: unknown, hash = "sha256") => sign({ ...parts, header: { ...parts.header, alg } }, hash);
  const none = ["none", "None", "NONE", "nOnE"].map((alg) => [`alg ${alg}, no signature`, `${unsigned(alg)}.`]);
  const other = ["RS256", "PS256", "ES256", "EdDSA", "hs256", "HS256 ", "HS1", "", "A256KW"];
  const odd = [null, 256, true, ["HS256"], { alg: "HS256" }];
  return {
    ...Object.fromEntries(none),
    "alg none, two segments": unsigned("none"),
    "alg none, signature kept": `${unsigned("none")}.${signature}`,
    "alg none, HMAC by our key": named("none"),
    "HS384 by our key": named("HS384", HASHES.HS384),
    "HS512 by our key": named("HS512", HASHES.HS512),
    "HS256 by SHA-384": named("HS256", HASHES.HS384),
    ...Object.fromEntries(other.map((alg) => [`alg ${JSON.stringify(alg)}, HMAC by our key`, named(alg)])),
    ...Object.fromEntries(odd.map((alg) => [`alg ${JSON.stringify(alg)}`, named(alg)])),
    "alg missing": sign({ ...parts, header: { typ: "JWT" } }),
    "no signature": `${header}.${payload}.`,
    ...asymmetric(parts),
  };
}

function asymmetric(parts: Parts): Forgeries {
  const pem = rsa.publicKey.export({ type: "spki", format: "pem" }).toString();
  const by = (alg: string, key: KeyObject, options: object, hash: string | null = "sha256") => {
    const input = `${encode(JSON.stringify({ ...parts.header, alg }))}.${encode(JSON.stringify(parts.claims))}`;
    return `${input}.${signWith(hash, Buffer.from(input), { key, ...options }).toString("base64url")}`;
  };
  return {
    "RS256 by a key of the attacker": by("RS256", rsa.privateKey, {}),
    "PS256 by a key of the attacker": by("PS256", rsa.privateKey, { padding: constants.RSA_PKCS1_PSS_PADDING }),
    "ES256 by a key of the attacker": by("ES256", ec.privateKey, { dsaEncoding: "ieee-p1363" }),
    "EdDSA by a key of the attacker": by("EdDSA", ed.privateKey, {}, null),
    "HS256 by a public key": sign({ ...parts, key: pem }),
    "RS256 in the header, HMAC by a public key": sign({
      ...parts,
      header: { ...parts.header, alg: "RS256" },
      key: pem,
    }),
  };
}

/** Another key, in the header or not. */
export function wrongKeys(parts: Parts, use: Use): Forgeries {
  const by = (key: Uint8Array | string, header: object = {}) => {
    return sign({ ...parts, header: { ...parts.header, ...header }, key });
  };
  const jwk = { kty: "oct", k: encode(ATTACKER), alg: "HS256" };
  return {
    "key for the other use": by(keyFor(use === "auth" ? "file" : "auth")),
    "key of fingerprints": by(keyOf("password fingerprint")),
    "the secret itself": by(SECRET),
    "key from another secret": by(keyFor(use, `${SECRET}!`)),
    "empty key": by(""),
    "key of zeros": by(new Uint8Array(32)),
    "the password hash as key": by(ANNA.passwordHash),
    "the id as key": by(String(ANNA.id)),
    "key of the attacker": by(ATTACKER),
    "jwk in the header": by(ATTACKER, { jwk }),
    "jku in the header": by(ATTACKER, { jku: "https://attacker.example/keys.json" }),
    "x5u in the header": by(ATTACKER, { x5u: "https://attacker.example/certificate.pem" }),
    "x5c in the header": by(ATTACKER, { x5c: [encode(ATTACKER)] }),
    "kid of an empty file": by("", { kid: "../../../../dev/null" }),
    "kid with SQL": by(ATTACKER, { kid: `x' UNION SELECT '${ATTACKER}` }),
  };
}

/** Signed by the right key, but no header or no claims that we make. */
export function wrongShapes({ header, claims, key }: Parts): Forgeries {
  const headed = (other: object) => sign({ header: { ...header, ...other }, claims, key });
  const [head, body] = [JSON.stringify(header), JSON.stringify(claims)];
  const notUtf8 = Buffer.concat([Buffer.from(body.slice(0, -1)), Buffer.from(',"x":"\xff"}', "latin1")]);
  return {
    "typ missing": sign({ header: { alg: "HS256" }, claims, key }),
    "typ JWS": headed({ typ: "JWS" }),
    "typ at+jwt": headed({ typ: "at+jwt" }),
    "typ a number": headed({ typ: 1 }),
    "crit empty": headed({ crit: [] }),
    "crit exp": headed({ crit: ["exp"] }),
    "crit of an extension": headed({ crit: ["https://example.com/x"], "https://example.com/x": 1 }),
    "crit no list": headed({ crit: "exp" }),
    "payload not encoded": headed({ crit: ["b64"], b64: false }),
    "header a list": signText(`[${head}]`, body, { key }),
    "header null": signText("null", body, { key }),
    "header no JSON": signText(head.slice(1), body, { key }),
    "claims a list": signText(head, `[${body}]`, { key }),
    "claims null": signText(head, "null", { key }),
    "claims a text": signText(head, JSON.stringify(body), { key }),
    "claims no JSON": signText(head, body.slice(1), { key }),
    "claims no UTF-8": signText(head, notUtf8, { key }),
    "over 2 KiB": sign({ header, claims: { ...claims, padding: "x".repeat(2048) }, key }),
    "exp twice, the last one over": signText(head, `${body.slice(0, -1)},"exp":${NOW / 1000 - 60}}`, { key }),
    "use twice, the last one wrong": signText(head, `${body.slice(0, -1)},"use":"other"}`, { key }),
  };
}
