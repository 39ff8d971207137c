// Holds what the linter cannot see: how files are called and how long they are, and that nothing of one machine is written down.
// `.ci/test/check-files.test.mjs` shows that each rule can fail.

import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { fileProblems } from "./rules/file-rules.mjs";
import { sourceFiles } from "./rules/source-files.mjs";
import { textProblems } from "./rules/text-rules.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const files = sourceFiles(root);
const problems = [...fileProblems(files), ...textProblems(files)];

for (const problem of problems) console.error(problem);
console.log(`${files.length} files, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
