// Must survive: the connections of the workers ended by Postgres several times in a row.
import { test } from 'vitest'
import { expectSurvived, faultTimeoutMs } from '../support/fault-trial.ts'

test('on the embedded log', () => expectSurvived('cut-database-connections', { log: 'embedded' }), faultTimeoutMs)
