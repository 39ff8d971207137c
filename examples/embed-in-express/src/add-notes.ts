import type { Express } from "express";
import type { Database } from "./open-database.ts";

/** Lets the application take notes, each a row in its database. */
export function addNotes(application: Express, database: Database): void {
  const insert = database.prepare("INSERT INTO notes VALUES (?)");
  application.post("/notes", ({ body }, response) => {
    insert.run(body.note);
    response.status(201).end();
  });
}
