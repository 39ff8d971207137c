import { nameProblem } from "./entry-name.ts";
import { type ArchiveReason, invalidArchive } from "./invalid-archive.ts";
import { nameAdvice } from "./name-advice.ts";
import { decodeName, encodingOf, isAscii, type NameEncoding } from "./name-encoding.ts";
import { type NameForm, normalizedName, ROOT } from "./normalized-name.ts";
import { unicodeName } from "./unicode-path.ts";

/** A name as a restore uses it, and as its header has it. */
export interface HeaderName {
  /** Safe to use below a directory; `ROOT` for that directory itself. */
  readonly name: string;
  /** What the header says, decoded, where that is another text. */
  readonly headerName: string | undefined;
  readonly nameEncoding: NameEncoding;
  /** Whether nothing says how the name is encoded, and it is not ASCII. */
  readonly isNameGuessed: boolean;
}

export interface NameOrigin extends NameForm {
  readonly isFlaggedUtf8: boolean;
  /** The data of the field 0x7075, if there is one. */
  readonly unicodePath: Buffer | undefined;
}

/**
 * Decodes the name of a header. A field 0x7075 that was made for it says the name where no flag does: WinRAR and Info-ZIP write it
 * beside a name in a code page. Readers that do not know the field take that one, so both must be safe.
 */
export function decodeHeaderName(bytes: Buffer, origin: NameOrigin): HeaderName {
  const nameEncoding = encodingOf(bytes, origin);
  if (!nameEncoding) return refuse("name-encoding", bytes.toString(), "is not UTF-8, although its flags say so");
  const header = decodeName(bytes, nameEncoding);
  const safe = safeName(header, origin);
  const renamed = unicodeName(bytes, origin.unicodePath);
  if (renamed === undefined || renamed === header) {
    const isNameGuessed = renamed === undefined && isGuess(bytes, nameEncoding, origin);
    return { name: safe, headerName: safe === header ? undefined : header, nameEncoding, isNameGuessed };
  }
  const problem = renameProblem(renamed, header, origin);
  if (problem) return refuse("unicode-path", header, `is renamed to ${JSON.stringify(renamed)}, ${problem}`);
  return { name: normalizedName(renamed, origin), headerName: header, nameEncoding, isNameGuessed: false };
}

/** Refuses the field of a local header that says another name than the entry has: a program that reads these headers takes it. */
export function checkUnicodePath(unicodePath: Buffer | undefined, headerName: Buffer, name: string): void {
  const renamed = unicodeName(headerName, unicodePath);
  if (renamed === undefined || renamed === name) return;
  if (normalizedName(renamed, { host: "other", names: "strict" }) === name) return;
  refuse("unicode-path", name, `is renamed to ${JSON.stringify(renamed)} in its local header; pack it again`);
}

/** Bytes of Unix that are UTF-8 are the name that the disk had. Elsewhere they are most likely UTF-8, and readers differ. */
function isGuess(bytes: Buffer, nameEncoding: NameEncoding, { isFlaggedUtf8, host }: NameOrigin): boolean {
  return !isFlaggedUtf8 && (nameEncoding === "cp437" || host !== "unix") && !isAscii(bytes);
}

function safeName(header: string, form: NameForm): string {
  const name = normalizedName(header, form);
  const problem = name === ROOT ? undefined : nameProblem(name);
  return problem ? refuse(problem, header.slice(0, 300), nameAdvice(header, problem, form)) : name;
}

function renameProblem(renamed: string, header: string, origin: NameOrigin): string | undefined {
  const reason = nameProblem(normalizedName(renamed, origin));
  if (reason) return `which ${nameAdvice(renamed, reason, origin)}`;
  if (origin.isFlaggedUtf8) return "although its flags say that it is UTF-8; pack it again";
  return renamed.endsWith("/") === header.endsWith("/") ? undefined : "of which one is a directory; pack it again";
}

function refuse(reason: ArchiveReason, name: string, problem: string): never {
  throw invalidArchive(reason, `${JSON.stringify(name)} ${problem}`);
}
