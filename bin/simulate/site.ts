import type { Weighted } from './random.ts'

/** Address of the simulated shop. */
export const origin = 'https://shop.example'

/** A page of the shop. */
export interface SitePage {
  readonly path: string
  readonly title: string
  /** Pages that its links lead to. */
  readonly links: readonly string[]
}

/** Something to buy. */
export interface Product {
  readonly sku: string
  readonly name: string
  /** In euros. */
  readonly price: number
}

export const products: readonly Product[] = [
  { sku: 'kettle-01', name: 'Gooseneck kettle', price: 79 },
  { sku: 'grinder-02', name: 'Hand grinder', price: 129 },
  { sku: 'scale-03', name: 'Brewing scale', price: 45.5 },
  { sku: 'dripper-04', name: 'Ceramic dripper', price: 24.9 },
  { sku: 'filters-05', name: 'Paper filters, 100', price: 6.5 },
  { sku: 'beans-06', name: 'Ethiopia Guji, 250 g', price: 14.2 },
  { sku: 'beans-07', name: 'Colombia Huila, 1 kg', price: 38 },
  { sku: 'machine-08', name: 'Espresso machine', price: 649 },
]

const articles = ['water-temperature', 'grind-size', 'pour-over-guide', 'storing-beans', 'descaling']
const titled = (slug: string): string => slug.charAt(0).toUpperCase() + slug.slice(1).replaceAll('-', ' ')
const productPaths = products.map((product) => `/products/${product.sku}`)
const articlePaths = articles.map((slug) => `/blog/${slug}`)

/** Every page by its path. */
export const pages: ReadonlyMap<string, SitePage> = new Map(
  [
    { path: '/', title: 'Home', links: ['/products', '/blog', '/pricing', ...productPaths.slice(0, 3)] },
    { path: '/products', title: 'Products', links: productPaths },
    ...products.map(({ sku, name }) => ({
      path: `/products/${sku}`,
      title: name,
      links: ['/products', ...productPaths],
    })),
    { path: '/blog', title: 'Blog', links: articlePaths },
    ...articles.map((slug) => ({
      path: `/blog/${slug}`,
      title: titled(slug),
      links: ['/blog', '/products', ...articlePaths, ...productPaths.slice(2, 5)],
    })),
    { path: '/pricing', title: 'Subscriptions', links: ['/signup', '/products', '/'] },
    { path: '/signup', title: 'Sign up', links: ['/'] },
    { path: '/cart', title: 'Cart', links: ['/products'] },
    { path: '/checkout', title: 'Checkout', links: ['/'] },
    { path: '/account', title: 'Your account', links: ['/products', '/'] },
  ].map((page) => [page.path, page]),
)

/** Where visits begin. */
export const landings: Weighted<string> = [
  ['/', 40],
  ['/products', 12],
  ['/pricing', 6],
  ...articlePaths.map((path) => [path, 5] as const),
  ...productPaths.map((path) => [path, 3] as const),
]

/** How a visitor came: a page outside, and what a campaign added to the address. */
export interface Source {
  readonly referrer: string
  readonly query: string
}

export const sources: Weighted<Source> = [
  [{ referrer: '', query: '' }, 34],
  [{ referrer: 'https://www.google.com/', query: '' }, 26],
  [{ referrer: 'https://www.bing.com/', query: '' }, 4],
  [{ referrer: 'https://duckduckgo.com/', query: '' }, 3],
  [
    {
      referrer: 'https://www.google.com/',
      query: '?utm_source=google&utm_medium=cpc&utm_campaign=autumn-brew&utm_term=pour+over',
    },
    8,
  ],
  [
    {
      referrer: 'https://l.instagram.com/',
      query: '?utm_source=instagram&utm_medium=paid_social&utm_campaign=kettle-launch',
    },
    5,
  ],
  [{ referrer: 'https://www.facebook.com/', query: '' }, 4],
  [{ referrer: 'https://t.co/', query: '' }, 2],
  [{ referrer: 'https://news.ycombinator.com/item?id=41000000', query: '' }, 2],
  [{ referrer: 'https://chatgpt.com/', query: '' }, 2],
  [{ referrer: '', query: '?utm_source=newsletter&utm_medium=email&utm_campaign=weekly&utm_content=hero' }, 7],
  [{ referrer: 'https://coffee.example.org/reviews/kettles', query: '' }, 3],
]
