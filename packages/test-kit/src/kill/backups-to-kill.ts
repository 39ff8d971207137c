/** What a sweep needs of a backup manager. */
export interface BackupsToKill extends AsyncDisposable {
  create(options: { name: string }): Promise<unknown>;
  list(): Promise<readonly { readonly key: string }[]>;
  verify(key: string): Promise<unknown>;
  entries(key: string): Promise<readonly { readonly name: string }[]>;
}
