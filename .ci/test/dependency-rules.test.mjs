import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { cruise } from "dependency-cruiser";
import { afterAll, beforeAll, expect, test } from "vitest";
import rules from "../../.dependency-cruiser.mjs";

/** By the rule that has to find it: a file, what it imports, and what lies there. */
const BROKEN = {
  "no-circles": [
    "packages/core/src/a.ts",
    "import type { B } from './b.ts'; export type A = B;",
    ["packages/core/src/b.ts"],
  ],
  resolvable: ["packages/core/src/c.ts", "import './gone.ts';"],
  "own-package": ["packages/local/src/a.ts", "import '../../core/src/index.ts';"],
  "source-knows-no-test": ["packages/core/src/d.ts", "import '../test/tree.ts';"],
  declared: ["packages/core/src/e.ts", "import 'archiver';"],
  "runner-is-handed-in": ["contract-tests/src/a.ts", "import 'vitest';"],
  "contract-tests": ["contract-tests/src/b.ts", "import '@stowage/local';"],
  "suite/faults": ["contract-tests/src/faults/a.ts", "import '../case/c.ts';"],
  "suite/case": ["contract-tests/src/case/a.ts", "import '../assert/c.ts';"],
  "suite/assert": ["contract-tests/src/assert/a.ts", "import '../cases/c.ts';"],
  "suite/cases": ["contract-tests/src/cases/a.ts", "import '../run/c.ts';"],
  "suite/run": ["contract-tests/src/run/a.ts", "import '../bench/c.ts';"],
  "suite/bench": ["contract-tests/src/bench/a.ts", "import '../run/c.ts';"],
  "packages/core": ["packages/core/src/f.ts", "import '@stowage/local';"],
  "packages/local": ["packages/local/src/b.ts", "export type { M } from '@stowage/memory';"],
  "package-without-arrows": ["packages/new/src/a.ts", "await import('@stowage/core');"],
  "core/options": ["packages/core/src/options/a.ts", "import '../disk/disk.ts';"],
  "core/disk": ["packages/core/src/disk/a.ts", "import '../filesystem/key.ts';"],
  "core/filesystem": ["packages/core/src/filesystem/a.ts", "import '../lock/lock.ts';"],
  "core/driver-kit": ["packages/core/src/driver-kit/a.ts", "import '../filesystem/filesystem.ts';"],
  "kit-is-for-drivers": ["packages/core/src/manager/b.ts", "import '../driver-kit/retry.ts';"],
  "core/lock": ["packages/core/src/lock/a.ts", "import '../archive/source.ts';"],
  "core/archive": ["packages/core/src/archive/a.ts", "import '../restore/swap.ts';"],
  "core/snapshot": ["packages/core/src/snapshot/a.ts", "import '../manager/create.ts';"],
  "core/restore": ["packages/core/src/restore/a.ts", "import '../index.ts';"],
  "core/copy": ["packages/core/src/copy/a.ts", "import '../lock/lock.ts';"],
  "core/history": ["packages/core/src/history/a.ts", "import '../filesystem/key.ts';"],
  "core/retention": ["packages/core/src/retention/a.ts", "import '../disk/disk.ts';"],
  "core/schedule": ["packages/core/src/schedule/a.ts", "import '../disk/disk.ts';"],
  "core/notices": ["packages/core/src/notices/a.ts", "import '../filesystem/key.ts';"],
  "core/concurrency": ["packages/core/src/concurrency/a.ts", "import '../disk/disk.ts';"],
  "core/top": ["packages/core/src/errors.ts", "import './disk/disk.ts';"],
  "core/manager": ["packages/core/src/manager/a.ts", "import '../backup-manager.ts';"],
  "archive/format": ["packages/core/src/archive/format/a.ts", "import '../judge/judge.ts';"],
  "archive/left-out": ["packages/core/src/archive/left-out/a.ts", "import '../create/walk.ts';"],
  "archive/inflate": ["packages/core/src/archive/inflate/a.ts", "import '../extract/lane.ts';"],
  "archive/judge": ["packages/core/src/archive/judge/a.ts", "import '../extract/lane.ts';"],
  "archive/create": ["packages/core/src/archive/create/a.ts", "import '../extract/lane.ts';"],
  "archive/extract": ["packages/core/src/archive/extract/a.ts", "import '../create/walk.ts';"],
  "archive/top": ["packages/core/src/archive/b.ts", "import './judge/judge.ts';"],
  "format-does-no-io": ["packages/core/src/archive/format/b.ts", "import 'node:fs';"],
};

