import { execFileSync } from "node:child_process";
import { type Dirent, writeFileSync } from "node:fs";
import { mkdir, readdir, readFile, readlink, symlink } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, join } from "node:path";

const NOT_UTF8 = Buffer.from([0x62, 0xe9]); // "bé" in Latin-1

/** What is to lie in a directory beside files: a link to its target, or a kind. */
export type Specials = Readonly<Record<string, `-> ${string}` | "fifo" | "socket">>;

export async function writeSpecials(directory: string, specials: Specials): Promise<void> {
  for (const [name, kind] of Object.entries(specials)) {
    const path = join(directory, name);
    await mkdir(dirname(path), { recursive: true });
    if (kind === "fifo") execFileSync("mkfifo", [path]);
    else if (kind === "socket") await leaveSocket(path);
    else await symlink(kind.slice(3), path);
  }
}

/** Writes a file whose name is not UTF-8. Returns the name as bytes. */
export function writeForeign(directory: string, content: string): Buffer {
  writeFileSync(Buffer.concat([Buffer.from(`${directory}/`), NOT_UTF8]), content);
  return NOT_UTF8;
}

/** Everything that lies in a directory, and is no directory with something in it. Links are told, not followed; bytes are Latin-1. */
export async function lookAt(directory: string, below = ""): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const path = (name: string) => Buffer.from(`${directory}/${below}${name}`, "latin1");
  const children = await readdir(path(""), { withFileTypes: true, encoding: "buffer" });
  for (const child of children) {
    const name = child.name.toString("latin1");
    const inner = child.isDirectory() ? await lookAt(directory, `${below}${name}/`) : {};
    if (Object.keys(inner).length > 0) Object.assign(found, inner);
    else found[`${below}${name}${child.isDirectory() ? "/" : ""}`] = await describe(child, path(name));
  }
  return found;
}

async function describe(child: Pick<Dirent, "isDirectory" | "isFile" | "isSymbolicLink" | "isFIFO">, path: Buffer) {
  if (child.isDirectory()) return "";
  if (child.isFile()) return readFile(path, "utf8");
  if (child.isSymbolicLink()) return `-> ${await readlink(path)}`;
  return child.isFIFO() ? "fifo" : "socket";
}

/** A socket whose process is gone: node would remove it when the server is closed. */
async function leaveSocket(path: string): Promise<void> {
  const server = createServer().listen(`${path}.made`);
  await new Promise((resolve) => server.once("listening", resolve));
  execFileSync("mv", [`${path}.made`, path]);
  await new Promise((resolve) => server.close(resolve));
}
