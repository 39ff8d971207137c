import { roundTrip } from "../../round-trip.mjs";

export const dynamic = "force-dynamic";

export async function GET() {
  return Response.json(await roundTrip());
}
