// Must survive: the disk of the log full to the last block: gateways answer RETRY and accept nothing that is not on the log.
import { test } from 'vitest'
import { expectSurvivedFullDisk, faultTimeoutMs } from '../support/fault-trial.ts'

test('on the embedded log', () => expectSurvivedFullDisk('disk-full-of-the-log', 'embedded'), faultTimeoutMs)

test('on Kafka', () => expectSurvivedFullDisk('disk-full-of-the-log', 'kafka'), faultTimeoutMs)
