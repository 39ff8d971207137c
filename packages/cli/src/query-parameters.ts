import { StowageError } from "@stowage/core";
import { nearestName } from "@stowage/core/driver";

const LOOKS_SECRET = /(key|secret|token|password|credential|signature)/i;

/** The parameters of a URL, each to be read once. No error shows a value. */
export class QueryParameters {
  readonly #values = new Map<string, string>();
  readonly #known = new Set<string>();

  constructor({ searchParams }: URL) {
    for (const [name, value] of searchParams) {
      if (this.#values.has(name)) throw invalid(`${name}: the URL has it twice`);
      this.#values.set(name, value);
    }
  }

  text(name: string): string | undefined {
    this.#known.add(name);
    const value = this.#values.get(name);
    if (value === "") throw invalid(`${name}: it is empty`);
    return value;
  }

  /** One of a few words. */
  choice<Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const value = this.text(name);
    const found = words.find((word) => word === value);
    if (value === undefined || found !== undefined) return found;
    throw invalid(`${name}: it is none of ${words.join(", ")}`);
  }

  /** `true` or `false`. */
  flag(name: string): boolean | undefined {
    const word = this.choice(name, ["true", "false"]);
    return word === undefined ? undefined : word === "true";
  }

  /** A whole number from 0 on. */
  count(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined || /^\d{1,15}$/.test(value)) return value === undefined ? undefined : Number(value);
    throw invalid(`${name}: it is not a whole number`);
  }

  /** Throws `CONFIG_INVALID`, which names them, if there are parameters that nobody asked for. */
  assertAllKnown(): void {
    const unknown = [...this.#values.keys()].filter((name) => !this.#known.has(name));
    if (unknown.length === 0) return;
    const secret = unknown.find((name) => LOOKS_SECRET.test(name));
    if (secret !== undefined) throw invalid("url: credentials do not belong into it; give them by the environment");
    const known = this.#known.size === 0 ? "it takes none" : `it takes ${[...this.#known].join(", ")}`;
    const meant = unknown.map((name) => nearestName(name, [...this.#known])).filter((name) => name !== undefined);
    const advice = meant.length === 0 ? "" : `; did you mean ${meant.join(", ")}?`;
    throw invalid(`url: unknown parameter ${unknown.join(", ")}; ${known}${advice}`);
  }
}

function invalid(message: string): StowageError {
  return new StowageError("CONFIG_INVALID", message);
}