/** What the others import. None of it breaks a rule. */
const THERE = {
  "packages/core/package.json": manifest("@stowage/core", { devDependencies: { archiver: "*" } }),
  "packages/local/package.json": manifest("@stowage/local", { dependencies: { "@stowage/core": "*" } }),
  "packages/memory/package.json": manifest("@stowage/memory", {}),
  "packages/new/package.json": manifest("@stowage/new", {}),
  "contract-tests/package.json": manifest("@stowage/contract-tests", { devDependencies: { vitest: "*" } }),
  "node_modules/archiver/index.js": "",
  "node_modules/vitest/index.js": "",
  "contract-tests/src/case/c.ts": "",
  "contract-tests/src/assert/c.ts": "import '../case/c.ts';",
  "contract-tests/src/cases/c.ts": "import '../assert/c.ts';",
  "contract-tests/src/run/c.ts": "import '../case/c.ts';",
  "contract-tests/src/bench/c.ts": "import '../case/c.ts';",
  "packages/core/src/b.ts": "import type { A } from './a.ts'; export type B = A;",
  "packages/core/src/index.ts": "export type { Key } from './filesystem/key.ts';",
  "packages/core/src/backup-manager.ts": "import './manager/create.ts';",
  "packages/core/src/driver.ts": "import './driver-kit/retry.ts'; export type { Key } from './filesystem/key.ts';",
  "packages/core/src/driver-kit/retry.ts": "import '../filesystem/key.ts';",
  "packages/core/src/filesystem/filesystem.ts": "import './key.ts';",
  "packages/core/src/manager/create.ts": "import '../archive/create/walk.ts'; import '../restore/swap.ts';",
  "packages/core/src/filesystem/key.ts": "export type Key = string;",
  "packages/core/src/disk/disk.ts": "import 'node:fs';",
  "packages/core/src/lock/lock.ts": "import '../filesystem/key.ts';",
  "packages/core/src/archive/source.ts": "import '../disk/disk.ts';",
  "packages/core/src/archive/judge/judge.ts": "import '../source.ts';",
  "packages/core/src/archive/create/walk.ts": "import '../judge/judge.ts';",
  "packages/core/src/archive/extract/lane.ts": "import '../judge/judge.ts';",
  "packages/core/src/restore/swap.ts": "import '../archive/extract/lane.ts';",
  "packages/core/test/tree.ts": "import 'archiver'; import '@stowage/local';",
  "packages/local/src/index.ts": "import '@stowage/core';",
  "packages/memory/src/index.ts": "export type M = 1;",
};

let directory;
let violations;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "stowage-rules-"));
  const broken = Object.fromEntries(Object.values(BROKEN).map(([path, text]) => [path, text]));
  for (const [path, text] of Object.entries({ ...THERE, ...broken })) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
  await mkdir(join(directory, "node_modules/@stowage"));
  for (const name of ["core", "local", "memory"]) {
    await symlink(`../../packages/${name}`, join(directory, `node_modules/@stowage/${name}`));
  }
  const { forbidden, options } = rules;
  const { output } = await cruise(["packages", "contract-tests"], {
    ...options,
    baseDir: directory,
    validate: true,
    ruleSet: { forbidden },
  });
  violations = output.summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`);
});

afterAll(() => rm(directory, { recursive: true }));

test.each(Object.entries(BROKEN))("the rule %s finds what breaks it", (rule, [path]) => {
  expect(violations).toContain(`${rule}: ${path}`);
});

test("each rule is broken once, and what follows the arrows breaks none", () => {
  const tested = new Set(Object.keys(BROKEN));
  const alike = /^packages\/(memory|s3|gcs|http|test-kit|cli|bench)$/; // as packages/local

  expect(rules.forbidden.map(({ name }) => name).filter((name) => !tested.has(name) && !alike.test(name))).toEqual([]);
  const sound = Object.keys(THERE).filter((path) => path !== "packages/core/src/b.ts");
  expect(violations.filter((violation) => sound.some((path) => violation.endsWith(`: ${path}`)))).toEqual([]);
});

function manifest(name, parts) {
  return JSON.stringify({ name, exports: { ".": "./src/index.ts" }, ...parts });
}
