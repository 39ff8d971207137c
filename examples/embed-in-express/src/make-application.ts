import type { BackupManager } from "@stowage/core";
import { createBackupsHandler } from "@stowage/http";
import { toNodeListener } from "@stowage/http/node";
import express, { type Express } from "express";

/** Makes an application that has its backups under `/admin`, for whoever knows the token. */
export function makeApplication(manager: BackupManager, token: string): Express {
  const backups = createBackupsHandler({
    manager,
    auth: ({ headers }) => (headers.get("authorization") === token ? "admin" : "none"),
  });
  const application = express();
  application.use("/admin", toNodeListener(backups)); // before anything that parses bodies
  application.use(express.json());
  application.get("/", (_request, response) => void response.send("the application"));
  return application;
}
