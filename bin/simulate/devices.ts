import type { Weighted } from './random.ts'

/** What a visitor looks through. Sizes in CSS pixels. */
export interface Browser {
  readonly userAgent: string
  readonly screen: readonly [width: number, height: number]
  readonly viewport: readonly [width: number, height: number]
}

const windows = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)'
const mac = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)'
const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)'
const safari = 'AppleWebKit/605.1.15 (KHTML, like Gecko)'

const desktop = (userAgent: string, width = 1920): Browser => {
  const height = width === 1920 ? 1080 : 900
  return { userAgent, screen: [width, height], viewport: [width - 15, height - 139] }
}
const phone = (userAgent: string, width: number, height: number): Browser => ({
  userAgent,
  screen: [width, height],
  viewport: [width, height - 181],
})

const iphone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X)'
const android = (model: string) => `Mozilla/5.0 (Linux; Android 15; ${model}) ${webkit}`

/** Real browsers, about as frequent as on a consumer site. */
export const browsers: Weighted<Browser> = [
  [desktop(`${windows} ${webkit} Chrome/142.0.0.0 Safari/537.36`), 20],
  [desktop(`${windows} ${webkit} Chrome/138.0.0.0 Safari/537.36`, 1440), 6],
  [desktop(`${windows} ${webkit} Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0`), 7],
  [desktop('Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0'), 4],
  [desktop(`${windows} ${webkit} Chrome/141.0.0.0 Safari/537.36 OPR/125.0.0.0`), 2],
  [desktop(`${mac} ${webkit} Chrome/142.0.0.0 Safari/537.36`, 1440), 7],
  [desktop(`${mac} ${safari} Version/18.6 Safari/605.1.15`, 1440), 6],
  [desktop('Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Gecko/20100101 Firefox/145.0', 1440), 1],
  [desktop(`Mozilla/5.0 (X11; Linux x86_64) ${webkit} Chrome/142.0.0.0 Safari/537.36`), 2],
  [desktop('Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0'), 1],
  [desktop(`Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${webkit} Chrome/142.0.0.0 Safari/537.36`, 1440), 1],
  [phone(`${iphone} ${safari} Version/18.6 Mobile/15E148 Safari/604.1`, 393, 852), 17],
  [phone(`${iphone} ${safari} CriOS/142.0.7444.46 Mobile/15E148 Safari/604.1`, 430, 932), 3],
  [phone(`${iphone} ${safari} Mobile/15E148 Instagram 400.0.0.24.83 (iPhone16,1; iOS 18_6)`, 393, 852), 1],
  [phone(`${android('Pixel 9')} Chrome/142.0.0.0 Mobile Safari/537.36`, 412, 923), 4],
  [phone(`${android('SM-S931B')} Chrome/142.0.0.0 Mobile Safari/537.36`, 360, 780), 8],
  [phone(`${android('SM-S931B')} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36`, 360, 780), 3],
  [phone(`${android('2312DRA50G')} Chrome/142.0.0.0 Mobile Safari/537.36`, 393, 873), 3],
  [phone('Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0', 412, 915), 1],
  [
    phone(`Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) ${safari} Version/18.6 Mobile/15E148 Safari/604.1`, 820, 1180),
    2,
  ],
  [phone(`${android('SM-X710')} Chrome/142.0.0.0 Safari/537.36`, 800, 1280), 1],
]

/** Programs that say so. */
export const bots: readonly string[] = [
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)',
  'Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)',
  'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)',
  'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
]
