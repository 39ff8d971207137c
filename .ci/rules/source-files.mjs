import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const GENERATED = new Set(["node_modules", "dist", ".git", "coverage"]);

/** Reads every text file below `root` that people wrote, as `{ path, text }` with `/` in the path. */
export function sourceFiles(root) {
  const files = [];
  const waiting = [""];
  for (let parent = waiting.pop(); parent !== undefined; parent = waiting.pop()) {
    for (const entry of readdirSync(join(root, parent), { withFileTypes: true })) {
      const path = parent === "" ? entry.name : `${parent}/${entry.name}`;
      if (entry.isDirectory() && !GENERATED.has(entry.name)) waiting.push(path);
      if (entry.isFile() && !path.endsWith(".tsbuildinfo"))
        files.push({ path, text: readFileSync(join(root, path), "utf8") });
    }
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Replaces comments by nothing, keeping line numbers, so that prose about imports is no import. */
export function withoutComments(text) {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ""))
    .replace(/(^|[\s;{}(,])\/\/[^\n]*/g, "$1");
}

export function lineOf(text, index) {
  return text.slice(0, index).split("\n").length;
}
