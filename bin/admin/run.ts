import { type DescMessage, type MessageShape, toJson } from '@bufbuild/protobuf'
import { type CallOptions, callMethod } from '../../clients/node/call.ts'
import {
  AdminService,
  type ApiKey,
  CreateKeyResponseSchema,
  CreateSiteResponseSchema,
  ListKeysResponseSchema,
  ListSitesResponseSchema,
  RevokeKeyResponseSchema,
  RotateKeyResponseSchema,
  type Site,
  UpdateSiteResponseSchema,
} from '../../proto/gen/userflow/v1/admin_pb.ts'
import type { CommandName, MemberCommand, Said } from './options.ts'
import { printKeys, printSecret, printSites } from './print.ts'
import * as requests from './requests.ts'

/** What a command answers: for programs, and as lines for a reader. */
export interface Outcome {
  readonly json: unknown
  readonly lines: readonly string[]
}

type Run = (on: CallOptions, said: Said) => Promise<Outcome>

const ask = AdminService.method

function outcome<D extends DescMessage>(desc: D, answer: MessageShape<D>, lines: readonly string[]): Outcome {
  return { json: toJson(desc, answer, { alwaysEmitImplicit: true }), lines }
}

async function siteOf(on: CallOptions, siteId: number): Promise<Site> {
  const { sites } = await callMethod(on, ask.listSites, {})
  const site = sites.find((one) => one.siteId === siteId)
  if (!site) throw new Error(`There is no site ${siteId}: see "sites list".`)
  return site
}

/** The request's settings of privacy, from those the site has now. */
const privacyOf = (site: Site | undefined, said: Said) =>
  site?.privacy && requests.saysPrivacy(said) ? { privacy: requests.changedPrivacy(site.privacy, said) } : {}

/** What to do when the key that was rotated is the one this command uses. */
const ownKey = (on: CallOptions, { prefix }: ApiKey): readonly string[] =>
  on.key.startsWith(prefix)
    ? [
        'It is the key of this command: set BOOTSTRAP_SECRET_KEY to the new one; a start with it puts it into keys.json.',
      ]
    : []

/** Every command that asks a gateway, by its name. */
export const runs: Readonly<Record<Exclude<CommandName, MemberCommand>, Run>> = {
  'sites list': async (on) => {
    const answer = await callMethod(on, ask.listSites, {})
    return outcome(ListSitesResponseSchema, answer, printSites(answer.sites))
  },
  'sites create': async (on, said) => {
    const made = await callMethod(on, ask.createSite, requests.createSiteRequest(said))
    // It has no key yet, so nothing comes in between.
    const changed =
      made.site && requests.saysPrivacy(said)
        ? await callMethod(on, ask.updateSite, { siteId: made.site.siteId, ...privacyOf(made.site, said) })
        : made
    return outcome(CreateSiteResponseSchema, { ...made, ...(changed.site ? { site: changed.site } : {}) }, [
      ...printSites(changed.site ? [changed.site] : []),
      `It has no key yet: npm run admin -- keys create --site ${made.site?.siteId} --kind write`,
    ])
  },
  'sites update': async (on, said) => {
    const request = requests.updateSiteRequest(said)
    const now = requests.saysPrivacy(said) ? await siteOf(on, request.siteId) : undefined
    const answer = await callMethod(on, ask.updateSite, { ...request, ...privacyOf(now, said) })
    return outcome(UpdateSiteResponseSchema, answer, printSites(answer.site ? [answer.site] : []))
  },
  'keys list': async (on, said) => {
    const answer = await callMethod(on, ask.listKeys, requests.listKeysRequest(said))
    return outcome(ListKeysResponseSchema, answer, printKeys(answer.keys))
  },
  'keys create': async (on, said) => {
    const answer = await callMethod(on, ask.createKey, requests.createKeyRequest(said))
    return outcome(CreateKeyResponseSchema, answer, printSecret(answer.key, answer.secret))
  },
  'keys rotate': async (on, said) => {
    const answer = await callMethod(on, ask.rotateKey, requests.rotateKeyRequest(said))
    const old = answer.old ? ['The old key:', ...printKeys([answer.old]), ...ownKey(on, answer.old)] : []
    const lines = [...printSecret(answer.key, answer.secret), ...old]
    return outcome(RotateKeyResponseSchema, answer, lines)
  },
  'keys revoke': async (on, said) => {
    const answer = await callMethod(on, ask.revokeKey, { keyId: said.key ?? '' })
    const lines = [...printKeys(answer.key ? [answer.key] : []), 'Every gateway refuses it within five seconds.']
    return outcome(RevokeKeyResponseSchema, answer, lines)
  },
}
