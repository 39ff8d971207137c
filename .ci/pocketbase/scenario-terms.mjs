// What the Go code in PocketBase's scenarios means here. Code that is not known is an error, so that a new version of the tests
// cannot pass without having been understood.

/** `apis.DefaultMaxBodySize`, in bytes. */
const DEFAULT_BODY_SIZE = 32 * 1024 * 1024;
const BOUNDARY = "----boundary-of-a-form";
const SUPERUSERS = "pbc_3142635823";
/** The end record of a zip archive, alone: what Go's writer makes of no entries. */
const EMPTY_ZIP = Buffer.concat([Buffer.from("PK\u0005\u0006"), Buffer.alloc(18)]);

/** Fields that are replayed; events and the time of PocketBase's own process are not to be seen over HTTP. */
const FIELDS = new Set([
  ...["Test", "Name", "Method", "URL", "Body", "Headers", "BeforeTestFunc", "AfterTestFunc"],
  ...["ExpectedStatus", "ExpectedContent", "NotExpectedContent", "ExpectedEvents"],
]);

/** Calls without an effect of their own. */
const SILENT = [
  /^t\.Fatalf?\(/,
  /^(len|\[\]byte)\(/,
  /^strings\.HasPrefix\(/,
  /^context\.Background\(\)$/,
  /^app\.(NewBackupsFilesystem|Settings|Store)\(\)$/,
  /^app\.Save\(app\.Settings\(\)\)$/,
  /^fsys\.(Close\(\)|List\(""\))$/,
];

const PREPARATIONS = [
  [/^app\.CreateBackup\(ctx, "(.*)"\)$/, (bed, key) => bed.backUp(key)],
  [/^fsys\.Upload\(\[\]byte\("(.*)"\), "(.*)"\)$/, (bed, text, key) => bed.filesystem.write(key, Buffer.from(text))],
  [/^app\.Store\(\)\.Set\(core\.StoreKeyActiveBackup, "(.*)"\)$/, (bed, key) => bed.beBusyWith(key)],
];

/** Settings of PocketBase that Stowage does not have. */
const SETTINGS = [/^app\.Settings\(\)\.(TrustedProxy|SuperuserIPs) = /];

/** Conditions under which a scenario fails, by what is stored behind it. */
const CONDITIONS = [
  [/^err != nil$/, () => false],
  [/^total != (\d+)$/, (keys, count) => keys.length !== Number(count)],
  [/^files\[0\]\.Key != "(.*)"$/, (keys, key) => keys[0] !== key],
  [/^!strings\.HasPrefix\(files\[0\]\.Key, "(.*)"\)$/, (keys, start) => !keys[0]?.startsWith(start)],
  [/^f\.Key == "(.*)"$/, (keys, key) => keys.includes(key)],
];

/** Throws unless every field of a scenario is known. */
export function assertKnownFields(scenario) {
  for (const name of Object.keys(scenario)) if (!FIELDS.has(name)) throw unknown("field", name);
}

/** Makes the request of a scenario, in the name of those whose tokens it carries. */
export function requestOf({ Method: method, URL: path, Headers: given = {}, Body: body = "" }, tokens) {
  const headers = { "content-type": "application/json" }; // as PocketBase's tests send it
  for (const [name, value] of Object.entries(given))
    headers[name.toLowerCase()] = withTokens(headerText(value), tokens);
  const content = bodyOf(body);
  if (content.length > 0) headers["content-length"] = String(content.length);
  return { method, path: withTokens(path, tokens), headers, body: content };
}

/** Prepares what is stored and what is under way. */
export async function prepare(bed, { calls = [], assignments = [], conditions = [] } = {}) {
  for (const call of calls) if (!isSilent(call)) await apply(PREPARATIONS, call, [bed], "call");
  for (const assignment of assignments) {
    if (!SETTINGS.some((form) => form.test(assignment))) throw unknown("assignment", assignment);
  }
  for (const condition of conditions) if (condition !== "err != nil") throw unknown("condition", condition);
}

/** Says which conditions of a scenario's end hold, although they must not. */
export function failuresIn(keys, { calls = [], assignments = [], conditions = [] } = {}) {
  for (const call of calls) if (!isSilent(call)) throw unknown("call", call);
  for (const assignment of assignments) throw unknown("assignment", assignment);
  return conditions.filter((condition) => apply(CONDITIONS, condition, [keys], "condition"));
}

function apply(terms, code, subject, kind) {
  for (const [form, action] of terms) {
    const found = form.exec(code);
    if (found) return action(...subject, ...found.slice(1));
  }
  throw unknown(kind, code);
}

function isSilent(call) {
  return SILENT.some((form) => form.test(call));
}

function headerText(value) {
  if (typeof value === "string") return value;
  if (/^bodies\[\d+\]\.contentType$/.test(value.go)) return `multipart/form-data; boundary=${BOUNDARY}`;
  throw unknown("header", value.go);
}

function bodyOf(value) {
  if (typeof value === "string") return Buffer.from(value);
  if (/^bodies\[\d+\]\.buffer$/.test(value.go)) return formWithFile();
  const more = /^bytes\.NewBuffer\(make\(\[\]byte, apis\.DefaultMaxBodySize\+(\d+)\)\)$/.exec(value.go);
  if (more) return Buffer.alloc(DEFAULT_BODY_SIZE + Number(more[1]));
  throw unknown("body", value.go);
}

/** The form that PocketBase's tests make for each upload. */
function formWithFile() {
  const head = [
    `--${BOUNDARY}`,
    'Content-Disposition: form-data; name="file"; filename="test"',
    "Content-Type: application/octet-stream",
  ].join("\r\n");
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`), EMPTY_ZIP, Buffer.from(`\r\n--${BOUNDARY}--\r\n`)]);
}

function withTokens(text, tokens) {
  return text.replace(/eyJ[\w-]+\.(eyJ[\w-]+)\.[\w-]+/g, (_token, claims) => {
    const { type, collectionId, exp } = JSON.parse(Buffer.from(claims, "base64url").toString());
    const bearer = `${collectionId === SUPERUSERS ? "admin" : "user"} ${type}${exp * 1_000 < Date.now() ? ", expired" : ""}`;
    if (tokens[bearer] === undefined) throw unknown("token", bearer);
    return tokens[bearer];
  });
}

function unknown(kind, what) {
  return new Error(`the ${kind} is not known here: ${what}`);
}
