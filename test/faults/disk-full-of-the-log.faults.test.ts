// Must survive: the disk of the log full to the last block: gateways answer RETRY and accept nothing that is not on the log.
import { test } from 'vitest'
import { expectSurvivedFullDisk, faultTimeoutMs } from '../support/fault-trial.ts'

test('on the embedded log', (told) => expectSurvivedFullDisk('disk-full-of-the-log', 'embedded', told), faultTimeoutMs)

test('on Kafka', (told) => expectSurvivedFullDisk('disk-full-of-the-log', 'kafka', told), faultTimeoutMs)
