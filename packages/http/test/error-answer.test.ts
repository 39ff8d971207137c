import { StowageError } from "@stowage/core";
import { expect, it } from "vitest";
import { ApiError } from "../src/api-error.ts";
import { answering } from "../src/error-answer.ts";

const missing = () => new ApiError(404, "missing");

it.each(["SOURCE_EMPTY", "A_CODE_OF_LATER"])(
  "an error of core with the code %s, of which an endpoint says nothing, gets its general answer and stays to be reported",
  async (code) => {
    const error = new StowageError("INTERNAL", "the data directory holds no file");
    Object.defineProperty(error, "code", { value: code });
    const answered = answering({ NOT_FOUND: missing, otherwise: "Failed." }, () => Promise.reject(error));

    await expect(answered).rejects.toMatchObject({ status: 400, message: "Failed.", cause: error });
  },
);
