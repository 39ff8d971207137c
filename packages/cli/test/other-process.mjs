// Opens the storage of `url` for a case of the contract, as what `npm run build` built: `node other-process.mjs URL`.
import { serveFilesystem } from "@stowage/contract-tests";
import { openFilesystem } from "stowage";

await serveFilesystem(await openFilesystem(process.argv[2]));
