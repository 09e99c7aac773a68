import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Door } from '../../proto/gen/userflow/v1/envelope_pb.ts'
import type { Agent, Arrival, Tools } from './draft.ts'
import { enrich } from './enrich.ts'
import { RecentCache } from './recent-cache.ts'

const chrome =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36'
const tools: Tools = {
  lookup: (ip) => (ip === '192.0.2.1' ? { country: 'PT', region: 'Lisboa', city: 'Lisbon' } : undefined),
  agents: new RecentCache(10),
  arrivals: new RecentCache(10),
}

interface Said {
  url?: string
  referrer?: string
  agent?: string
  ownAgent?: string
  door?: Door
  hints?: { platform?: string; version?: string; model?: string; mobile?: boolean }
  ip?: string
  country?: string
}

function learn(said: Said, own = tools) {
  const { arrival, agent, place } = enrich(
    {
      url: said.url ?? '',
      referrer: said.referrer ?? '',
      userAgent: said.agent ?? chrome,
      saysAgent: (said.ownAgent ?? '') !== '',
      door: said.door ?? Door.BEACON,
      ipAddress: said.ip ?? '',
      countryHeader: said.country ?? '',
      hintPlatform: said.hints?.platform ?? '',
      hintPlatformVersion: said.hints?.version ?? '',
      hintModel: said.hints?.model ?? '',
      hintMobile: said.hints?.mobile ?? false,
    },
    own,
  )
  return { ...arrival, ...agent, ...place }
}

describe('channel', () => {
  const page = 'https://www.shop.example/a'
  const cases: [string, Said][] = [
    ['direct', { url: page }],
    ['internal', { url: page, referrer: 'https://shop.example/b' }],
    ['referral', { url: page, referrer: 'https://blog.example.org/post' }],
    ['organic search', { url: page, referrer: 'https://www.google.co.uk/' }],
    ['organic search', { url: page, referrer: 'https://duckduckgo.com/?q=x' }],
    ['paid search', { url: `${page}?gclid=abc`, referrer: 'https://www.google.com/' }],
    ['paid search', { url: `${page}?utm_source=google&utm_medium=cpc` }],
    ['social', { url: page, referrer: 'https://l.facebook.com/l.php' }],
    ['social', { url: `${page}?fbclid=abc` }],
    ['social', { url: page, referrer: 'https://t.co/abc' }],
    ['paid social', { url: `${page}?utm_source=facebook&utm_medium=paid_social` }],
    ['paid video', { url: `${page}?utm_source=youtube&utm_medium=cpv` }],
    ['paid shopping', { url: `${page}?utm_source=amazon&utm_medium=cpc` }],
    ['paid other', { url: `${page}?utm_source=partner&utm_medium=ppc` }],
    ['display', { url: `${page}?utm_source=adnet&utm_medium=banner` }],
    ['email', { url: `${page}?utm_source=newsletter&utm_medium=email` }],
    ['email', { url: page, referrer: 'https://mail.google.com/' }],
    ['email', { url: page, referrer: 'android-app://com.google.android.gm/' }],
    ['sms', { url: `${page}?utm_medium=sms` }],
    ['push', { url: `${page}?utm_medium=web-push` }],
    ['affiliate', { url: `${page}?utm_medium=affiliate&utm_source=x` }],
    ['audio', { url: `${page}?utm_medium=podcast` }],
    ['ai', { url: page, referrer: 'https://chatgpt.com/' }],
    ['ai', { url: page, referrer: 'https://gemini.google.com/app' }],
    ['ai', { url: `${page}?utm_source=chatgpt.com` }],
    ['video', { url: page, referrer: 'https://www.youtube.com/watch' }],
    ['shopping', { url: page, referrer: 'https://www.etsy.com/' }],
    ['referral', { url: `${page}?utm_source=partner`, referrer: 'https://shop.example/b' }],
    ['', {}],
  ]
  test.each(cases)('%s: %o', (channel, said) => {
    expect(learn(said).channel).toBe(channel)
  })
})

