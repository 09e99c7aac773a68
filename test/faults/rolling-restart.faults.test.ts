// Must survive: gateways and workers restarted one after the other under load.
import { test } from 'vitest'
import { expectSurvived, faultTimeoutMs } from '../support/fault-trial.ts'

test('on the embedded log', () => expectSurvived('rolling-restart', { log: 'embedded' }), faultTimeoutMs)
