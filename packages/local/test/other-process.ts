import { serveFilesystem } from "@stowage/contract-tests";
import { localFilesystem } from "../src/index.ts";

/** Opens the directory for a case of the contract. */
export async function main(directory: string): Promise<void> {
  await serveFilesystem(localFilesystem({ directory }));
}
