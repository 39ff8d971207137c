import type { Readable } from "node:stream";
import { reportError } from "../error-report.ts";
import type { RequestContext } from "../request-context.ts";
import { DownloadContent } from "./download-content.ts";

/**
 * Makes the body of a download, which ends with its request. A failure in the middle is a body that is too short: the client sees that
 * much, the operator why.
 */
export function watchedContent({ request, options }: RequestContext, opened: Readable): DownloadContent {
  const { signal } = request;
  const content = new DownloadContent(opened, (error) => {
    if (!signal.aborted) reportError(error, request, options.onError);
  });
  signal.addEventListener("abort", () => content.destroy(), { once: true });
  return content;
}
