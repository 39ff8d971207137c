import { argv } from "node:process";
import { localFilesystem } from "@stowage/local";
import { BackupManager, type DatabaseCheck } from "../../src/index.ts";

/** What an application restores, or drills with: "a.zip" among its backups, over its data. */
export interface RestoringOrder {
  readonly dataDir: string;
  readonly backups: string;
  /** The default when left out. */
  readonly checkDatabases?: DatabaseCheck;
  /** Default "restore". */
  readonly operation?: "restore" | "drill";
}

/** What became of it. */
export interface RestoringReport {
  /** Of the error, if there was one. */
  readonly error?: { readonly code: string; readonly reason?: string; readonly message: string };
  /** Of the process. */
  readonly warnings: readonly string[];
  /** Whether the application was told to close its files. */
  readonly isSwapBegun: boolean;
}

const { dataDir, backups, operation = "restore", ...options } = JSON.parse(argv[2] ?? "") as RestoringOrder;
const warnings: string[] = [];
process.on("warning", ({ message }) => warnings.push(message));
let isSwapBegun = false;
const beforeSwap = () => {
  isSwapBegun = true;
};
const filesystem = localFilesystem({ directory: backups });
const manager = new BackupManager({ dataDir, filesystem, hooks: { beforeSwap }, ...options });
const work = operation === "restore" ? manager.restore("a.zip") : manager.drill({ key: "a.zip" });
const error: unknown = await work.then(
  () => undefined,
  (thrown: unknown) => thrown,
);
await manager.close();
console.log(JSON.stringify({ ...(error !== undefined && { error }), warnings, isSwapBegun }));
