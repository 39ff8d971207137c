// Which folder may know which, types included. `.ci/test/dependency-rules.test.mjs` shows that each rule can fail.

/** Between packages, arrows point down and never sideways. What is not named here may know nothing of the others. */
const PACKAGES = {
  core: [],
  local: ["core"],
  memory: ["core"],
  s3: ["core"],
  gcs: ["core"],
  http: ["core"],
  "test-kit": [],
  cli: ["core", "local", "memory", "s3", "gcs", "http"],
  bench: ["core", "local", "s3", "gcs", "test-kit"],
};

/** Inside core: what the files of a room may know, besides the files at the top, such as `errors.ts`. */
const ROOMS = {
  options: [],
  concurrency: [],
  disk: ["concurrency", "filesystem/driver.ts"],
  filesystem: ["options"],
  "driver-kit": ["options", "filesystem/(driver|key|read-range)\\.ts"],
  lock: ["filesystem", "disk"],
  history: ["disk"],
  retention: ["options"],
  schedule: ["options"],
  notices: [],
  archive: ["disk", "concurrency", "filesystem"],
  copy: ["options", "filesystem", "manager/list-what-shows.ts", "manager/settings/manager-options.ts"],
  snapshot: ["disk", "lock", "archive", "restore/make-data-directory.ts"],
  restore: ["disk", "concurrency", "options", "filesystem", "lock", "archive", "snapshot/snapshot-name.ts"],
};

/** Inside the archive: what a room may know of the others. */
const ARCHIVE_ROOMS = {
  format: [],
  "left-out": ["format"],
  inflate: ["format"],
  judge: ["format", "left-out", "inflate"],
  create: ["format", "left-out", "judge"],
  extract: ["format", "inflate", "judge"],
};

/** Inside the conformance suite: what a room may know, besides what lies at the top. */
const SUITE_ROOMS = {
  faults: [],
  case: ["faults/"],
  assert: ["case/", "faults/"],
  cases: ["assert/", "case/", "faults/"],
  run: ["assert/", "case/", "faults/", "cases\\.ts"],
  bench: ["case/"],
};

const CORE = "^packages/core/src/";
const SUITE = "^contract-tests/src/";
const PACKAGE = "^(packages/[^/]+|contract-tests|examples/[^/]+)/";
const SOURCE = "^(packages/[^/]+|contract-tests)/src/";

function forbid(name, from, to) {
  return { name, severity: "error", from, to };
}

function among(names) {
  return `(${names.join("|")})`;
}

export default {
  forbidden: [
    forbid("no-circles", {}, { circular: true }),
    forbid("resolvable", {}, { couldNotResolve: true }),
    forbid("own-package", { path: PACKAGE }, { dependencyTypes: ["local"], pathNot: "^$1/" }),
    forbid("source-knows-no-test", { path: SOURCE }, { path: `${PACKAGE}(test|dist)/` }),
    forbid(
      "declared",
      { path: SOURCE },
      {
        dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"],
        dependencyTypesNot: ["npm-peer"],
        pathNot: PACKAGE,
      },
    ),
    forbid("runner-is-handed-in", { path: SUITE }, { path: "/vitest/" }),
    forbid("contract-tests", { path: SUITE }, { path: PACKAGE, pathNot: `${CORE}|${SUITE}` }),
    ...Object.entries(SUITE_ROOMS).map(([room, known]) =>
      forbid(
        `suite/${room}`,
        { path: `${SUITE}${room}/` },
        {
          path: SUITE,
          pathNot: `${SUITE}${among([`${room}/`, ...known])}`,
        },
      ),
    ),
    ...Object.entries(PACKAGES).map(([name, known]) =>
      forbid(
        `packages/${name}`,
        { path: `^packages/${name}/src/` },
        {
          path: PACKAGE,
          pathNot: `^packages/${among([name, ...known])}/src/`,
        },
      ),
    ),
    forbid(
      "package-without-arrows",
      { path: "^packages/[^/]+/src/", pathNot: `^packages/${among(Object.keys(PACKAGES))}/` },
      {
        path: PACKAGE,
        dependencyTypesNot: ["local"],
      },
    ),
    ...Object.entries(ROOMS).map(([room, known]) =>
      forbid(
        `core/${room}`,
        { path: `${CORE}${room}/` },
        {
          path: `${CORE}([^/]+/|backup-manager|index|driver\\.ts)`,
          pathNot: `${CORE}${among([`${room}/`, ...known])}`,
        },
      ),
    ),
    forbid(
      "core/top",
      { path: `${CORE}[^/]+$`, pathNot: `${CORE}(index|driver\\.ts|backup-manager)` },
      { path: `${CORE}[^/]+/` },
    ),
    forbid("core/manager", { path: `${CORE}manager/` }, { path: `${CORE}(index|driver\\.ts|backup-manager)` }),
    forbid(
      "kit-is-for-drivers",
      { path: CORE, pathNot: `${CORE}(driver\\.ts|driver-kit/)` },
      { path: `${CORE}driver-kit/` },
    ),
    ...Object.entries(ARCHIVE_ROOMS).map(([room, known]) =>
      forbid(
        `archive/${room}`,
        { path: `${CORE}archive/${room}/` },
        {
          path: `${CORE}archive/[^/]+/`,
          pathNot: `${CORE}archive/${among([room, ...known])}/`,
        },
      ),
    ),
    forbid("archive/top", { path: `${CORE}archive/[^/]+$` }, { path: `${CORE}archive/[^/]+/` }),
    forbid(
      "format-does-no-io",
      { path: `${CORE}archive/format/` },
      {
        path: `^(fs|fs/promises|worker_threads)$|${CORE}(disk|concurrency|filesystem)/`,
      },
    ),
  ],
  options: {
    tsPreCompilationDeps: true,
    parser: "tsc",
    combinedDependencies: false,
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)dist/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["@stowage/source", "import", "node", "default", "types"],
      extensions: [".ts", ".mjs", ".js", ".d.ts"],
    },
  },
};
