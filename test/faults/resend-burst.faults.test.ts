// Must survive: every sender repeating its last thousands of events over both gateways: each still counts once.
import { test } from 'vitest'
import { expectSurvived, faultTimeoutMs } from '../support/fault-trial.ts'

test('on the embedded log', () => expectSurvived('resend-burst', { log: 'embedded' }), faultTimeoutMs)
