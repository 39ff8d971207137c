/** A URL in which one query parameter is another, or missing. */
export interface ChangedUrl {
  /** Of the parameter. */
  readonly name: string;
  /** Whether the parameter says until when the URL works or how the file is called, or proves that it was made by the driver. */
  readonly isEssential: boolean;
  readonly url: string;
}

const ESSENTIAL = /expir|until|valid|date|sig|hmac|token|credential|policy|auth|filename|disposition/i;
const DAY_MS = 24 * 60 * 60 * 1_000;

/** Changes each query parameter in several ways. The last character of a signature stays: not all of its bits may count. */
export function changedUrls(address: string): ChangedUrl[] {
  const { searchParams } = new URL(address);
  return [...searchParams].flatMap(([name, value]) => {
    const isEssential = ESSENTIAL.test(name) || isTime(value);
    const others = [...new Set(changedValues(value))].filter((other) => other !== value);
    return [undefined, ...others].map((other) => ({ name, isEssential, url: withParameter(address, name, other) }));
  });
}

/** Puts another key where the key stands: everywhere, then in one place after the other. Nothing if it stands nowhere. */
export function changedKeys(address: string, { from, to }: { from: string; to: string }): string[] {
  const parts = address.split(from);
  if (parts.length === 1) return [];
  const inOnePlace = parts.slice(1).map((_, index) => {
    return [parts.slice(0, index + 1).join(from), parts.slice(index + 1).join(from)].join(to);
  });
  return [parts.join(to), ...inOnePlace];
}

function withParameter(address: string, name: string, value: string | undefined): string {
  const url = new URL(address);
  if (value === undefined) url.searchParams.delete(name);
  else url.searchParams.set(name, value);
  return url.href;
}

function changedValues(value: string): string[] {
  const middle = Math.floor(value.length / 2);
  if (/^\d+$/.test(value)) return [String(BigInt(value) + 60n), `${value}0`, withNext(value, 0)];
  return [withNext(value, middle), withNext(value, Math.min(3, middle)), value.slice(0, middle)];
}

/** Puts another character of the same kind at one place. */
function withNext(text: string, index: number): string {
  const found = text[index] ?? "";
  const next = /[0-8a-eg-yA-EG-Y]/.test(found) ? String.fromCharCode(found.charCodeAt(0) + 1) : "0";
  return text.slice(0, index) + (found === "0" && next === "0" ? "1" : next) + text.slice(index + 1);
}

/** Whether it is a time of this week, in seconds or milliseconds since 1970 or as a date. */
function isTime(value: string): boolean {
  const times = /^\d+$/.test(value) ? [Number(value), Number(value) * 1_000] : [Date.parse(value)];
  return times.some((time) => Math.abs(time - Date.now()) < 8 * DAY_MS);
}
