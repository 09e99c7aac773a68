import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import type {} from './kafka-setup.ts'

/** Brokers of this test run, `host:port` separated by commas. Only in `*.kafka.test.ts` and `*.faults.test.ts`. */
export const kafkaBrokers = (): string => inject('kafkaBrokers')

/** A topic name no other test uses. */
export const freshTopicName = (): string => `events-${randomBytes(6).toString('hex')}`
