import { readFile } from "node:fs/promises";
import { StowageError } from "@stowage/core";

/** Variables by name, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads a secret from the variable `name`, or from the file that `name` + `_FILE` gives the path of, without the line
 * break at its end. Nothing if both are missing or empty. No error shows a value: a secret may stand where the path should.
 */
export async function readSecret(environment: Environment, name: string): Promise<string | undefined> {
  const value = environment[name];
  const path = environment[`${name}_FILE`];
  if (value && path) throw invalid(`${name}: ${name}_FILE is set too; keep one of them`);
  return path ? readSecretFile(`${name}_FILE`, path) : value || undefined;
}

/** Reads the file whose path the variable `name` holds. */
export async function readSecretFile(name: string, path: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    throw invalid(`${name}: the file cannot be read${reason}`); // without a cause: its message shows the path
  }
  const secret = text.replace(/\r?\n$/, "");
  if (secret === "") throw invalid(`${name}: the file is empty`);
  return secret;
}

function invalid(message: string): StowageError {
  return new StowageError("CONFIG_INVALID", message);
}
