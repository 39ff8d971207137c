import type { JWTPayload } from "jose";
import type { KnownAdmin } from "./admin-list.ts";

/** A generation of the API: where its clients log in, and what they understand. */
export interface LoginFlavour {
  readonly paths: readonly string[];
  /** What the SDK reads in the token, to know that its bearer is an admin. */
  readonly claims: JWTPayload;
  /** The message of a log-in whose fields are wrong. */
  readonly invalidMessage: string;
  /** The message of a refresh without a valid token. */
  readonly unauthorizedMessage: string;
  /** Makes the body of an answer that carries a token. */
  body(token: string, admin: KnownAdmin): object;
}

const SUPERUSERS = { collectionId: "pbc_3142635823", collectionName: "_superusers" };

/** PocketBase up to 0.22, which the SDK 0.21 speaks with: `pb.admins`. */
const ADMINS: LoginFlavour = {
  paths: ["/api/admins"],
  claims: { type: "admin" },
  invalidMessage: "Something went wrong while processing your request.",
  unauthorizedMessage: "The request requires admin authorization token to be set.",
  body: (token, { id, email, ...admin }) => ({ token, admin: { id, ...datesOf(admin), avatar: 0, email } }),
};

/** PocketBase from 0.23 on: `pb.collection("_superusers")`. The id of that collection is the same everywhere, and the SDK knows it. */
const SUPERUSERS_COLLECTION: LoginFlavour = {
  paths: Object.values(SUPERUSERS).map((nameOrId) => `/api/collections/${nameOrId}`),
  claims: { type: "auth", collectionId: SUPERUSERS.collectionId, refreshable: true },
  invalidMessage: "An error occurred while validating the submitted data.",
  unauthorizedMessage: "The request requires valid record authorization token.",
  body: (token, { id, email, ...admin }) => ({
    token,
    record: { ...SUPERUSERS, id, email, emailVisibility: false, verified: true, ...datesOf(admin) },
  }),
};

/** What a path of a flavour asks for. */
export interface LoginRoute {
  readonly flavour: LoginFlavour;
  readonly action: "auth-with-password" | "auth-refresh";
}

const ROUTES: ReadonlyMap<string, LoginRoute> = new Map(
  [ADMINS, SUPERUSERS_COLLECTION].flatMap((flavour) =>
    flavour.paths.flatMap(
      (path): Array<[string, LoginRoute]> => [
        [`${path}/auth-with-password`, { flavour, action: "auth-with-password" }],
        [`${path}/auth-refresh`, { flavour, action: "auth-refresh" }],
      ],
    ),
  ),
);

/** All paths that are answered here. */
export const LOGIN_PATHS: readonly string[] = [...ROUTES.keys()];

/** Finds what a request asks for. Any other path or method is undefined. */
export function loginRoute(request: Request): LoginRoute | undefined {
  return request.method === "POST" ? ROUTES.get(new URL(request.url).pathname) : undefined;
}

function datesOf({ createdAt, updatedAt }: Pick<KnownAdmin, "createdAt" | "updatedAt">): object {
  return { created: dateText(createdAt), updated: dateText(updatedAt) };
}

/** Writes a date as PocketBase does, `2023-05-19 16:25:57.542Z`, and an unknown one as the empty text. */
function dateText(date: Date | undefined): string {
  return !date ? "" : date.toISOString().replace("T", " ");
}
