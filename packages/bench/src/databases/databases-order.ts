/** What the process is asked for: to make a database of so many bytes, to back a directory up, or to look at a backup. */
export type DatabasesOrder =
  | { readonly job: "fill"; readonly path: string; readonly size: number; readonly seed: number }
  | { readonly job: "create"; readonly dataDir: string; readonly directory: string }
  | { readonly job: "check"; readonly dataDir: string; readonly directory: string; readonly to: string };

/** The name of the database in the data. */
export const DATABASE = "app.db";
