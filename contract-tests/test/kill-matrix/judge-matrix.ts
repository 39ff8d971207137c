import { SURVIVES_FAST, TOLD_APART } from "../broken-drivers/told-apart.ts";
import { ALL_CASES, ALL_FLAWS, CHECKS_OF_THE_RUN, firstTierOf, type Kills, type MatrixTier, tierOf } from "./matrix.ts";

const LEAST_DRIVERS = 200;
const PORTABLE = "no driver can break it: it holds Filesystem itself to its word, and is run with this library only";

export interface Verdict {
  /** How many flawed drivers there are, and how many each tier is the first to kill. */
  readonly drivers: { readonly all: number; readonly first: Readonly<Partial<Record<MatrixTier | "none", number>>> };
  /** The cases that kill a flaw which no other one kills. */
  readonly alone: readonly string[];
  /** The others, each with its reason if it has one. */
  readonly beside: readonly { readonly id: string; readonly reason: string | undefined }[];
  /** What must not be: one sentence each. */
  readonly wrong: readonly string[];
}

/** Judges a whole matrix: every flaw of {@link ALL_FLAWS} was run. */
export function judgeMatrix(matrix: readonly Kills[]): Verdict {
  const drivers = matrix.filter(({ index }) => ALL_FLAWS[index]?.kind === "driver");
  const first: Partial<Record<MatrixTier | "none", number>> = {};
  for (const kills of drivers) {
    const tier = firstTierOf(kills) ?? "none";
    first[tier] = (first[tier] ?? 0) + 1;
  }
  const killers = matrix.map(casesAmong);
  const lone = new Set(killers.flatMap((ids) => (ids.length === 1 ? ids : [])));
  const ids = ALL_CASES.map(({ id }) => id);
  const alone = ids.filter((id) => lone.has(id));
  const beside = ids.filter((id) => !lone.has(id)).map((id) => ({ id, reason: reasonOf(id) }));
  const wrong = [
    ...(drivers.length < LEAST_DRIVERS ? [`there are ${drivers.length} flawed drivers, not ${LEAST_DRIVERS}`] : []),
    ...matrix.flatMap(wrongWith),
    ...beside.flatMap(({ id, reason }) => (reason ? [] : [`${id} kills no flaw alone, and nothing says why it stays`])),
  ];
  return { drivers: { all: drivers.length, first }, alone, beside, wrong };
}

/** Why a case stays that kills nothing alone, if there is a reason. */
function reasonOf(id: string): string | undefined {
  return TOLD_APART[id] ?? (tierOf(id) === "portable" ? PORTABLE : undefined);
}

/** The checks of the run stand beside the cases: they do not make one needless. */
function casesAmong({ killedBy }: Kills): readonly string[] {
  return killedBy.filter((id) => !CHECKS_OF_THE_RUN.some((check) => check === id));
}

function wrongWith(kills: Kills): string[] {
  const flaw = ALL_FLAWS[kills.index];
  if (!flaw) return [];
  const missed = flaw.caughtBy.filter((id) => !kills.killedBy.includes(id)).map((id) => `${id} misses "${flaw.name}"`);
  const isSurvivor = flaw.kind === "driver" && firstTierOf(kills) !== "fast";
  if (!isSurvivor || SURVIVES_FAST[flaw.name]) return missed;
  return [...missed, `"${flaw.name}" survives the fast tier, and nothing says why`];
}
