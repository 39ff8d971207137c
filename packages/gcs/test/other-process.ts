import { serveFilesystem } from "@stowage/contract-tests";
import { gcsFilesystem } from "../src/index.ts";

/** Opens the bucket that the options name, in JSON, for a case of the contract. */
export async function main(options: string): Promise<void> {
  await serveFilesystem(gcsFilesystem(JSON.parse(options)));
}
