import { type ErrorCode, StowageError } from "@stowage/core";
import { ApiError } from "./api-error.ts";
import { MESSAGES } from "./documented-messages.ts";

/** What an endpoint says to errors of core, by their code; `otherwise` to all others, with the id of the error. */
export type ErrorAnswers = Partial<Record<ErrorCode, (error: StowageError) => ApiError>> & {
  readonly otherwise?: string;
};

const EVERYWHERE: ErrorAnswers = {
  BUSY: () => new ApiError(400, MESSAGES.busy),
  FILESYSTEM_UNAVAILABLE: (cause) => new ApiError(400, MESSAGES.noBackups, { cause }),
};

/**
 * Runs an endpoint's work and translates what core throws into its answers. An answer that hides what happened carries it
 * as its cause, which makes it an error to report.
 */
export async function answering<T>(answers: ErrorAnswers, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw answerTo(error, answers);
  }
}

function answerTo(error: unknown, answers: ErrorAnswers): unknown {
  if (!(error instanceof StowageError)) return error;
  if (error.cause instanceof ApiError) return error.cause; // content of a request that refused itself
  if (error.code === "ABORTED") return error;
  const answer = answers[error.code] ?? EVERYWHERE[error.code];
  return answer?.(error) ?? new ApiError(400, answers.otherwise ?? MESSAGES.invalid, { cause: error });
}
