import { randomBytes } from "node:crypto";
import { BackupManager } from "@stowage/core";
import { adminAuthentication, createBackupsHandler, hashPassword } from "@stowage/http";
import { createBackupsServer } from "@stowage/http/node";
import { localFilesystem } from "@stowage/local";

export interface ServerOptions {
  /** The directory to back up and to restore into. */
  readonly dataDir: string;
  /** Where the archives are kept. */
  readonly directory: string;
  readonly email: string;
  readonly password: string;
}

/** Makes a server of the backups of a directory. The one admin may log in with this password. */
export async function makeServer({ dataDir, directory, email, password }: ServerOptions) {
  const filesystem = localFilesystem({ directory });
  const manager = new BackupManager({ dataDir, filesystem, requiredFiles: ["notes.txt"] }); // no other archive is restored
  await manager.recover(); // finishes a restore that was interrupted, before anybody opens the data
  const auth = adminAuthentication({
    admins: [{ email, passwordHash: await hashPassword(password) }],
    secret: randomBytes(32),
  });
  const server = createBackupsServer(createBackupsHandler({ manager, auth, keepPrevious: true }));
  return { manager, server };
}
