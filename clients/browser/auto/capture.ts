import type { Capture } from '../tracker.ts'

export function capture(_into: Capture, _kinds: readonly string[]): void {}
