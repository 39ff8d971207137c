import { inspect } from "node:util";

/** All that an error shows to whoever prints it: messages, stacks, causes, properties, JSON. */
export function shownBy(error: unknown): string {
  const chain: unknown[] = [];
  for (let link: unknown = error; link !== undefined && chain.length < 10; link = causeOf(link)) chain.push(link);
  const texts = chain.map((link) => (link instanceof Error ? `${link.message}\n${link.stack}` : String(link)));
  return [...texts, jsonOf(error), inspect(error, { depth: 20, showHidden: true })].join("\n");
}

function causeOf(link: unknown): unknown {
  return link instanceof Error ? link.cause : undefined;
}

function jsonOf(error: unknown): string {
  try {
    return JSON.stringify(error) ?? "";
  } catch {
    return ""; // what cannot be written as JSON shows nothing there
  }
}
