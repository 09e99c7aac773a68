/** What kind of site a visitor came from. */
export type SourceKind = 'search' | 'social' | 'video' | 'email' | 'shopping' | 'ai'

/**
 * Well-known sites by kind: domains (their subdomains count too, the longest match wins) and, without a dot, the names
 * people write into `utm_source`. Google's country domains are matched by pattern below.
 */
const sources: Readonly<Record<SourceKind, string>> = {
  ai: `chatgpt.com chat.openai.com openai.com chatgpt openai perplexity.ai perplexity claude.ai claude anthropic.com
    gemini.google.com bard.google.com gemini copilot.microsoft.com copilot.cloud.microsoft copilot deepseek.com deepseek
    chat.mistral.ai mistral.ai grok.com grok x.ai meta.ai you.com phind.com poe.com kimi.com chat.qwen.ai duck.ai
    notebooklm.google.com`,
  search: `google bing bing.com yahoo yahoo.com search.yahoo.com yahoo.co.jp duckduckgo duckduckgo.com baidu baidu.com
    yandex yandex.ru yandex.com yandex.kz yandex.by yandex.com.tr ya.ru ecosia ecosia.org qwant qwant.com
    startpage startpage.com search.brave.com brave naver naver.com daum.net seznam seznam.cz sogou.com so.com so.360.cn
    ask.com ask aol.com aol search.aol.com swisscows.com mojeek.com kagi.com kagi dogpile.com search.marginalia.nu
    lite.duckduckgo.com presearch.com metager.org lycos.com rambler.ru petalsearch.com coccoc.com
    com.google.android.googlequicksearchbox`,
  social: `facebook facebook.com fb fb.com fb.me m.me messenger.com instagram instagram.com ig twitter twitter.com x.com
    t.co linkedin linkedin.com lnkd.in com.linkedin.android reddit reddit.com out.reddit.com redd.it pinterest
    pinterest.com pinterest.de pinterest.co.uk pinterest.fr pin.it tiktok tiktok.com snapchat snapchat.com
    threads threads.net threads.com bsky.app go.bsky.app bluesky mastodon mastodon.social mastodon.online fosstodon.org
    hachyderm.io vk.com vk ok.ru weibo.com weibo weixin.qq.com qq.com douban.com xiaohongshu.com line.me
    t.me telegram telegram.org telegram.me web.telegram.org org.telegram.messenger whatsapp whatsapp.com wa.me
    api.whatsapp.com discord discord.com discord.gg slack slack.com tumblr tumblr.com quora quora.com medium.com
    news.ycombinator.com ycombinator.com hackernews hn lobste.rs producthunt.com producthunt stackoverflow.com
    stackexchange.com dev.to xing.com nextdoor.com flipboard.com getpocket.com disqus.com livejournal.com meetup.com
    goodreads.com`,
  video: `youtube youtube.com youtu.be m.youtube.com youtube-nocookie.com vimeo vimeo.com twitch twitch.tv
    dailymotion.com dailymotion bilibili.com bilibili netflix.com hulu.com disneyplus.com rumble.com odysee.com wistia.com
    ted.com iqiyi.com youku.com nicovideo.jp`,
  email: `mail.google.com gmail gmail.com com.google.android.gm outlook outlook.com outlook.live.com outlook.office.com
    outlook.office365.com mail.yahoo.com mail.yahoo.co.jp mail.aol.com mail.proton.me protonmail.com mail.ru e.mail.ru
    mail.yandex.ru mail.yandex.com mail.zoho.com fastmail.com app.fastmail.com webmail gmx.net gmx.de web.de
    navigator.gmx.net mail.qq.com mail.163.com hey.com app.hey.com mailchimp mailchimp.com list-manage.com substack
    substack.com beehiiv.com sendgrid klaviyo hubspot_email mail.naver.com`,
  shopping: `amazon amazon.com amazon.de amazon.co.uk amazon.fr amazon.it amazon.es amazon.co.jp amazon.in amazon.ca
    amazon.com.br ebay ebay.com ebay.de ebay.co.uk etsy etsy.com walmart.com walmart aliexpress.com alibaba.com alibaba
    taobao.com tmall.com mercadolibre.com mercadolivre.com.br shopping.google.com shopping.yahoo.com idealo.de idealo
    shopzilla.com shop.app zalando.de zalando.com rakuten.co.jp rakuten flipkart.com temu.com shein.com`,
}

const kinds = new Map<string, SourceKind>()
for (const [kind, names] of Object.entries(sources)) {
  for (const name of names.split(/\s+/)) kinds.set(name, kind as SourceKind)
}

const google = /(?:^|\.)google\.(?:com|[a-z]{2}|com?\.[a-z]{2})$/

/** Kind of a referrer's domain or a `utm_source`, both in lower case; undefined if it is not a well-known one. */
export function kindOfSource(source: string): SourceKind | undefined {
  if (source === '') return undefined
  for (let at = 0; ; ) {
    const kind = kinds.get(at === 0 ? source : source.slice(at))
    if (kind !== undefined && (at === 0 || source.indexOf('.', at) !== -1)) return kind
    const dot = source.indexOf('.', at)
    if (dot === -1) return google.test(source) ? 'search' : undefined
    at = dot + 1
  }
}
