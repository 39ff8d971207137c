import { readFile, writeFile } from "node:fs/promises";
import { BackupManager } from "@stowage/core";
import { localFilesystem } from "@stowage/local";

const filesystem = localFilesystem({ directory: "backups" });
const manager = new BackupManager({ dataDir: "data", filesystem });

await writeFile("data/notes.txt", "precious");
const { key } = await manager.create();
await writeFile("data/notes.txt", "spoilt");
await manager.restore(key);

console.log(await readFile("data/notes.txt", "utf8")); // precious
await manager.close();
await filesystem.close();
