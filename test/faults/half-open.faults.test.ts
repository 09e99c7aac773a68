// Must survive: connections to Postgres that carry nothing and do not end: they are given up for new ones.
import { test } from 'vitest'
import { expectSurvived, faultTimeoutMs } from '../support/fault-trial.ts'

test('on the embedded log', () => expectSurvived('half-open', { log: 'embedded' }), faultTimeoutMs)