describe('page and referrer', () => {
  test('the path has neither query nor fragment, and is / at least', () => {
    expect(learn({ url: 'https://u:p@Example.com:8443/a/b?x=1#y' })).toMatchObject({
      pagePath: '/a/b',
      pageHost: 'example.com',
    })
    expect(learn({ url: 'https://example.com?x=1' }).pagePath).toBe('/')
    expect(learn({ url: 'https://example.com#a?b' })).toMatchObject({ pagePath: '/', pageQuery: '' })
    expect(learn({ url: '/pricing?x' }).pagePath).toBe('/pricing')
  })

  test('what is no address of a page has no path', () => {
    for (const url of [
      'about:blank',
      'not a url',
      'data:text/html,x',
      'https://',
      'https://a b/c',
      'javascript:alert(1)',
    ]) {
      expect([url, learn({ url }).pagePath]).toEqual([url, ''])
    }
  })

  test('a path is cut so that it fits an index, never in the middle of a character', () => {
    const { pagePath } = learn({ url: `https://example.com/${'😀'.repeat(1000)}` })
    expect(Buffer.byteLength(pagePath)).toBeLessThanOrEqual(1024)
    expect(pagePath.isWellFormed()).toBe(true)
  })

  test('the referrer is its host without www, and none inside the site', () => {
    expect(learn({ url: 'https://example.com/', referrer: 'https://www.Example.org/x' }).referrerDomain).toBe(
      'example.org',
    )
    expect(learn({ url: 'https://www.example.com/', referrer: 'https://example.com/x' }).referrerDomain).toBe('')
  })
})

describe('campaign', () => {
  test('utm parameters are decoded, the first of each counts', () => {
    const url =
      'https://a.example/?utm_source=News+Letter&utm_campaign=%C3%A9t%C3%A9&utm_source=other&utm_term=t&utm_content=c&utm_medium=m'
    expect(learn({ url })).toMatchObject({
      utmSource: 'News Letter',
      utmMedium: 'm',
      utmCampaign: 'été',
      utmTerm: 't',
      utmContent: 'c',
    })
  })

  test('broken encodings stay as they are, and names of the language itself are no parameters', () => {
    expect(learn({ url: 'https://a.example/?utm_source=%E0%A4%A' }).utmSource).toBe('%E0%A4%A')
    expect(learn({ url: 'https://a.example/?constructor=x&__proto__=y' })).toMatchObject({
      utmSource: '',
      clickChannel: '',
    })
  })
})

describe('device', () => {
  test('the agent says browser, system and kind of device', () => {
    expect(learn({})).toMatchObject({
      deviceType: 'desktop',
      browser: 'Chrome',
      browserVersion: '141',
      os: 'Windows',
      osVersion: '10',
    })
    const phone =
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1'
    expect(learn({ agent: phone })).toMatchObject({ deviceType: 'mobile', os: 'iOS', osVersion: '18.1' })
  })

  test('client hints tell Windows 11 from 10, and a tablet by its model', () => {
    expect(learn({ hints: { platform: 'Windows', version: '15.0.0' } }).osVersion).toBe('11')
    expect(learn({ hints: { platform: 'Windows', version: '10.0.0' } }).osVersion).toBe('10')
    const android =
      'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36'
    const hints = { platform: 'Android', version: '14.0.0', model: 'SM-X700' }
    expect(learn({ agent: android, hints })).toMatchObject({ deviceType: 'tablet', osVersion: '14' })
  })

  test('a hint that names a property of every object is no system', () => {
    expect(learn({ hints: { platform: 'constructor' } }).os).toBe('Windows')
  })

  test('agents that differ in hints only are not mixed up by the cache', () => {
    const versions = ['15.0.0', '10.0.0', '15.0.0'].map(
      (version) => learn({ hints: { platform: 'Windows', version } }).osVersion,
    )
    expect(versions).toEqual(['11', '10', '11'])
  })
})

