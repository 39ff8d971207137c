// The bucket of STOWAGE_TEST_S3_URL or STOWAGE_TEST_GCS_URL, for `stowage-contract`, which reads no TypeScript. The packages are what
// `npm run build` built, as they are for the command.
import { createViteServer } from "vitest/node";

const conditions = ["node"];
const server = await createViteServer({
  configFile: false,
  logLevel: "error",
  root: import.meta.dirname,
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true },
  oxc: { target: "node20" },
  ssr: { resolve: { conditions, externalConditions: conditions }, external: true },
});
const { liveHarness, liveUrls } = await server.ssrLoadModule("/live-harness.ts");
const [url, ...more] = liveUrls();
if (url === undefined || more.length > 0) throw new Error("set either STOWAGE_TEST_S3_URL or STOWAGE_TEST_GCS_URL");

// biome-ignore lint/style/noDefaultExport: the command wants one
export default await liveHarness(url);
