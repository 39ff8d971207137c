/** SQLite's primary result codes (rescode.html) that say something to the asker, by number and by name. */
const CODES: Readonly<Record<string, readonly unknown[]>> = {
  LOCKED: [5, "SQLITE_BUSY", 6, "SQLITE_LOCKED"],
  ENOMEM: [7, "SQLITE_NOMEM"],
  CANTOPEN: [8, "SQLITE_READONLY", 14, "SQLITE_CANTOPEN"],
  DAMAGED: [11, "SQLITE_CORRUPT", 26, "SQLITE_NOTADB"],
  ENOSPC: [13, "SQLITE_FULL"],
};

/** The code of a failure in the helper: what SQLite calls it says something to the asker, or it is Node's. */
export function codeOf(error: unknown): string {
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  if (typeof errcode === "number") return knownCode(errcode & 0xff) ?? "SQLITE_ERROR";
  const name = typeof code === "string" ? code : "INTERNAL";
  return knownCode(name.replace(/^(SQLITE_[A-Z]+)_.*$/, "$1")) ?? name;
}

function knownCode(code: unknown): string | undefined {
  return Object.keys(CODES).find((name) => CODES[name]?.includes(code));
}
