import type { Capture } from '../recording.ts'
import { listen, whenLeaving } from './listen.ts'

const marks = [25, 50, 75, 100]
/** A scroll is over when nothing has moved for so long. */
const restMs = 200

/** Records how far down the page was read, at each quarter that is passed, once a view. */
export function captureScrolling(into: Capture): void {
  let page = location.href
  let passed = 0
  let deepest = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  const tell = (): void => {
    clearTimeout(timer)
    timer = undefined
    const mark = marks.filter((one) => one <= deepest).at(-1) ?? 0
    // A route that began meanwhile starts at its own top.
    if (mark <= passed || page !== location.href) return
    passed = mark
    const position = { x: Math.round(scrollX), y: Math.round(scrollY) }
    into.record({ scroll: { depthPercent: deepest, position } })
  }
  listen(into, ['scroll'], () => {
    if (page !== location.href) {
      page = location.href
      passed = 0
      deepest = 0
    }
    const whole = document.documentElement.scrollHeight
    // A pixel is lost where the screen's pixels are not the page's.
    deepest = Math.max(deepest, Math.min(100, Math.floor(((scrollY + innerHeight + 1) / whole) * 100)))
    clearTimeout(timer)
    timer = setTimeout(() => into.guard(tell), restMs)
  })
  whenLeaving(into, () => timer && tell())
}
