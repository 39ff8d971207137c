import assert from "node:assert/strict";
import { assertBytes } from "../../assert/assertions.ts";

/** What was answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

interface Request {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Parameters of no more characters prove nothing. */
const SHORT = 5;
/** Characters of an answer that are shown. */
const LONGEST_SHOWN = 200;

/**
 * Asks a signed URL. `what` says whose URL it is: no message shows the URL itself, by which anybody could read the object until it
 * expires.
 */
export async function ask(what: string, address: string, init: Request = {}): Promise<Answer> {
  try {
    // a connection that is kept would be closed while another case counts what the process holds
    const headers = { ...init.headers, connection: "close" };
    const response = await fetch(address, { ...init, headers });
    return { status: response.status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()) };
  } catch (error) {
    const { code, message } = ((error as Error).cause ?? {}) as { code?: unknown; message?: unknown };
    const why = withoutSecrets(String(code ?? message ?? "no URL that can be fetched"), address);
    return assert.fail(`${methodOf(init)} of ${what} fails (${why}): promised is a URL that any HTTP client can fetch`);
  }
}

/** Asserts that the URL serves these bytes. */
export async function assertServes(what: string, address: string, expected: Uint8Array): Promise<void> {
  const { status, body } = await ask(what, address);
  if (status === 200) return assertBytes(body, expected, `what ${what} serves`);
  const told = withoutSecrets(body.toString(), address).slice(0, LONGEST_SHOWN);
  assert.fail(`GET of ${what} is answered by ${status} ${JSON.stringify(told)}, promised is 200 and the object`);
}

/** Asserts that the URL is refused: by a status from 400 to 499. */
export async function assertDenied(what: string, address: string, init: Request = {}): Promise<void> {
  const { status } = await ask(what, address, init);
  assert.ok(
    isDenial(status),
    `${methodOf(init)} of ${what} is answered by ${status}, promised is a refusal from 400 to 499`,
  );
}

export function isDenial(status: number): boolean {
  return status >= 400 && status < 500;
}

function methodOf({ method = "GET" }: Request): string {
  return method;
}

/** Services repeat in what they answer what they were asked. */
function withoutSecrets(text: string, address: string): string {
  if (!URL.canParse(address)) return text.replaceAll(address, "…");
  const url = new URL(address);
  const values = [...url.searchParams.values()].filter(({ length }) => length > SHORT);
  const shapes = [address, url.href, url.search, ...values.flatMap((value) => [value, encodeURIComponent(value)])];
  return shapes.filter(Boolean).reduce((shown, secret) => shown.replaceAll(secret, "…"), text);
}
