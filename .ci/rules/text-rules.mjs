import { lineOf, withoutComments } from "./source-files.mjs";

/** Built from pieces, so that this file keeps its own rules. */
const piece = (...parts) => parts.join("");

const FORBIDDEN = [
  {
    pattern: new RegExp(piece("(?<![\\w.~/-])/(?:wo", "rk|ro", "ot|ho", "me|Us", "ers)/[\\w.-]")),
    why: "a path of one machine",
  },
  {
    pattern: new RegExp(piece("registry\\.", "npm|npm\\.", "jsr\\.io|artifac", "tory|\\bver", "daccio"), "i"),
    why: "a registry host",
  },
  { pattern: new RegExp(piece("-----BE", "GIN [A-Z ]*PRIVATE KEY")), why: "a private key" },
  { pattern: /\bAKIA(?![0-9A-Z]*EXAMPLE)[0-9A-Z]{16}\b/, why: "an access key" },
  { pattern: /\b(?:ghp|npm)_[A-Za-z0-9]{36}\b/, why: "a token" },
];

/** Source that may read the environment: people start it, nobody imports it. */
const READS_ENVIRONMENT = /^(packages\/cli|examples|\.ci)\//;

/** Finds what must not be written down anywhere, and where the environment is read. */
export function textProblems(files) {
  return files.flatMap((file) => [...forbiddenProblems(file), ...environmentProblems(file)]);
}

function forbiddenProblems({ path, text }) {
  return FORBIDDEN.flatMap(({ pattern, why }) => {
    const found = pattern.exec(text);
    return found === null ? [] : [`${path}:${lineOf(text, found.index)} holds ${why}: ${found[0]}`];
  });
}

function environmentProblems({ path, text }) {
  if (!/\/src\/.*\.m?ts$/.test(path) || READS_ENVIRONMENT.test(path)) return [];
  const code = withoutComments(text);
  const found = /\bprocess\s*\??\.\s*env\b|\{[^}]*\benv\b[^}]*\}\s*(?:=\s*process\b|from\s*["']node:process)/.exec(
    code,
  );
  return found === null ? [] : [`${path}:${lineOf(code, found.index)} reads the environment`];
}
