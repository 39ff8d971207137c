import PocketBase, { ClientResponseError } from "pocketbase";
import EarlierPocketBase, { ClientResponseError as EarlierError } from "pocketbase-0.21";

interface Backups {
  getFullList(options?: { fields?: string }): Promise<{ key: string; modified: string; size: number }[]>;
  create(name: string): Promise<boolean>;
  upload(body: FormData | Record<string, unknown>): Promise<boolean>;
  delete(key: string): Promise<boolean>;
  restore(key: string): Promise<boolean>;
}

/** A client, under the names that both generations of the SDK can be called by. */
export interface Client {
  readonly backups: Backups;
  readonly authStore: { readonly token: string; readonly isValid: boolean; save(token: string): void };
  logIn(email: string, password: string): Promise<unknown>;
  refresh(): Promise<unknown>;
  isAdmin(): boolean;
  fileToken(): Promise<string>;
  downloadUrl(token: string, key: string): string;
}

export interface Generation {
  /** The name of its package in the dependencies, and the version that it must have. */
  readonly packageName: string;
  readonly version: string;
  readonly ResponseError: new () => Error;
  /** Makes a client that cancels no request because another one is like it. */
  connect(url: string): Client;
}

/** The SDK that the documented API was made for, and the current one. */
export const GENERATIONS: readonly Generation[] = [
  { packageName: "pocketbase-0.21", version: "0.21.5", ResponseError: EarlierError, connect: connectEarlier },
  { packageName: "pocketbase", version: "0.28.1", ResponseError: ClientResponseError, connect: connectCurrent },
];

function connectEarlier(url: string): Client {
  const pb = new EarlierPocketBase(url).autoCancellation(false);
  return {
    backups: pb.backups,
    authStore: pb.authStore,
    logIn: (email, password) => pb.admins.authWithPassword(email, password),
    refresh: () => pb.admins.authRefresh(),
    isAdmin: () => pb.authStore.isAdmin,
    fileToken: () => pb.files.getToken(),
    downloadUrl: (token, key) => pb.backups.getDownloadUrl(token, key),
  };
}

function connectCurrent(url: string): Client {
  const pb = new PocketBase(url).autoCancellation(false);
  return {
    backups: pb.backups,
    authStore: pb.authStore,
    logIn: (email, password) => pb.collection("_superusers").authWithPassword(email, password),
    refresh: () => pb.collection("_superusers").authRefresh(),
    isAdmin: () => pb.authStore.isSuperuser,
    fileToken: () => pb.files.getToken(),
    downloadUrl: (token, key) => pb.backups.getDownloadURL(token, key),
  };
}
