export { createBackupsServer } from "./node/backups-server.ts";
export { toFastifyPlugin } from "./node/fastify-plugin.ts";
export { type NodeListenerOptions, toNodeListener, type WebHandler } from "./node/node-listener.ts";
