import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

type Calls = Record<string, unknown>;

/** Runs `action`, and returns which functions of `node:fs` it called with `directory` or what lies in it, those that are over at once too. */
export function fileCallsOf(directory: string, action: () => unknown): string[] {
  const called: string[] = [];
  const restores = [fs, fs.promises].map((module) => watch(module as unknown as Calls, directory, called));
  syncBuiltinESMExports();
  try {
    action();
  } finally {
    for (const restore of restores) restore();
    syncBuiltinESMExports();
  }
  return called;
}

/** Replaces the functions of a module, and returns what puts them back. */
function watch(module: Calls, directory: string, called: string[]): () => void {
  const functions = Object.entries(module).filter(
    ([name, value]) => typeof value === "function" && /^[a-z]/.test(name),
  );
  for (const [name, value] of functions) {
    module[name] = Object.assign(function (this: unknown, ...values: unknown[]) {
      if (String(values[0]).startsWith(directory)) called.push(name);
      return Reflect.apply(value as () => unknown, this, values);
    }, value);
  }
  return () => void Object.assign(module, Object.fromEntries(functions));
}
