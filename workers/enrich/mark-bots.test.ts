import { expect, test } from 'vitest'
import { botReason } from './mark-bots.ts'

const chrome = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome'

/** Agents of the two days that docs/bots.md counts, and of today, each with what it is marked by; empty: a person's. */
const sample: Readonly<Record<string, readonly string[]>> = {
  '': [
    `Mozilla/5.0 (Windows NT 6.1; WOW64) ${chrome}/32.0.1700.107 Safari/537.36`,
    'Mozilla/5.0 (X11; Linux x86_64; rv:27.0) Gecko/20100101 Firefox/27.0',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_9_1) AppleWebKit/537.73.11 (KHTML, like Gecko) Version/7.0.1 Safari/537.73.11',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 7_0_4 like Mac OS X) AppleWebKit/537.51.1 (KHTML, like Gecko) Mobile/11B554a',
    'Mozilla/5.0 (Linux; Android 4.4.2; Nexus 5 Build/KOT49H) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/32.0.1700.99 Mobile Safari/537.36',
    'Opera/9.80 (MTK; Opera Mini/2.1199/34.1244; U; id) Presto/2.8.119 Version/11.10',
    'SAMSUNG-GT-E2232/1.0 Openwave/6.2.3 Profile/MIDP-2.0 Configuration/CLDC-1.1 UP.Browser/6.2.3.3.c.1.101 (GUI) MMP/2.0',
    'Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 5.1; Trident/4.0; .NET CLR 2.0.50727; .NET CLR 3.5.30729; .NET4.0C)',
    'Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; WOW64; Trident/5.0; chromeframe/19.0.1084.52)',
    'Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0; chromeframe; SLCC2; .NET CLR 2.0.50727)',
    'Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko',
    'Mozilla/5.0 (X11; Linux i686; rv:27.0) Gecko/20100101 Firefox/27.0 Iceweasel/27.0',
    'Links (2.7; CYGWIN_NT-5.1 1.7.15(0.260/5/3) i686; GNU C 4.5.3; text)',
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chrome}/141.0.0.0 Safari/537.36 Edg/141.0.0.0`,
    `Mozilla/5.0 (Linux; Android 10; K) ${chrome}/141.0.0.0 Mobile Safari/537.36`,
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
    'Mozilla/5.0 (Linux; Android 9; CUBOT NOVA) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36',
  ],
  'empty user agent': ['', '-', ' ', '"-"'],
  'user agent: Google': [
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko; Google Web Preview) Chrome/27.0.1453 Safari/537.36`,
    'Mozilla/5.0 (Windows NT 6.1; rv:6.0) Gecko/20110814 Firefox/6.0 Google favicon',
  ],
  'user agent: bot': [
    'msnbot/2.0b (+http://search.msn.com/msnbot.htm)',
    'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)',
    'Mozilla/5.0 (compatible; MJ12bot/v1.4.4; http://www.majestic12.co.uk/bot.php?+)',
    'Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; WOW64; Trident/5.0; chromeframe/19.0; somebot)',
  ],
  'user agent: spider': ['Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)'],
  'user agent: archive': ['Mozilla/5.0 (compatible; archive.org_bot +http://www.archive.org/details/archive.org_bot)'],
  'user agent: Ezooms/1.0;': ['Mozilla/5.0 (compatible; Ezooms/1.0; help@moz.com)'],
  'user agent: http': [
    'Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.com/help/us/ysearch/slurp)',
    'Liferea/1.8.3 (Linux; en_GB.UTF-8; http://liferea.sf.net/)',
    'Chef Client/10.18.2 (ruby-1.9.3-p327; ohai-6.16.0; x86_64-linux; +http://opscode.com)',
  ],
  'user agent: Feed': [
    'UniversalFeedParser/4.2-pre-314-svn +http://feedparser.org/',
    'Feedfetcher-Google; (+http://www.google.com/feedfetcher.html; 16 subscribers; feed-id=3389821348893992437)',
  ],
  'user agent: RSS': ['Tiny Tiny RSS/1.11 (http://tt-rss.org/)'],
  'user agent: Feedbin - 1 subscribers': ['Feedbin - 1 subscribers'],
  'user agent: Twitterbot/1.0': ['Twitterbot/1.0'],
  'user agent: facebook': ['facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)'],
  'user agent: Mozilla/4.0 (compatible;)': ['Mozilla/4.0 (compatible;)'],
  'user agent: Wget': ['Wget/1.13.4 (linux-gnu)'],
  'user agent: Python-urllib/2.7': ['Python-urllib/2.7'],
  'user agent: curl/8.5.0': ['curl/8.5.0'],
  'user agent: Headless': [
    `Mozilla/5.0 (X11; Linux x86_64) ${chrome.replace('Chrome', 'HeadlessChrome')}/141.0.0.0 Safari/537.36`,
  ],
  'user agent: PhantomJS': [
    'Mozilla/5.0 (Unknown; Linux x86_64) AppleWebKit/538.1 (KHTML, like Gecko) PhantomJS/2.1.1 Safari/538.1',
  ],
  'user agent: Pingdom.com_bot_version_1.4': ['Pingdom.com_bot_version_1.4'],
  'user agent: 24x7': ['Mozilla/5.0 (compatible; Site24x7 uptime monitor)'],
}

test.each(Object.entries(sample).flatMap(([reason, agents]) => agents.map((agent) => [reason, agent])))(
  '%j marks %s',
  (reason, agent) => {
    expect(botReason(agent!)).toBe(reason)
  },
)

test('only Internet Explorer is believed to have had Chrome Frame', () => {
  expect(botReason(`Mozilla/5.0 (Windows NT 6.1) ${chrome}/32.0 Safari/537.36 chromeframe`)).toBe(
    'user agent: chromeframe',
  )
  expect(botReason('chromeframe/19.0')).not.toBe('')
})

test('no agent, however made, takes long', () => {
  const hostile = `Mozilla/5.0 (compatible; MSIE 9${'; chromeframe'.repeat(5_000)}`
  expect(botReason(hostile)).toBe('user agent: chromeframe')
})
