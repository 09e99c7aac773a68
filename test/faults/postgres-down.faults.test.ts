// Must survive: Postgres away for ten seconds: gateways go on accepting, and workers catch up.
import { test } from 'vitest'
import { expectSurvived, faultTimeoutMs } from '../support/fault-trial.ts'

test('on the embedded log', () => expectSurvived('postgres-down', { log: 'embedded' }), faultTimeoutMs)
