import type { ArchiveEntry } from "@stowage/core";
import { ApiError } from "../api-error.ts";
import { assertAdmin } from "../authorize.ts";
import { MESSAGES } from "../documented-messages.ts";
import { answering, type ErrorAnswers } from "../error-answer.ts";
import { pickFields } from "../fields/pick-fields.ts";
import type { RequestContext } from "../request-context.ts";
import { wireDate } from "../wire-date.ts";

const missing = () => new ApiError(404, MESSAGES.notFound);

const ANSWERS: ErrorAnswers = {
  NOT_FOUND: missing,
  INVALID_KEY: missing,
  INVALID_ARCHIVE: () => new ApiError(400, MESSAGES.restoreMissing),
};

const PER_PAGE = 30;
const PER_PAGE_MAX = 1_000;
/** Bytes of the longest name that an archive may hold. */
const SEARCH_MAX = 4_096;

/**
 * `GET /api/backups/{key}/entries?page=&perPage=&search=`: what is in an archive, by names, in the form of PocketBase's lists. `search` is
 * a part of a name, in whatever case; `fields` are those of an item.
 */
export async function listEntries(context: RequestContext): Promise<Response> {
  await assertAdmin(context);
  const { manager, key, request, url } = context;
  const { page, perPage, search } = askedFor(url.searchParams);
  const entries = await answering(ANSWERS, () => manager.entries(key, { signal: request.signal }));
  const found = entries.filter(({ name }) => name.toLowerCase().includes(search));
  const start = (page - 1) * perPage;
  const items = found.slice(start, start + perPage).map(wireForm);
  const picked = pickFields(items, url.searchParams.get("fields") ?? "");
  if (picked === undefined) throw new ApiError(400, MESSAGES.invalid);
  const totals = { totalItems: found.length, totalPages: Math.ceil(found.length / perPage) };
  const headers = { "cache-control": "no-store" };
  return Response.json({ page, perPage, ...totals, items: picked }, { headers });
}

/** As PocketBase takes them: what is too small or left out is the default, what is too large the most; no number is 400. */
function askedFor(query: URLSearchParams): { page: number; perPage: number; search: string } {
  const [page, perPage] = ["page", "perPage"].map((name) => numberOf(query.get(name) ?? "0"));
  const search = query.get("search") ?? "";
  if (page === undefined || perPage === undefined || search.length > SEARCH_MAX) {
    throw new ApiError(400, MESSAGES.invalid);
  }
  return {
    page: Math.max(page, 1),
    perPage: perPage < 1 ? PER_PAGE : Math.min(perPage, PER_PAGE_MAX),
    search: search.toLowerCase(),
  };
}

function numberOf(text: string): number | undefined {
  return /^-?\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function wireForm({ name, type, size, compressedSize, modifiedAt }: ArchiveEntry): object {
  return { name, type, size, compressedSize, modified: wireDate(modifiedAt) };
}
