// Must survive: a network to Postgres that is 300 ms away: slower, but complete.
import { test } from 'vitest'
import { expectSurvived, faultTimeoutMs } from '../support/fault-trial.ts'

test('on the embedded log', () => expectSurvived('slow-postgres', { log: 'embedded' }), faultTimeoutMs)
