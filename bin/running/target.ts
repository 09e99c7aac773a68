import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Env } from '../../runtime/env.ts'

/** A running UserFlow and the keys to it; a key is empty when none is known. */
export interface Target {
  /** host:port of the gRPC door. */
  readonly grpc: string
  /** Base address of the HTTP door. */
  readonly http: string
  readonly writeKey: string
  readonly secretKey: string
}

/**
 * Where a command sends to: this machine's `npm start`, unless flags or variables say otherwise. Keys come from
 * BOOTSTRAP_WRITE_KEY and BOOTSTRAP_SECRET_KEY, else from keys.json in DATA_DIR.
 */
export async function findTarget(env: Env, flags: { grpc?: string; http?: string } = {}): Promise<Target> {
  const file = await readFile(join(env.DATA_DIR ?? './.data', 'keys.json'), 'utf8').catch(() => '{}')
  const kept = JSON.parse(file) as { writeKey?: string; secretKey?: string }
  return {
    grpc: flags.grpc ?? `127.0.0.1:${env.GRPC_PORT ?? '50051'}`,
    http: flags.http ?? `http://127.0.0.1:${env.HTTP_PORT ?? '8080'}`,
    writeKey: env.BOOTSTRAP_WRITE_KEY ?? kept.writeKey ?? '',
    secretKey: env.BOOTSTRAP_SECRET_KEY ?? kept.secretKey ?? '',
  }
}

/** A key that a command cannot do without. @throws Error saying where keys come from. */
export function need(target: Target, kind: 'writeKey' | 'secretKey'): string {
  if (target[kind]) return target[kind]
  const name = kind === 'writeKey' ? 'BOOTSTRAP_WRITE_KEY' : 'BOOTSTRAP_SECRET_KEY'
  throw new Error(`No key: set ${name}, or run where \`npm start\` left keys.json (DATA_DIR, default ./.data).`)
}
