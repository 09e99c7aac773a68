import type { DescMethodUnary } from '@bufbuild/protobuf'
import { callMethod } from '../../clients/node/call.ts'
import type { FunnelDefinition } from '../../proto/gen/userflow/v1/funnels_pb.ts'
import { FunnelService } from '../../proto/gen/userflow/v1/saved_funnels_pb.ts'
import { oneLine } from '../running/one-line.ts'
import type { Options } from './options.ts'

/** What of a request is said by `--saved`: the funnel of that name. @throws Error saying what is wrong. */
export async function savedFunnel(
  on: { readonly address: string; readonly key: string },
  method: DescMethodUnary,
  { saved, through }: Options,
): Promise<{ funnel?: FunnelDefinition }> {
  if (saved === undefined) return {}
  if (!method.input.field.funnel) throw new Error('--saved goes with funnel, funnel_trend and funnel_members')
  if (through.length > 0) throw new Error('--saved says every step: leave --through out')
  const { funnels } = await callMethod(on, FunnelService.method.listFunnels, {})
  const found = funnels.find(({ name }) => name === saved)
  if (!found) {
    const names = funnels.map(({ name }) => `"${oneLine(name)}"`).join(', ')
    throw new Error(`--saved: "${oneLine(saved)}" is none of those that are saved: ${names || 'there are none yet'}`)
  }
  if (!found.funnel) throw new Error(`--saved: "${oneLine(saved)}" was saved by a later version of the gateway`)
  return { funnel: found.funnel }
}
