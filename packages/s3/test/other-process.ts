import { serveFilesystem } from "@stowage/contract-tests";
import { s3Filesystem } from "../src/index.ts";

/** Opens the bucket that the options name, in JSON, for a case of the contract. */
export async function main(options: string): Promise<void> {
  await serveFilesystem(s3Filesystem(JSON.parse(options)));
}
