import type { BackupManager } from "@stowage/core";
import { createBackupsHandler } from "@stowage/http";
import { Hono } from "hono";

/** Makes an application that has its backups under `/admin`, for whoever knows the token. */
export function makeApplication(manager: BackupManager, token: string): Hono {
  const backups = createBackupsHandler({
    manager,
    auth: ({ headers }) => (headers.get("authorization") === token ? "admin" : "none"),
    basePath: "/admin",
  });
  const application = new Hono();
  application.all("/admin/api/*", (context) => backups(context.req.raw));
  application.get("/", (context) => context.text("the application"));
  return application;
}
