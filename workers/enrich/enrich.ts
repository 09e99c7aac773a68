import type { Findings, Tools, Visit } from './draft.ts'
import { findArrival } from './find-arrival.ts'
import { findDevice } from './find-device.ts'
import { findPlace } from './find-place.ts'

/** Learns what it can of an event. Pure but for the caches in `tools`; never throws for anything a stranger sent. */
export function enrich(visit: Visit, tools: Tools): Findings {
  return {
    arrival: findArrival(visit, tools),
    agent: findDevice(visit, tools),
    place: findPlace(visit, tools),
  }
}
