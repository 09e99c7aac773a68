// Must survive: garbage written straight to the log: it ends as dead letters, the events around it are stored.
import { test } from 'vitest'
import { expectSurvived, faultTimeoutMs } from '../support/fault-trial.ts'

test('on the embedded log', () => expectSurvived('poison-on-the-log', { log: 'embedded' }), faultTimeoutMs)
