// Must survive: a worker frozen for longer than its lease: what it does when it wakes up has no effect.
import { test } from 'vitest'
import { expectSurvived, faultTimeoutMs } from '../support/fault-trial.ts'

test('on the embedded log', () => expectSurvived('freeze-worker', { log: 'embedded' }), faultTimeoutMs)
