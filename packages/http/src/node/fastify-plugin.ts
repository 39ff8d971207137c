import type { IncomingMessage, ServerResponse } from "node:http";
import { makeListener, type NodeListenerOptions, type WebHandler } from "./node-listener.ts";

/** What the plugin calls of a Fastify application. */
interface FastifyApplication {
  addHook(
    name: "onRequest",
    hook: (request: { readonly raw: IncomingMessage }, reply: FastifyAnswer) => Promise<void>,
  ): unknown;
}

interface FastifyAnswer {
  readonly raw: ServerResponse;
  hijack(): unknown;
}

/** What `application.register` takes. */
export type FastifyPlugin = (application: FastifyApplication, options: unknown, done: () => void) => void;

/** Says that a plugin is of the whole application, as `fastify-plugin` does: else its hooks were for its own routes only. */
const OF_ALL_ROUTES = Symbol.for("skip-override");
const NAME = Symbol.for("fastify.display-name");

/**
 * Makes a plugin for Fastify 4 and 5 that answers what the handler matches, before a body is read, and leaves the rest to the
 * application. A `prefix` of `register` does not count: give the handler a `basePath`.
 *
 * Throws `CONFIG_INVALID` like `toNodeListener`.
 */
export function toFastifyPlugin(handler: WebHandler, options: NodeListenerOptions = {}): FastifyPlugin {
  const listener = makeListener(handler, options, { takesAbsoluteForm: false });
  const plugin: FastifyPlugin = (application, _options, done) => {
    application.addHook("onRequest", async ({ raw }, reply) => {
      if (handler.matches?.(raw) === false) return;
      reply.hijack();
      listener(raw, reply.raw);
    });
    done();
  };
  return Object.assign(plugin, { [OF_ALL_ROUTES]: true, [NAME]: "@stowage/http" });
}
