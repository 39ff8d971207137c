import { execFileSync } from "node:child_process";
import { type Dirent, writeFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Tree } from "@stowage/test-kit/tree";

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

/** Makes what {@link lookAt} shows. */
export async function writeLook(directory: string, look: Tree): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const [name, content] of Object.entries(look)) {
    const path = Buffer.from(`${directory}/${name}`, "latin1");
    await mkdir(path.subarray(0, path.lastIndexOf("/")), { recursive: true });
    if (name.endsWith("/")) continue;
    if (isSpecial(content)) await writeSpecials(directory, { [name]: content });
    else await writeFile(path, content);
  }
}

function isSpecial(content: string): content is Specials[string] {
  return content.startsWith("-> ") || content === "fifo" || content === "socket";
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

/** A socket whose process is gone. Made elsewhere, because a path of more than 107 bytes names none. */
async function leaveSocket(path: string): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "stowage-"));
  const server = createServer().listen(join(directory, "socket"));
  await new Promise((resolve) => server.once("listening", resolve));
  execFileSync("cp", ["-a", join(directory, "socket"), path]);
  await new Promise((resolve) => server.close(resolve));
  await rm(directory, { recursive: true });
}
