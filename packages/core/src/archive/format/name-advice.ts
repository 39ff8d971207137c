import type { ArchiveReason } from "./invalid-archive.ts";
import type { NameForm } from "./normalized-name.ts";

const LENIENT = 'read it with names: "lenient", or pack it again';

const ADVICE: Partial<Record<ArchiveReason, string>> = {
  "name-empty": "is no name; pack it again",
  "name-too-long": "is longer than 4,096 bytes; pack it again with shorter names",
  "name-too-deep": "lies more than 128 directories deep; pack it again from a directory further down",
  "name-component-too-long": "has a part of more than 255 bytes; pack it again with shorter names",
  "name-control-character": "holds a control character; rename the file and pack it again",
  "name-backslash":
    "holds a backslash, which separates directories for some programs only; rename the file and pack it again",
  "name-absolute": `starts with "/", as some programs in PHP and Java, and 7z -spf, write names; ${LENIENT}`,
  "name-drive":
    "starts with what bsdtar and Windows take for a drive and leave out; rename the file, or pack it again from inside the directory",
  "name-empty-segment": 'holds "//", which programs read differently; pack it again',
  "name-dot-segment": 'holds "." or ".." as a part, which may lead elsewhere; pack it again from inside the directory',
};

/** Says what is wrong with a name, who writes such names, and what to do. */
export function nameAdvice(name: string, problem: ArchiveReason, { host }: Pick<NameForm, "host">): string {
  if (problem === "name-backslash" && host === "fat") {
    return `has backslashes for "/", as Compress-Archive of PowerShell 5.1 writes it; ${LENIENT}`;
  }
  if (problem === "name-control-character" && /(?:^|\/)Icon\r(?:\/|$)/.test(name)) {
    return `ends in a carriage return, as the Finder names the icon of a folder; ${LENIENT} without it`;
  }
  return ADVICE[problem] ?? "is not safe; rename the file and pack it again";
}
