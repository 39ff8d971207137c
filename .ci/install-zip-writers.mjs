// Installs the libraries whose archives `packages/core/test/archive/writers.slow.test.ts` restores: of npm, of PyPI where there is pip,
// and of Maven where there is mvn. A failure is told, and the tests that need what is missing say that they are skipped.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const LIBRARIES = join(dirname(dirname(fileURLToPath(import.meta.url))), "node_modules", ".zip-writers");

const NPM = [
  ...["@zip.js/zip.js@2", "adm-zip@0.6", "archiver@8", "client-zip@2", "compressing@2", "fflate@0.8", "jszip@3"],
  ...["yazl@3", "zip-lib@1", "zip-stream@7"],
];
const PYPI = ["zipstream-ng~=1.9", "stream-zip~=0.0.84", "zipfly~=6.0", "libarchive-c~=5.3"];
const MAVEN = [
  "org.apache.commons:commons-compress:1.27.1",
  "net.lingala.zip4j:zip4j:2.11.5",
  "org.zeroturnaround:zt-zip:1.17",
];

install("npm", "npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", ...NPM]);
install("python", "python3", ["-m", "pip", "install", "--quiet", "--target", ".", ...PYPI]);
install("java", "mvn", ["--quiet", "--batch-mode", "dependency:copy-dependencies", "-DoutputDirectory=."], {
  "pom.xml": projectWith(MAVEN),
});

/** Runs a command in a folder of its own, unless it has been there before. */
function install(folder, command, parameters, files = { "package.json": "{}\n" }) {
  const directory = join(LIBRARIES, folder);
  if (existsSync(join(directory, "installed"))) return;
  mkdirSync(directory, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  console.log(`Installing libraries by ${command} …`);
  const { status } = spawnSync(command, parameters, { cwd: directory, stdio: "inherit" });
  if (status === 0) return writeFileSync(join(directory, "installed"), "");
  console.error(`${command} could not install them: the tests that need them say that they are skipped.`);
  process.exitCode = 1;
}

function projectWith(coordinates) {
  const dependencies = coordinates.map((each) => {
    const [group, artifact, version] = each.split(":");
    const inside = `<groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version>`;
    return `<dependency>${inside}</dependency>`;
  });
  const own =
    "<modelVersion>4.0.0</modelVersion><groupId>writers</groupId><artifactId>writers</artifactId><version>1</version>";
  return `<project>${own}<dependencies>${dependencies.join("")}</dependencies></project>\n`;
}
