/** Which storage a page came in place of, and the option of its driver that decides how large a request is. */
export interface ProxiedStorage {
  readonly service: string;
  readonly sizeOption: string;
}

/** Says what a page for people means that came in place of a storage's answer, by its status, and what to do. */
export function proxyPage(status: number, { service, sizeOption }: ProxiedStorage): string {
  const reasons: Readonly<Record<number, string>> = {
    413: `a proxy in front of the storage refuses bodies of that size; lower ${sizeOption}, or raise its limit (client_max_body_size of nginx)`,
    417: "a proxy in front of the storage does not know a header that it was sent (Expect); have it pass that on",
  };
  const other = `the answer is not of ${service}: a proxy in front of the storage, or another program at this endpoint`;
  return `HTTP ${status} (text/html): ${reasons[status] ?? other}`;
}
