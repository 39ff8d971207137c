// The same by `require`, of the file that esbuild leaves its imports in: see runtimes.mjs.
const { BackupManager, StowageError } = require("@stowage/core");
const { assertOptions } = require("@stowage/core/driver");
const { localFilesystem } = require("@stowage/local");

for (const each of [BackupManager, StowageError, assertOptions, localFilesystem]) {
  if (typeof each !== "function") throw new Error("require gives no function");
}
require("./round-trip.cjs")
  .roundTrip()
  .then((result) => console.log(JSON.stringify(result)));