describe('the key of a user agent', () => {
  test('follows from its content, as the migration computes it', () => {
    // First 64 bits of: printf 'curl/8.5\n\n\n\n\n' | sha256sum
    expect(learn({ agent: 'curl/8.5', door: Door.GRPC }).key).toBe(4911938892491602585n)
  })

  test('is another where the same text is read otherwise, and the same after the cache forgot it', () => {
    const forgetful = { ...tools, agents: new RecentCache<Agent>(1) }
    const versions = ['15.0.0', '10.0.0', '15.0.0']
    const keys = versions.map((version) => learn({ hints: { platform: 'Windows', version } }, forgetful).key)
    expect(keys[0]).toBe(keys[2])
    expect(keys[0]).not.toBe(keys[1])
    expect(learn({ agent: '' }).key).toBeUndefined()
  })

  test('what is too long is cut at a whole character, and what Postgres refuses is replaced', () => {
    expect(learn({ agent: `${'a'.repeat(2_047)}ä` }).userAgent).toBe('a'.repeat(2_047))
    expect(learn({ agent: `${'a'.repeat(2_046)}ä` }).userAgent).toBe(`${'a'.repeat(2_046)}ä`)
    expect(learn({ agent: 'a\0b' }).userAgent).toBe('a\ufffdb')
  })
})

describe('bots', () => {
  const googlebot = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'

  test('a bot is marked with what gave it away', () => {
    expect(learn({ agent: googlebot })).toMatchObject({
      botReason: expect.stringContaining('user agent: '),
    })
    expect(learn({ agent: 'curl/8.5.0' })).toMatchObject({ botReason: 'user agent: curl/8.5.0' })
    expect(learn({ agent: '' })).toMatchObject({ botReason: 'empty user agent' })
    expect(learn({})).toMatchObject({ botReason: '' })
  })

  test('a server that sends events is no bot, whatever its library calls itself', () => {
    for (const agent of ['grpc-node-js/1.14.7', 'curl/8.5.0', 'node', '']) {
      for (const door of [Door.GRPC, Door.GRPC_STREAM, Door.CONNECT]) {
        expect(learn({ agent, door })).toMatchObject({ botReason: '', browser: '', deviceType: '' })
      }
    }
  })

  test('but the agent it hands on for its visitor counts', () => {
    expect(learn({ agent: googlebot, ownAgent: googlebot, door: Door.GRPC }).botReason).not.toBe('')
    expect(learn({ agent: 'curl/8', ownAgent: 'curl/8', door: Door.GRPC }).botReason).not.toBe('')
  })
})

describe('what was learned of addresses', () => {
  test('is not mixed up by where one ends and the other begins, nor by the order', () => {
    const first = learn({ url: 'https://a.example/', referrer: 'https://b.example/' })
    const joined = learn({ url: 'https://a.example/https://b.example/', referrer: '' })
    const again = learn({ url: 'https://a.example/', referrer: 'https://b.example/' })
    expect([first.pagePath, first.referrerDomain]).toEqual(['/', 'b.example'])
    expect([joined.pagePath, joined.referrerDomain]).toEqual(['/https://b.example/', ''])
    expect(again).toEqual(first)
  })

  test('is not kept of long ones, of which a stranger could send any number', () => {
    const arrivals = new RecentCache<Arrival>(10)
    const own = { ...tools, arrivals }
    learn({ url: `https://a.example/${'x'.repeat(600)}` }, own)
    expect(arrivals.size).toBe(0)
    learn({ url: 'https://a.example/' }, own)
    expect(arrivals.size).toBe(1)
  })
})

describe('place', () => {
  test('comes from the address, else from the header', () => {
    expect(learn({ ip: '192.0.2.1', country: 'US' })).toMatchObject({ country: 'PT', region: 'Lisboa', city: 'Lisbon' })
    expect(learn({ ip: '192.0.2.9', country: 'US' })).toMatchObject({ country: 'US', region: '' })
    for (const country of ['XX', 'T1', 'us', 'USA', '']) expect(learn({ country }).country).toBe('')
  })
})

test('no text of a stranger makes enrichment throw or costs much', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.webUrl({ withQueryParameters: true, withFragments: true }),
  )
  fc.assert(
    fc.property(fc.record({ url: text, referrer: text, agent: text, ip: text, country: text }), (said) => {
      const found = learn(said)
      expect(typeof found.channel).toBe('string')
    }),
    { numRuns: 500 },
  )
})

test('the cache of agents is bounded and keeps what is used', () => {
  const cache = new RecentCache<number>(10)
  cache.set('used', 1)
  for (let n = 0; n < 1000; n++) {
    cache.set(`k${n}`, n)
    expect(cache.get('used')).toBe(1)
    expect(cache.size).toBeLessThanOrEqual(20)
  }
  expect(cache.get('k0')).toBeUndefined()
})
