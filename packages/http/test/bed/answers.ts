import { expect } from "vitest";

/** The body of every refusal. */
export function refusal(code: number, message: string, data: object = {}): object {
  return { code, status: code, message, data };
}

/** Checks status and body to the letter. */
export async function expectAnswer(response: Response, status: number, body?: unknown): Promise<void> {
  const text = await response.text();
  expect({ status: response.status, body: text === "" ? undefined : JSON.parse(text) }).toEqual({ status, body });
}

export const UNAUTHORIZED = refusal(401, "The request requires admin authorization token to be set.");
export const ADMINS_ONLY = refusal(403, "Only admins can perform this action.");
export const FORBIDDEN = refusal(403, "You are not allowed to perform this request.");
export const FILE_FORBIDDEN = refusal(403, "Insufficient permissions to access the resource.");
export const NOT_FOUND = refusal(404, "The requested resource wasn't found.");
export const BUSY = refusal(400, "Try again later - another backup/restore process has already been started.");
export const INVALID = "Something went wrong while processing your request.";
