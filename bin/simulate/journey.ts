import { landings, type Product, pages, products, type SitePage } from './site.ts'
import { beginForm, click, custom, fail, fillForm, hover, rage, type Step, scroll, seeForm, showPage } from './step.ts'
import { userIdOf, type Visitor } from './visitor.ts'

/** Chances along the funnels, so that dashboards show shapes one can check against these numbers. */
export const rates = {
  bounce: 0.35,
  signup: 0.12,
  signupFinished: 0.7,
  addToCart: 0.3,
  openCart: 0.75,
  checkout: 0.6,
  purchase: { A: 0.55, B: 0.7 } as Readonly<Record<string, number>>,
  activity: 0.6,
  /** Of forms that are seen and not sent, those that were begun. */
  formGivenUp: 0.4,
  /** Of pages looked at. */
  rage: 0.01,
  failure: 0.015,
}

const pageAt = (path: string): SitePage => pages.get(path)!
const productAt = (path: string): Product | undefined => products.find(({ sku }) => path === `/products/${sku}`)

/** What a visitor does in one visit, from the page they land on. Signing up changes the visitor. */
export function* journey(visitor: Visitor): Generator<Step> {
  const { random } = visitor
  let page = pageAt(random.weighted(landings))
  if (visitor.isBot) return yield* crawl(visitor)
  yield* showPage(visitor, page, true)
  if (random.chance(rates.bounce)) return
  yield* look(visitor, page)
  if (visitor.userId && random.chance(rates.activity)) yield* beActive(visitor)
  for (let visited = 1; visited < 12 && random.chance(0.72); visited++) {
    const path = random.pick(page.links)
    yield click(visitor, page, { selector: `a[href="${path}"]`, text: pageAt(path).title, path })
    page = pageAt(path)
    yield* showPage(visitor, page, false)
    yield* look(visitor, page)
    const product = productAt(path)
    if (product && random.chance(rates.addToCart)) return yield* buy(visitor, page, product)
  }
  if (!visitor.userId && random.chance(rates.signup)) yield* signUp(visitor, page)
}

function* look(visitor: Visitor, page: SitePage): Generator<Step> {
  const { random } = visitor
  for (let depth = random.whole(15, 40); depth <= 100 && random.chance(0.7); depth += random.whole(10, 30)) {
    yield scroll(visitor, page, depth)
  }
  if (random.chance(0.35)) yield hover(visitor, page)
  if (random.chance(rates.failure)) yield fail(visitor, page)
  if (random.chance(rates.rage)) yield* rage(visitor, page)
}

function* buy(visitor: Visitor, from: SitePage, product: Product): Generator<Step> {
  const { random } = visitor
  const quantity = random.whole(1, 3)
  const what = { sku: product.sku, price: product.price, quantity, currency: 'EUR' }
  yield click(visitor, from, { selector: '#add-to-cart', text: 'Add to cart' })
  yield custom(from, 'add_to_cart', what)
  if (!random.chance(rates.openCart)) return
  yield click(visitor, from, { selector: 'a.cart', text: 'Cart', path: '/cart' })
  yield* showPage(visitor, pageAt('/cart'), false)
  if (!random.chance(rates.checkout)) return
  yield click(visitor, pageAt('/cart'), { selector: '#checkout', text: 'Check out', path: '/checkout' })
  yield* showPage(visitor, pageAt('/checkout'), false)
  const variant = visitor.experiments[0]?.variant ?? 'A'
  yield seeForm(pageAt('/checkout'), 'payment')
  if (!random.chance(rates.purchase[variant] ?? 0.5)) return yield* giveUp(visitor, pageAt('/checkout'), 'payment')
  yield* fillForm(visitor, pageAt('/checkout'), 'payment')
  yield custom(pageAt('/checkout'), 'purchase', { ...what, total: Math.round(product.price * quantity * 100) / 100 })
}

function* signUp(visitor: Visitor, from: SitePage): Generator<Step> {
  const { random } = visitor
  const page = pageAt('/signup')
  yield click(visitor, from, { selector: 'a.signup', text: 'Sign up', path: '/signup' })
  yield* showPage(visitor, page, false)
  yield seeForm(page, 'signup')
  if (!random.chance(rates.signupFinished)) return yield* giveUp(visitor, page, 'signup')
  yield* fillForm(visitor, page, 'signup')
  visitor.userId = userIdOf(visitor)
  yield custom(page, 'signup', {
    plan: random.weighted([
      ['free', 70],
      ['plus', 25],
      ['team', 5],
    ]),
  })
  yield* beActive(visitor)
}

function* giveUp(visitor: Visitor, page: SitePage, form: string): Generator<Step> {
  if (visitor.random.chance(rates.formGivenUp)) yield* beginForm(visitor, page, form)
}

function* beActive(visitor: Visitor): Generator<Step> {
  const page = pageAt('/account')
  yield* showPage(visitor, page, false)
  for (let done = 0; done < 4 && visitor.random.chance(0.6); done++) {
    const feature = visitor.random.pick(['brew_log', 'recipes', 'subscription', 'invites'])
    yield click(visitor, page, { selector: `#${feature}`, text: feature.replace('_', ' ') })
    yield custom(page, 'activity', { feature, saved: visitor.random.chance(0.5) })
  }
}

/** A program reads pages one after the other and does nothing else. */
function* crawl(visitor: Visitor): Generator<Step> {
  const paths = [...pages.keys()]
  for (let read = visitor.random.whole(3, 10); read > 0; read--) {
    const page = pageAt(visitor.random.pick(paths))
    yield { afterMs: visitor.random.whole(200, 1_500), page, action: { case: 'pageView', value: {} } }
  }
}
