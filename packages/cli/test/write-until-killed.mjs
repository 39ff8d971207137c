// Writes `key` to the storage of `url` and does not come to an end: `node write-until-killed.mjs URL KEY`.
import { openFilesystem } from "stowage";

const [url, key] = process.argv.slice(2);
const filesystem = await openFilesystem(url);
await filesystem.write(key, endless());

async function* endless() {
  for (let count = 0; ; count++) {
    yield Buffer.alloc(1024 * 1024, "x");
    if (count === 20) process.stdout.write("writing\n");
    if (count > 20) await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}
