import { roundTrip } from "./round-trip.mjs";

roundTrip().then((result) => console.log(JSON.stringify(result)));
